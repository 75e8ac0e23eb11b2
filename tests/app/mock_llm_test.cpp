#include "app/mock_llm.hpp"
#include "tests/support/catch.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <sstream>

using namespace riskbreaker::app;

namespace {

/// Takes what is written to a stream while it lives.
class captured {
public:
  explicit captured(std::ostream& stream)
    : stream_(stream), before_(stream.rdbuf(text_.rdbuf())) {
    // nop
  }
  ~captured() {
    stream_.rdbuf(before_);
  }
  captured(const captured&) = delete;
  captured& operator=(const captured&) = delete;
  std::string text() const {
    return text_.str();
  }

private:
  std::ostringstream text_;
  std::ostream& stream_;
  std::streambuf* before_;
};

/// The exit code of parsing alone.
int parse(const std::vector<std::string>& words,
          std::function<int()>& selected) {
  CLI::App root{"test"};
  add_mock_llm_command(root, selected);
  std::vector<const char*> args{"riskbreaker"};
  for (const auto& word : words)
    args.push_back(word.c_str());
  captured out{std::cout}, err{std::cerr};
  try {
    root.parse(static_cast<int>(args.size()), args.data());
    return 0;
  } catch (const CLI::ParseError& error) {
    return root.exit(error);
  }
}

} // namespace

TEST_CASE("mock-llm says where it listens, and at the end what came",
          "[mock_llm]") {
  captured out{std::cout};
  mock_llm_options options;
  options.port = 0;
  std::string while_running;
  const auto code = run_mock_llm(options, [&] { while_running = out.text(); });
  CHECK(code == 0);
  CHECK_THAT(while_running,
             Catch::StartsWith("mock-llm: listening on http://127.0.0.1:")
               && Catch::Contains("/v1"));
  CHECK_THAT(out.text(), Catch::Contains("received 0 requests"));
}

TEST_CASE("mock-llm that cannot listen fails with one line", "[mock_llm]") {
  captured err{std::cerr};
  mock_llm_options options;
  options.bind = "256.0.0.1";
  CHECK(run_mock_llm(options, [] { FAIL("it runs"); }) == 1);
  const auto text = err.text();
  CHECK_THAT(text, Catch::Contains("256.0.0.1"));
  CHECK(std::count(text.begin(), text.end(), '\n') == 1);
}

TEST_CASE("mock-llm checks its options before it runs", "[mock_llm]") {
  std::function<int()> selected;
  CHECK(parse({"mock-llm", "--fault", "explode"}, selected) != 0);
  CHECK(parse({"mock-llm", "--timeline", "5:ok,1:hang"}, selected) != 0);
  CHECK(parse({"mock-llm", "--port", "70000"}, selected) != 0);
  CHECK(!selected);
  CHECK(parse({"mock-llm", "--fault", "status:503+html", "--timeline",
               "0:ok,30:hang"},
              selected)
        == 0);
  CHECK(selected);
}

TEST_CASE("the help of mock-llm holds a timeline that parses", "[mock_llm]") {
  std::function<int()> selected;
  CLI::App root{"test"};
  add_mock_llm_command(root, selected);
  const auto help = root.get_subcommand("mock-llm")->help();
  const std::string_view marker = "--timeline 0:";
  const auto at = help.find(marker, help.find("bad afternoon"));
  REQUIRE(at != std::string::npos);
  const auto from = at + marker.size() - 2;
  const auto timeline = help.substr(from, help.find('\n', from) - from);
  CHECK(parse({"mock-llm", "--timeline", timeline}, selected) == 0);
}
