#include "app/push_run.hpp"

#include "app/line_reader.hpp"
#include "app/serve.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <ostream>
#include <utility>
#include <vector>

namespace riskbreaker::app {

namespace {

using std::chrono::steady_clock;

candle_sender_config sender_config(const push_options& options) {
  candle_sender_config config;
  config.address = options.connect;
  config.curve = options.curve;
  config.timeout = std::chrono::milliseconds{
    std::llround(std::clamp(options.timeout, 0.001, 86'400.0) * 1'000)};
  // About 8,000 candles wait here at most, however they are packed.
  auto per_frame
    = std::max<std::uint64_t>(options.block, options.history > 0 ? 100 : 1);
  config.high_water
    = static_cast<int>(std::clamp<std::uint64_t>(8'192 / per_frame, 4, 8'192));
  return config;
}

/// How much is done is not known.
std::optional<double> endless() {
  return std::nullopt;
}

} // namespace

push_run::push_run(const push_options& options, console con)
  : options_(options),
    con_(con),
    sender_(sender_config(options), stop_),
    framer_({options.history, options.block}),
    progress_(con) {
  // nop
}

int push_run::run() {
  bool through = options_.files.front() == "-" ? push_lines()
                 : options_.follow             ? follow_files()
                                               : push_files();
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

// -- where rows come from

bool push_run::push_files() {
  for (std::size_t i = 0; i < options_.files.size(); ++i) {
    auto file = open_candle_file(options_.files[i],
                                 {options_.pair, options_.timeframe});
    bad_rows bad{options_.files[i]};
    while (auto row = file->next()) {
      if (!take(*row, bad))
        return false;
      progress_.show(sent_, [&] {
        auto files = static_cast<double>(options_.files.size());
        return (static_cast<double>(i) + file->progress().value_or(0)) / files;
      });
    }
    tell_rest(bad);
    if (!flush())
      return false;
  }
  return true;
}

bool push_run::follow_files() {
  std::vector<followed> all;
  for (const auto& path : options_.files)
    all.push_back(
      {open_growing_candle_file(path, {options_.pair, options_.timeframe}),
       bad_rows{path}});
  constexpr std::chrono::milliseconds pause{200};
  do {
    for (std::size_t i = 0; i < all.size(); ++i)
      if (!push_rest(all[i], options_.files[i]))
        return false;
  } while (sender_.wait(pause));
  for (const auto& x : all)
    tell_rest(x.bad);
  return true;
}

bool push_run::push_rest(followed& x, const std::string& path) {
  while (auto row = x.file->next()) {
    if (!take(*row, x.bad))
      return false;
    progress_.show(sent_, endless);
  }
  if (x.file->restarts() != x.restarts) {
    x.restarts = x.file->restarts();
    complain(path
             + ": was replaced or became shorter; reading it anew (the "
               "daemon ignores what it has)");
  }
  return flush();
}

bool push_run::push_lines() {
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
    progress_.show(sent_, endless);
  }
  tell_rest(bad);
  if (stop_.raised())
    return interrupted();
  return true;
}

// -- where they go

bool push_run::take(const file_row& row, bad_rows& bad) {
  if (auto wrong = std::get_if<row_error>(&row)) {
    bad_row(bad, *wrong);
    return true;
  }
  const auto& x = std::get<file_candle>(row);
  auto frame = framer_.add(x.pair, x.timeframe, x.bar);
  return !frame || send(*frame);
}

bool push_run::flush() {
  for (const auto& frame : framer_.flush())
    if (!send(frame))
      return false;
  return true;
}

bool push_run::pace(const candle_frame& frame) {
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

bool push_run::send(const candle_frame& frame) {
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
                 "--connect; "
               + hint_of(options_.curve));
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

// -- what is said

int push_run::complain(const std::string& what) {
  progress_.clear();
  con_.err << "riskbreaker push: " << what << '\n';
  return exit_failure;
}

void push_run::bad_row(bad_rows& bad, const row_error& x) {
  ++bad_;
  if (auto text = bad.add(x))
    complain(*text);
}

void push_run::tell_rest(const bad_rows& bad) {
  if (auto text = bad.rest())
    complain(*text);
}

bool push_run::interrupted() {
  complain("interrupted after " + grouped(sent_) + " candles");
  return false;
}

} // namespace riskbreaker::app
