#include "app/push.hpp"

#include "app/bad_rows.hpp"
#include "app/candle_files.hpp"
#include "app/candle_framer.hpp"
#include "app/candle_sender.hpp"
#include "app/line_reader.hpp"
#include "app/progress_bar.hpp"
#include "app/serve.hpp"
#include "app/stop_signal.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <ostream>

namespace riskbreaker::app {

namespace {

using std::chrono::steady_clock;

class push_run {
public:
  push_run(const push_options& options, console con)
    : options_(options),
      con_(con),
      sender_(sender_config(options), stop_),
      framer_({options.history, options.block}),
      progress_(con) {
    // nop
  }

  int run() {
    bool through = options_.files.front() == "-" ? push_lines() : push_files();
    progress_.clear();
    if (!through)
      return exit_failure;
    if (!sender_.finish())
      return complain("the daemon took no more candles for "
                      + seconds_text(options_.timeout)
                      + "; the last ones may be lost, push them again");
    con_.out << "sent " << grouped(sent_) << (lines_ ? " lines" : " candles");
    if (bad_ > 0)
      con_.out << ", left out " << grouped(bad_) << " bad rows";
    con_.out << '\n';
    return sent_ == 0 && bad_ > 0 ? exit_failure : exit_ok;
  }

private:
  static candle_sender_config sender_config(const push_options& options) {
    candle_sender_config config;
    config.address = options.connect;
    config.timeout = std::chrono::milliseconds{
      std::llround(std::clamp(options.timeout, 0.001, 86'400.0) * 1'000)};
    // About 8,000 candles wait here at most, however they are packed.
    auto per_frame
      = std::max<std::uint64_t>(options.block, options.history > 0 ? 100 : 1);
    config.high_water = static_cast<int>(
      std::clamp<std::uint64_t>(8'192 / per_frame, 4, 8'192));
    return config;
  }

  int complain(const std::string& what) {
    progress_.clear();
    con_.err << "riskbreaker push: " << what << '\n';
    return exit_failure;
  }

  bool push_files() {
    for (std::size_t i = 0; i < options_.files.size(); ++i) {
      auto file = open_candle_file(options_.files[i],
                                   {options_.pair, options_.timeframe});
      bad_rows bad{options_.files[i]};
      while (auto row = file->next()) {
        if (auto wrong = std::get_if<row_error>(&*row)) {
          bad_row(bad, *wrong);
          continue;
        }
        const auto& x = std::get<file_candle>(*row);
        if (auto frame = framer_.add(x.pair, x.timeframe, x.bar))
          if (!send(*frame))
            return false;
        progress_.show(sent_, [&] {
          auto files = static_cast<double>(options_.files.size());
          return (static_cast<double>(i) + file->progress().value_or(0))
                 / files;
        });
      }
      tell_rest(bad);
      for (const auto& frame : framer_.flush())
        if (!send(frame))
          return false;
    }
    return true;
  }

  bool push_lines() {
    lines_ = true;
    line_reader lines{con_.in, stop_};
    bad_rows bad{"-"};
    std::uint64_t number = 0;
    while (auto line = lines.next()) {
      ++number;
      auto first = line->find_first_not_of(" \t\r");
      if (first == std::string::npos)
        continue;
      if ((*line)[first] != '{' && (*line)[first] != '[') {
        bad_row(bad,
                {number, "is no JSON: standard input takes one object or array "
                         "a line; give other formats as files"});
        continue;
      }
      if (!send({std::move(*line), 1, false}))
        return false;
      progress_.show(sent_, [] { return std::nullopt; });
    }
    tell_rest(bad);
    if (stop_.raised())
      return interrupted();
    return true;
  }

  void bad_row(bad_rows& bad, const row_error& x) {
    ++bad_;
    if (auto text = bad.add(x))
      complain(*text);
  }

  void tell_rest(const bad_rows& bad) {
    if (auto text = bad.rest())
      complain(*text);
  }

  bool interrupted() {
    complain("interrupted after " + grouped(sent_) + " candles");
    return false;
  }

  /// Keeps to the rate; history goes as fast as it is taken.
  bool pace(const candle_frame& frame) {
    if (options_.rate <= 0 || frame.history)
      return true;
    auto now = steady_clock::now();
    if (paced_ == 0)
      pace_start_ = now;
    auto due = pace_start_
               + std::chrono::duration_cast<steady_clock::duration>(
                 std::chrono::duration<double>{static_cast<double>(paced_)
                                               / options_.rate});
    paced_ += frame.candles;
    return due <= now || sender_.wait(due - now);
  }

  bool send(const candle_frame& frame) {
    if (!pace(frame))
      return interrupted();
    switch (sender_.send(frame.text)) {
      case send_result::sent:
        sent_ += frame.candles;
        return true;
      case send_result::nobody:
        complain("nobody takes candles at " + options_.connect + " (waited "
                 + seconds_text(options_.timeout)
                 + "); start one with `riskbreaker serve -c FILE`, or give "
                   "--connect");
        return false;
      case send_result::stuck:
        complain("the daemon at " + options_.connect + " took nothing for "
                 + seconds_text(options_.timeout) + ", after " + grouped(sent_)
                 + " candles; see `riskbreaker ctl status`");
        return false;
      case send_result::interrupted:
        return interrupted();
    }
    return false;
  }

  const push_options& options_;
  console con_;
  stop_signal stop_; // before the sender, whose threads inherit its mask
  candle_sender sender_;
  candle_framer framer_;
  progress_bar progress_;
  std::uint64_t sent_ = 0;
  std::uint64_t bad_ = 0;
  std::uint64_t paced_ = 0;
  steady_clock::time_point pace_start_{};
  bool lines_ = false;
};

} // namespace

int run_push(const push_options& options, console con) {
  auto complain = [&con](const std::string& what) {
    con.err << "riskbreaker push: " << what << '\n';
  };
  if (options.files.size() > 1
      && std::find(options.files.begin(), options.files.end(), "-")
           != options.files.end()) {
    complain("-: standard input cannot be mixed with files, push them apart");
    return exit_usage;
  }
  std::unique_ptr<push_run> run;
  try {
    run = std::make_unique<push_run>(options, con);
  } catch (const zmq::error_t& x) {
    complain("--connect " + options.connect + ": " + x.what()
             + "; give an address such as tcp://127.0.0.1:5555");
    return exit_usage;
  }
  try {
    return run->run();
  } catch (const candle_file_error& x) {
    complain(terminal_safe(x.what()));
    return exit_failure;
  }
}

} // namespace riskbreaker::app
