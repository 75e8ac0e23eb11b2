#include "app/ctl.hpp"
#include "app/push.hpp"
#include "app/score.hpp"
#include "app/watch.hpp"
#include "tests/support/catch.hpp"

#include <functional>
#include <string>
#include <vector>

using namespace riskbreaker::app;

namespace {

/// The commands as main declares them.
struct program {
  program() {
    root.require_subcommand(1);
    add_push_command(root, selected);
    add_score_command(root, selected);
    add_watch_command(root, selected);
    add_ctl_command(root, selected);
    for (auto* sub : root.get_subcommands({}))
      sub->fallthrough();
  }

  /// Whether the arguments are taken and lead to a command.
  bool takes(const std::string& arguments) {
    selected = nullptr;
    try {
      root.parse(arguments);
    } catch (const CLI::ParseError&) {
      return false;
    }
    return static_cast<bool>(selected);
  }

  CLI::App root{"riskbreaker"};
  std::function<int()> selected;
};

} // namespace

TEST_CASE("client commands take what their help promises", "[commands]") {
  for (std::string arguments :
       {"push a.csv b.json",
        "push -",
        "push a.csv --rate 10 --history 250",
        "push --pair BTC/USDT --timeframe 5m a.json --block 100 --timeout 3",
        "score a.csv b.json --explain --json",
        "score - --pair BTC/USDT --timeframe 5m --strict",
        "score a.csv --profile bb_meanreversion --side short",
        "score a.csv -c a.json -c b.json --strategy s",
        "watch",
        "watch risk. breaker.s --json --count 3 --for 1.5",
        "watch --connect tcp://127.0.0.1:1 risk.",
        "ctl ping",
        "ctl status --json",
        "ctl --json --timeout 1 stats",
        "ctl series",
        "ctl config",
        "ctl reload",
        "ctl reset s",
        "ctl open s",
        "ctl close s",
        "ctl auto s --connect tcp://127.0.0.1:1",
        "ctl assess s BTC/USDT 5m",
        "ctl history",
        "ctl history --strategy s --pair P --limit 5"}) {
    CAPTURE(arguments);
    CHECK(program{}.takes(arguments));
  }
}

TEST_CASE("client commands refuse what makes no sense", "[commands]") {
  for (std::string arguments :
       {"push", "push a.csv --rate -1", "push a.csv --block -1",
        "push a.csv --history x", "push a.csv --nonsense", "score",
        "score a.csv --profile x", "score a.csv --side both",
        "score a.csv --strategy s", "watch --count 0", "watch --for -1", "ctl",
        "ctl explode", "ctl reset", "ctl assess s P", "ctl history --limit 0",
        "ctl status --timeout 0"}) {
    CAPTURE(arguments);
    CHECK_FALSE(program{}.takes(arguments));
  }
}

TEST_CASE("every client command shows an example in its help", "[commands]") {
  program p;
  for (auto* command : p.root.get_subcommands({})) {
    CHECK_THAT(command->help(), Catch::Contains("Example"));
    for (auto* inner : command->get_subcommands({}))
      CHECK_THAT(inner->help(), Catch::Contains("Example"));
  }
}
