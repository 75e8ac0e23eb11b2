#include "app/daemon_journal.hpp"

#include "actors/event_log.hpp"
#include "actors/journal.hpp"
#include "app/version.hpp"

#include <caf/send.hpp>

#include <filesystem>
#include <stdexcept>
#include <utility>

namespace riskbreaker::app {

namespace {

using transport::journal_error;

std::optional<core::milliseconds> keep_of(const config::journal_settings& x) {
  if (!x.keep_days)
    return std::nullopt;
  return std::chrono::hours{24} * *x.keep_days;
}

} // namespace

daemon_journal::daemon_journal(caf::actor_system& system,
                               const config::settings& settings,
                               const std::string& boot,
                               const actors::wall_clock& now,
                               std::shared_ptr<actors::fault_ledger> faults) {
  if (!settings.journal.path)
    return;
  transport::journal_file_config file{*settings.journal.path, boot, version(),
                                      now()};
  transport::journal_limits limits;
  limits.series.window = settings.limits.window;
  limits.series.max_gap_fill = settings.limits.max_gap_fill;
  limits.max_series = settings.limits.max_series;
  limits.now = now();
  limits.keep = keep_of(settings.journal);
  // Absolute, so that a client finds it from wherever it runs.
  sink.board = std::make_shared<actors::journal_board>(
    std::filesystem::absolute(file.path).string());
  actors::journal_config journaling;
  journaling.file = open(file, limits);
  journaling.open = [file] {
    return transport::open_journal_file(file);
  };
  journaling.board = sink.board;
  journaling.now = now;
  journaling.keep = limits.keep;
  journaling.faults = std::move(faults);
  sink.to = system.spawn<caf::detached>(actors::journal, std::move(journaling));
  history = system.spawn<caf::detached>(actors::history, file.path);
}

std::unique_ptr<transport::journal>
daemon_journal::open(const transport::journal_file_config& file,
                     const transport::journal_limits& limits) {
  for (bool again = false;; again = true) {
    auto opened = transport::open_journal_file(file);
    auto* out = std::get_if<std::unique_ptr<transport::journal>>(&opened);
    auto* bad = std::get_if<journal_error>(&opened);
    std::variant<transport::journal_memory, journal_error> loaded;
    if (out) {
      loaded = (*out)->load(limits);
      bad = std::get_if<journal_error>(&loaded);
    }
    if (!bad) {
      memory = std::get<transport::journal_memory>(std::move(loaded));
      actors::log_info("journal_restored")
        .with("path", file.path)
        .with("breakers", memory.breakers.size())
        .with("budgets", memory.budgets.size())
        .with("series", memory.series.size())
        .with("series_left_out", memory.left_out)
        .say();
      return std::move(*out);
    }
    if (bad->what == journal_error::kind::unavailable) {
      actors::log_error("journal_failed")
        .with("detail", bad->message)
        .say("nothing is restored, and scoring goes on without the journal "
             "until it works");
      sink.board->failed(bad->message);
      return nullptr;
    }
    if (bad->what == journal_error::kind::unusable || again)
      throw std::runtime_error{bad->message};
    auto why = bad->message;
    if (out)
      out->reset(); // closed before it is moved
    auto moved = transport::move_journal_aside(file.path, file.started);
    if (moved.empty())
      throw std::runtime_error{why};
    actors::log_error("journal_damaged")
      .with("path", file.path)
      .with("moved_to", moved)
      .with("detail", why)
      .say("nothing is restored, a new one begins");
  }
}

std::shared_ptr<std::vector<transport::restored_series>>
daemon_journal::series() {
  return std::make_shared<std::vector<transport::restored_series>>(
    std::exchange(memory.series, {}));
}

std::function<void(const std::string&, const core::budget_memory&)>
daemon_journal::on_spent() const {
  if (!sink)
    return {};
  return
    [to = sink.to](const std::string& endpoint, const core::budget_memory& x) {
      caf::anon_send(to, messages::budget_saved{endpoint, x});
    };
}

void daemon_journal::flush(caf::scoped_actor& self,
                           std::chrono::milliseconds patience) {
  if (!sink)
    return;
  self->request(sink.to, patience, atom::flush_v)
    .receive([](atom::flush) {},
             [](const caf::error& x) {
               actors::log_warning("journal_slow")
                 .with("detail", caf::to_string(x))
                 .say("some of the latest rows and candles are not written");
             });
}

void daemon_journal::stop() {
  for (const auto& x : {caf::actor_cast<caf::actor>(sink.to),
                        caf::actor_cast<caf::actor>(history)})
    if (x)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
  sink = {};
  history = nullptr;
}

} // namespace riskbreaker::app
