#include "app/score_run.hpp"

#include "app/serve.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ostream>
#include <poll.h>
#include <utility>

namespace riskbreaker::app {

namespace {

using std::chrono::steady_clock;

constexpr std::uint64_t rows_between_looks = 4'096;

core::unix_ms wall_clock() {
  return std::chrono::floor<core::milliseconds>(
    std::chrono::system_clock::now());
}

/// Who asks for a chart at a terminal wants no rows running over it, unless
/// their form was asked for.
bool is_silent(const score_options& options, const console& con) {
  return !options.chart.empty() && con.out_is_terminal && !options.format.json
         && !options.format.explain;
}

} // namespace

score_run::score_run(const score_options& options,
                     core::candle_scorer_config config,
                     std::unique_ptr<score_chart> chart, console con)
  : options_(options),
    chart_(std::move(chart)),
    con_(con),
    silent_(is_silent(options, con)),
    scorer_(std::move(config)),
    rows_(options.format),
    output_(con.out),
    progress_({con.out, con.err, con.out_is_terminal,
               // Rows that run over the screen are progress enough.
               con.err_is_terminal && (silent_ || !con.out_is_terminal),
               con.colour, con.in}),
    now_(wall_clock()) {
  // nop
}

int score_run::run() {
  if (!silent_)
    output_.text() += rows_.header();
  for (std::size_t i = 0; i < options_.files.size(); ++i)
    if (!score_file(i))
      return end_early();
  if (!rows_stand(output_.flush()))
    return end_early();
  progress_.clear();
  return finish();
}

int score_run::fail(const std::string& what) {
  output_.flush();
  complain(terminal_safe(what));
  return exit_failure;
}

void score_run::complain(const std::string& what) {
  progress_.clear();
  con_.err << "riskbreaker score: " << what << '\n';
}

std::unique_ptr<candle_file> score_run::open(const std::string& path) {
  candle_file_options how{options_.pair, options_.timeframe, true};
  if (path != "-")
    return open_candle_file(path, std::move(how));
  return open_candle_stream(
    con_.in, [this] { return wait_for_input(); }, std::move(how));
}

bool score_run::score_file(std::size_t number) {
  const auto& path = options_.files[number];
  bad_rows bad{path};
  score_notes notes;
  auto through = false;
  try {
    auto file = open(path);
    through = score_rows_of(*file, number, bad, notes);
  } catch (const candle_file_error& x) {
    // An interrupted input seems to be cut.
    if (ending_ == ending::none)
      throw;
  }
  // What is known by now is true also where the rest was not looked at.
  if (auto text = bad.rest())
    complain(*text);
  for (const auto& text : notes.sentences())
    complain(terminal_safe(path) + ": " + text);
  return through;
}

bool score_run::score_rows_of(candle_file& file, std::size_t number,
                              bad_rows& bad, score_notes& notes) {
  for (std::uint64_t count = 1; auto row = file.next(); ++count) {
    if (ending_ != ending::none)
      return false; // what was read last may be half a row
    auto wrong = std::get_if<row_error>(&*row);
    std::optional<row_error> refused;
    if (!wrong) {
      refused = take(std::get<file_candle>(*row), notes);
      wrong = refused ? &*refused : nullptr;
    }
    if (wrong && !leave_out(*wrong, bad))
      return false;
    if (!rows_stand(output_.settle()))
      return false;
    if (count % rows_between_looks == 0 && !look_around(file, number))
      return false;
  }
  return ending_ == ending::none;
}

std::optional<row_error> score_run::take(const file_candle& x,
                                         score_notes& notes) {
  if (!x.closed) {
    notes.add_forming(x.line);
    return std::nullopt;
  }
  // The reader has seen that there is such a timeframe.
  if (frame_.name() != x.timeframe)
    frame_ = core::timeframe::parse(x.timeframe).value_or(frame_);
  auto refused = scorer_.add(x.pair, frame_, x.bar, now_);
  if (refused && refused->reason == core::refusal_reason::not_closed) {
    now_ = wall_clock(); // a pipe may stand open for days
    refused = scorer_.add(x.pair, frame_, x.bar, now_);
  }
  if (refused)
    return row_error{x.line, std::move(refused->detail), refused->reason};
  notes.add(scorer_.report(), x.line);
  if (scorer_.report().what == core::arrival::newest)
    keep(x);
  return std::nullopt;
}

void score_run::keep(const file_candle& x) {
  if (!silent_)
    rows_.append(output_.text(), x.pair, x.timeframe, scorer_.market(),
                 scorer_.score());
  if (chart_)
    chart_->add(x.pair, frame_, scorer_.market(), scorer_.score());
  ++scored_;
}

bool score_run::leave_out(const row_error& x, bad_rows& bad) {
  ++bad_;
  if (auto text = bad.add(x))
    complain(*text);
  if (options_.strict)
    ending_ = ending::strict;
  return !options_.strict;
}

bool score_run::look_around(const candle_file& file, std::size_t number) {
  if (stop_.raised()) {
    ending_ = ending::interrupted;
    return false;
  }
  progress_.show(scored_, [&]() -> std::optional<double> {
    auto share = file.progress();
    if (!share)
      return std::nullopt;
    return (static_cast<double>(number) + *share)
           / static_cast<double>(options_.files.size());
  });
  return true;
}

bool score_run::wait_for_input() {
  std::array<pollfd, 2> items{{{con_.in, POLLIN, 0}, {stop_.fd(), POLLIN, 0}}};
  if (poll(items.data(), items.size(), 0) == 0 && rows_stand(output_.flush()))
    poll(items.data(), items.size(), -1);
  if (stop_.raised())
    ending_ = ending::interrupted;
  return ending_ == ending::none;
}

bool score_run::rows_stand(bool written) {
  if (written || silent_)
    return true;
  // `head` has seen enough of the rows, but nobody has seen the chart yet.
  silent_ = chart_ && output_.error() == EPIPE;
  if (!silent_)
    ending_ = ending::output;
  return silent_;
}

int score_run::end_early() {
  if (ending_ != ending::output)
    rows_stand(output_.flush());
  if (ending_ == ending::output) {
    progress_.clear();
    // Whoever read the rows has seen enough, as `head` does.
    if (output_.error() == EPIPE)
      return exit_ok;
    complain(std::string{"the rows cannot be written"}
             + (output_.error() ? ": " : "")
             + (output_.error() ? std::strerror(output_.error()) : ""));
  } else {
    complain((ending_ == ending::interrupted ? "interrupted after "
                                             : "--strict ends the run here, "
                                               "after ")
             + grouped(scored_) + " candles"
             + (chart_ ? "; no chart was written" : ""));
  }
  return exit_failure;
}

int score_run::finish() {
  if (chart_) {
    if (auto wrong = chart_->finish(scorer_.series_count())) {
      complain(terminal_safe(*wrong));
      return exit_failure;
    }
    if (!chart_->note().empty())
      complain(terminal_safe(chart_->note()));
  }
  if (con_.err_is_terminal)
    con_.err << "riskbreaker score: " << summary() << '\n';
  return scored_ == 0 && bad_ > 0 ? exit_failure : exit_ok;
}

std::string score_run::summary() const {
  auto seconds
    = std::chrono::duration<double>{steady_clock::now() - start_}.count();
  auto rate = static_cast<double>(scored_) / std::max(seconds, 1e-6);
  return "scored " + grouped(scored_) + " candles of "
         + grouped(scorer_.series_count()) + " series at "
         + grouped(static_cast<unsigned long long>(rate)) + "/s"
         + (bad_ > 0 ? ", left out " + grouped(bad_) + " bad rows" : "")
         + (chart_ ? "; the chart is " + terminal_safe(options_.chart) : "");
}

} // namespace riskbreaker::app
