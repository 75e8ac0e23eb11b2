#pragma once

#include "app/bad_rows.hpp"
#include "app/candle_files.hpp"
#include "app/chart/score_chart.hpp"
#include "app/progress_bar.hpp"
#include "app/score_notes.hpp"
#include "app/score_output.hpp"
#include "app/stop_signal.hpp"
#include "core/scoring/candle_scorer.hpp"

#include <chrono>

namespace riskbreaker::app {

/// One run of `score` over all its files.
class score_run {
public:
  /// `chart` is null where none is wanted.
  score_run(const score_options& options, core::candle_scorer_config config,
            std::unique_ptr<score_chart> chart, console con);

  /// Returns the exit code. Throws `candle_file_error`.
  int run();

  /// A file that cannot be read (on): the rows so far stand.
  int fail(const std::string& what);

private:
  /// Why a run ends before its input does.
  enum class ending { none, strict, interrupted, output };

  void complain(const std::string& what);
  std::unique_ptr<candle_file> open(const std::string& path);
  bool score_file(std::size_t number);
  bool score_rows_of(candle_file& file, std::size_t number, bad_rows& bad,
                     score_notes& notes);

  /// Scores a candle; what is wrong with it, if it was refused.
  std::optional<row_error> take(const file_candle& x, score_notes& notes);
  void keep(const file_candle& x);
  bool leave_out(const row_error& x, bad_rows& bad);
  bool look_around(const candle_file& file, std::size_t number);

  /// Before a pipe is read: hands out what is ready if nothing more is there
  /// yet, and lets a signal end the wait.
  bool wait_for_input();

  /// Whether the rows that `written` tells of went out, or nobody needs them.
  bool rows_stand(bool written);

  int end_early();
  int finish();
  std::string summary() const;

  const score_options& options_;
  std::unique_ptr<score_chart> chart_;
  console con_;
  /// No rows: a terminal, where the chart is what is wanted, or a reader that
  /// has left.
  bool silent_;
  stop_signal stop_;
  core::candle_scorer scorer_;
  score_rows rows_;
  score_output output_;
  progress_bar progress_;
  std::chrono::steady_clock::time_point start_
    = std::chrono::steady_clock::now();
  core::unix_ms now_;
  core::timeframe frame_;
  std::uint64_t scored_ = 0;
  std::uint64_t bad_ = 0;
  ending ending_ = ending::none;
};

} // namespace riskbreaker::app
