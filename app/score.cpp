#include "app/score.hpp"

#include "app/bad_rows.hpp"
#include "app/candle_files.hpp"
#include "app/progress_bar.hpp"
#include "app/score_config.hpp"
#include "app/score_notes.hpp"
#include "app/score_output.hpp"
#include "app/serve.hpp"
#include "app/stop_signal.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ostream>
#include <poll.h>

namespace riskbreaker::app {

namespace {

using std::chrono::steady_clock;

core::unix_ms wall_clock() {
  return std::chrono::floor<core::milliseconds>(
    std::chrono::system_clock::now());
}

/// Why a run ends before its input does.
enum class ending { none, strict, interrupted, output };

class score_run {
public:
  score_run(const score_options& options, core::candle_scorer_config config,
            console con)
    : options_(options),
      con_(con),
      scorer_(std::move(config)),
      rows_(options.format),
      output_(con.out),
      progress_({con.out, con.err, con.out_is_terminal,
                 // Rows that run over the screen are progress enough.
                 con.err_is_terminal && !con.out_is_terminal, con.colour,
                 con.in}) {
    // nop
  }

  int run() {
    output_.text() += rows_.header();
    for (std::size_t i = 0; i < options_.files.size(); ++i)
      if (!score_file(i))
        return end_early();
    if (!output_.flush()) {
      ending_ = ending::output;
      return end_early();
    }
    progress_.clear();
    if (con_.err_is_terminal)
      con_.err << "riskbreaker score: " << summary() << '\n';
    return scored_ == 0 && bad_ > 0 ? exit_failure : exit_ok;
  }

  /// A file that cannot be read (on): the rows so far stand.
  int fail(const std::string& what) {
    output_.flush();
    complain(terminal_safe(what));
    return exit_failure;
  }

private:
  static constexpr std::uint64_t rows_between_looks = 4'096;

  void complain(const std::string& what) {
    progress_.clear();
    con_.err << "riskbreaker score: " << what << '\n';
  }

  std::unique_ptr<candle_file> open(const std::string& path) {
    candle_file_options how{options_.pair, options_.timeframe, true};
    if (path != "-")
      return open_candle_file(path, std::move(how));
    return open_candle_stream(
      con_.in, [this] { return wait_for_input(); }, std::move(how));
  }

  bool score_file(std::size_t number) {
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

  bool score_rows_of(candle_file& file, std::size_t number, bad_rows& bad,
                     score_notes& notes) {
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
      if (!output_.settle()) {
        ending_ = ending::output;
        return false;
      }
      if (count % rows_between_looks == 0 && !look_around(file, number))
        return false;
    }
    return ending_ == ending::none;
  }

  /// Scores a candle; what is wrong with it, if it was refused.
  std::optional<row_error> take(const file_candle& x, score_notes& notes) {
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
    if (scorer_.report().what == core::arrival::newest) {
      rows_.append(output_.text(), x.pair, x.timeframe, scorer_.market(),
                   scorer_.score());
      ++scored_;
    }
    return std::nullopt;
  }

  bool leave_out(const row_error& x, bad_rows& bad) {
    ++bad_;
    if (auto text = bad.add(x))
      complain(*text);
    if (options_.strict)
      ending_ = ending::strict;
    return !options_.strict;
  }

  bool look_around(const candle_file& file, std::size_t number) {
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

  /// Before a pipe is read: hands out what is ready if nothing more is there
  /// yet, and lets a signal end the wait.
  bool wait_for_input() {
    std::array<pollfd, 2> items{
      {{con_.in, POLLIN, 0}, {stop_.fd(), POLLIN, 0}}};
    if (poll(items.data(), items.size(), 0) == 0) {
      if (!output_.flush())
        ending_ = ending::output;
      else
        poll(items.data(), items.size(), -1);
    }
    if (stop_.raised())
      ending_ = ending::interrupted;
    return ending_ == ending::none;
  }

  int end_early() {
    if (ending_ != ending::output && !output_.flush())
      ending_ = ending::output;
    if (ending_ == ending::output) {
      progress_.clear();
      // Whoever read the rows has seen enough, as `head` does.
      if (output_.error() == EPIPE)
        return exit_ok;
      complain(std::string{"the rows cannot be written"}
               + (output_.error() ? ": " : "")
               + (output_.error() ? std::strerror(output_.error()) : ""));
    } else if (ending_ == ending::interrupted) {
      complain("interrupted after " + grouped(scored_) + " candles");
    } else {
      complain("--strict ends the run here, after " + grouped(scored_)
               + " candles");
    }
    return exit_failure;
  }

  std::string summary() const {
    auto seconds
      = std::chrono::duration<double>{steady_clock::now() - start_}.count();
    auto rate = static_cast<double>(scored_) / std::max(seconds, 1e-6);
    return "scored " + grouped(scored_) + " candles of "
           + grouped(scorer_.series_count()) + " series at "
           + grouped(static_cast<unsigned long long>(rate)) + "/s"
           + (bad_ > 0 ? ", left out " + grouped(bad_) + " bad rows" : "");
  }

  const score_options& options_;
  console con_;
  stop_signal stop_;
  core::candle_scorer scorer_;
  score_rows rows_;
  score_output output_;
  progress_bar progress_;
  steady_clock::time_point start_ = steady_clock::now();
  core::unix_ms now_ = wall_clock();
  core::timeframe frame_;
  std::uint64_t scored_ = 0;
  std::uint64_t bad_ = 0;
  ending ending_ = ending::none;
};

} // namespace

int run_score(const score_options& options, console con) {
  auto complain = [&con](const std::string& what) {
    con.err << "riskbreaker score: " << what << '\n';
  };
  if (std::count(options.files.begin(), options.files.end(), "-") > 1) {
    complain("-: standard input can be read once only");
    return exit_usage;
  }
  auto config = read_score_config(options);
  if (auto wrong = std::get_if<score_config_error>(&config)) {
    for (const auto& line : wrong->lines)
      complain(line);
    return wrong->code;
  }
  score_run run{options, std::get<core::candle_scorer_config>(config), con};
  try {
    return run.run();
  } catch (const candle_file_error& x) {
    return run.fail(x.what());
  }
}

} // namespace riskbreaker::app
