#include "app/export.hpp"

#include "app/export_rows.hpp"
#include "app/score_output.hpp"
#include "app/serve.hpp"
#include "app/stop_signal.hpp"
#include "config/load.hpp"
#include "transport/iso_time.hpp"
#include "transport/journal_scores.hpp"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <ostream>
#include <set>
#include <sstream>
#include <stdexcept>

namespace riskbreaker::app {

namespace {

/// A line for the user, and the exit code that goes with it.
struct failure : std::runtime_error {
  failure(int code_, const std::string& what)
    : std::runtime_error(what), code(code_) {
    // nop
  }
  int code;
};

/// `2026-11-01`, a time with or without zone, or ms since 1970; all UTC.
std::optional<core::unix_ms> moment(const char* flag, const std::string& text) {
  if (text.empty())
    return std::nullopt;
  std::int64_t number = 0;
  auto end = text.data() + text.size();
  auto parsed = std::from_chars(text.data(), end, number);
  constexpr auto least = 100'000'000'000; // 1973 in ms; less looks like seconds
  if (parsed.ec == std::errc{} && parsed.ptr == end && number >= least)
    return core::unix_ms{core::milliseconds{number}};
  for (const auto* rest : {"", "Z", "T00:00Z"})
    if (auto got = transport::parse_iso_time(text + rest); got.time)
      return got.time;
  throw failure{exit_usage, std::string{flag} + " " + text
                              + ": give a date or a time in UTC, such as "
                                "2026-11-01 or 2026-11-01T12:00Z, or "
                                "milliseconds"};
}

std::string path_in(const std::vector<std::string>& files) {
  auto loaded = config::load(files, config::process_environment());
  if (!loaded.value)
    throw failure{exit_bad_config, config::format(loaded.errors.front())};
  if (!loaded.value->journal.path)
    throw failure{exit_failure, "the configuration keeps no journal "
                                "(journal.path is null), so there is nothing"};
  // The daemon's folder need not be ours.
  if (!loaded.value->journal.path->starts_with('/'))
    throw failure{exit_failure,
                  "journal.path in the configuration is relative to the folder "
                  "in which the daemon was started; name the file: --journal "
                    + *loaded.value->journal.path};
  return *loaded.value->journal.path;
}

std::string path_of_daemon(ctl_options ask, const console& con) {
  std::ostringstream text;
  std::ostringstream why;
  ask.command = "status";
  ask.json = true;
  if (run_ctl(ask, {text, why, false, false, false, con.in}) != exit_ok) {
    auto line = why.str(); // "riskbreaker ctl status: …\n"
    if (auto colon = line.find(": "); colon != std::string::npos)
      line.erase(0, colon + 2);
    while (line.ends_with('\n'))
      line.pop_back();
    throw failure{exit_failure,
                  line + "; or name the journal: --journal PATH, -c FILE"};
  }
  auto reply = nlohmann::json::parse(text.str(), nullptr, false);
  auto path = nlohmann::json::json_pointer{"/journal/path"};
  if (!reply.is_object() || !reply.contains(path) || !reply[path].is_string())
    throw failure{exit_failure, "this daemon keeps no journal; set "
                                "journal.path and restart it"};
  return reply[path].get<std::string>();
}

/// Of one strategy: a file in which the same candle has two scores would be
/// read as if one of them did not exist.
void refuse_several(const std::vector<transport::score_topic>& topics) {
  std::set<std::string> names;
  for (const auto& x : topics)
    names.insert(x.strategy);
  if (names.size() < 2)
    return;
  std::string list;
  for (const auto& x : names)
    list += (list.empty() ? "" : ", ") + x;
  throw failure{exit_usage,
                "several strategies have scores, choose one with --strategy: "
                  + list};
}

void throw_if(const transport::journal_error* bad) {
  if (bad)
    throw failure{exit_failure, bad->message};
}

constexpr std::uint64_t rows_between_looks = 4'096;

void write_rows(const std::string& path, const export_options& options,
                const transport::score_query& query, console con) {
  auto found = transport::find_score_topics(path, query);
  throw_if(std::get_if<transport::journal_error>(&found));
  const auto& topics = std::get<std::vector<transport::score_topic>>(found);
  if (topics.empty())
    throw failure{exit_failure, "journal " + path
                                  + ": has no such scores; `riskbreaker ctl "
                                    "history` shows what there is"};
  refuse_several(topics);
  stop_signal stop;
  score_output output{con.out};
  std::uint64_t count = 0;
  auto good = true;
  auto interrupted = false;
  output.text() += export_header(options.json);
  for (const auto& topic : topics) {
    auto bad = transport::read_scores(
      path, topic, query, [&](const transport::candle_score& x) {
        append_export_row(output.text(), topic, x, options.json);
        interrupted = ++count % rows_between_looks == 0 && stop.raised();
        good = output.settle();
        return good && !interrupted;
      });
    throw_if(bad ? &*bad : nullptr);
    if (!good || interrupted)
      break;
  }
  if (interrupted && good)
    throw failure{exit_failure,
                  "interrupted after " + std::to_string(count) + " rows"};
  if (output.flush() || output.error() == EPIPE) // `head` has seen enough
    return;
  throw failure{exit_failure,
                std::string{"the rows cannot be written: "}
                  + std::strerror(output.error() ? output.error() : EIO)};
}

} // namespace

int run_export(const export_options& options, const ctl_options& ask,
               console con) {
  try {
    transport::score_query query;
    query.strategy = options.strategy;
    query.pair = options.pair;
    query.timeframe = options.timeframe;
    query.from = moment("--from", options.from);
    query.to = moment("--to", options.to);
    auto path = !options.journal.empty()  ? options.journal
                : !options.config.empty() ? path_in(options.config)
                                          : path_of_daemon(ask, con);
    write_rows(path, options, query, con);
    return exit_ok;
  } catch (const failure& x) {
    con.err << "riskbreaker ctl export: " << terminal_safe(x.what()) << '\n';
    return x.code;
  }
}

void add_export_command(CLI::App& ctl, std::function<int()>& selected,
                        std::shared_ptr<ctl_options> ask) {
  auto options = std::make_shared<export_options>();
  auto* command = ctl.add_subcommand(
    "export", "The scores that were published, a row a candle, for backtests");
  command->fallthrough(); // --connect and --json may stand last
  auto* journal
    = command
        ->add_option("--journal", options->journal,
                     "The journal's file; otherwise as the configuration (-c) "
                     "or the daemon that runs says")
        ->type_name("PATH");
  command
    ->add_option("-c,--config", options->config,
                 "Configuration file that names the journal; may be given "
                 "several times, later ones win")
    ->type_name("FILE")
    ->excludes(journal);
  command->add_option("STRATEGY,--strategy", options->strategy,
                      "Only of this strategy; needed where there are several");
  command->add_option("PAIR,--pair", options->pair, "Only of this pair");
  command->add_option("TIMEFRAME,--timeframe", options->timeframe,
                      "Only of this timeframe");
  command->add_option("--from", options->from,
                      "Only candles that opened then or later, in UTC: "
                      "2026-11-01, 2026-11-01T12:00Z or milliseconds");
  command->add_option("--to", options->to, "Only candles that opened before");
  command->footer(
    "Columns: those of `riskbreaker score` (pair, timeframe, time, score,\n"
    "confidence), then verdict, source and cause. A candle that was\n"
    "assessed again after a crash may stand twice: its last row counts. Reads "
    "the file as the daemon's "
    "user\n"
    "may; works while the daemon runs and while it does not. --json: "
    "NDJSON.\n\n"
    "Example:\n"
    "  riskbreaker ctl export --strategy my_strategy > scores.csv");
  command->callback([options, ask, &selected] {
    options->json = ask->json;
    selected = [options, ask] {
      return run_export(*options, *ask);
    };
  });
}

} // namespace riskbreaker::app
