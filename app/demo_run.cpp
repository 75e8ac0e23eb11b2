#include "app/demo_run.hpp"

#include "app/serve.hpp"
#include "config/load.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <iomanip>
#include <ostream>
#include <set>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace riskbreaker::app {

namespace {

using namespace std::chrono_literals;
using json = nlohmann::ordered_json;

constexpr const char* strategy_name = "demo";
constexpr std::size_t history_length = 200;

/// The embedded configuration: like the default one, with timeouts short enough
/// to watch. Old candles may cost LLM calls, since the whole market is a
/// replay.
std::string demo_config(const std::string& llm_url,
                        const std::vector<demo_series>& market) {
  std::set<std::string> timeframes;
  for (const auto& x : market)
    timeframes.insert(x.timeframe);
  json out;
  for (const char* x : {"candles", "results", "control"})
    out["transport"][x]["bind"] = "tcp://127.0.0.1:*";
  out["http"]["bind"] = nullptr;
  out["journal"]["path"] = nullptr;
  out["llm"]["endpoints"]["simulator"]
    = {{"url", llm_url}, {"model", "mock-1"}, {"requests_per_minute", nullptr}};
  out["strategies"][strategy_name]
    = {{"timeframes", timeframes},
       {"llm",
        {{"api_timeout", 1},
         {"max_retries", 1},
         {"backoff_base", 0.05},
         {"call_deadline", 2},
         {"min_attempt", 0.2}}},
       {"breaker", {{"recovery_timeout", 1.5}, {"recovery_timeout_max", 3}}},
       {"assess", {{"max_candle_age", nullptr}}}};
  return out.dump();
}

std::string upper(std::string x) {
  for (auto& c : x)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return x;
}

json row(const core::candle& x) {
  return {x.time.time_since_epoch().count(),
          x.open,
          x.high,
          x.low,
          x.close,
          x.volume};
}

/// Where a series' history ends and its live part begins.
std::size_t first_live(const demo_series& x) {
  return std::min(history_length, x.candles.size() / 2);
}

std::string fixed1(double x) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(1) << x;
  return out.str();
}

} // namespace

demo_run::demo_run(std::vector<demo_series> market, console to)
  : market_(std::move(market)), to_(to) {
  simulator_.start();
  auto loaded = config::load_text(demo_config(simulator_.url(), market_));
  for (const auto& x : loaded.errors)
    throw std::runtime_error("demo: " + config::format(x));
  daemon_ = std::make_unique<daemon>(
    daemon_options{std::move(*loaded.value), {}, {}});
  daemon_->start();
  ledger_ = std::make_unique<demo_ledger>(
    daemon_->results_endpoint(), strategy_name,
    [this](const demo_transition& x) { show(x); });
  push_socket_.set(zmq::sockopt::linger, 1000);
  push_socket_.set(zmq::sockopt::sndtimeo, 5000);
  push_socket_.connect(daemon_->candles_endpoint());
}

int demo_run::run() {
  if (!ledger_->wait_subscribed(5s))
    return complain("the subscription did not come into force");
  to_.out << "candles to " << daemon_->candles_endpoint() << ", results from "
          << daemon_->results_endpoint() << ", LLM at " << simulator_.url()
          << '\n';
  push_history();
  say("the LLM is healthy");
  rounds(0, 8);
  say("the LLM is broken: it answers 503");
  simulator_.set_fault("status:503");
  if (!until("open", 1, 0))
    return complain("the breaker did not open");
  rounds(1, 6);
  say("the LLM is mended");
  simulator_.set_fault("ok");
  if (!until("closed", 2, 1))
    return complain("the breaker did not close again");
  rounds(2, 8);
  daemon_->stop(); // whatever was read is answered and published by now
  ledger_->wait_answers(pushed_, 5s);
  return summary();
}

// -- the market
// ------------------------------------------------------------------

void demo_run::push(const json& message) {
  push_socket_.send(zmq::buffer(message.dump()), zmq::send_flags::none);
}

void demo_run::push_history() {
  for (const auto& x : market_) {
    json block{{"pair", x.pair}, {"timeframe", x.timeframe}};
    auto& rows = block["candles"] = json::array();
    for (std::size_t i = 0; i < first_live(x); ++i)
      rows.push_back(row(x.candles[i]));
    block["history"] = true;
    push(block);
  }
  to_.out << "history of " << market_.size() << " pairs is pushed\n";
}

bool demo_run::round(std::size_t phase) {
  std::size_t count = 0;
  for (const auto& x : market_) {
    auto i = first_live(x) + next_;
    if (i >= x.candles.size())
      continue;
    const auto& bar = x.candles[i];
    push({{"pair", x.pair},
          {"timeframe", x.timeframe},
          {"time", bar.time.time_since_epoch().count()},
          {"open", bar.open},
          {"high", bar.high},
          {"low", bar.low},
          {"close", bar.close},
          {"volume", bar.volume}});
    ++count;
  }
  ++next_;
  if (count == 0)
    return false;
  auto before = pushed_;
  pushed_ += count;
  phases_[phase].pushed += count;
  ledger_->wait_answers(pushed_, 5s);
  auto all = ledger_->answers();
  for (auto i = before; i < std::min(pushed_, all.size()); ++i) {
    ++phases_[phase].answered;
    phases_[phase].by_llm += all[i].source == "llm" ? 1 : 0;
  }
  show(all, before);
  std::this_thread::sleep_for(60ms);
  return true;
}

void demo_run::rounds(std::size_t phase, std::size_t count) {
  for (std::size_t i = 0; i < count && round(phase); ++i)
    ; // keep going
}

bool demo_run::until(const std::string& state, std::size_t phase,
                     std::size_t skip) {
  auto limit = std::chrono::steady_clock::now() + 15s;
  while (std::chrono::steady_clock::now() < limit) {
    if (ledger_->wait_state(state, skip, 0ms))
      return true;
    if (!round(phase))
      return false;
  }
  return false;
}

// -- the console
// -----------------------------------------------------------------

void demo_run::say(const std::string& text) const {
  to_.out << "-- " << painted(text, paint::cyan, to_.colour) << std::endl;
}

void demo_run::show(const demo_transition& x) const {
  auto colour = x.to == "open"     ? paint::red
                : x.to == "closed" ? paint::green
                                   : paint::yellow;
  to_.out << "   breaker "
          << painted(upper(x.from) + " -> " + upper(x.to), colour, to_.colour)
          << "  (" << x.cause << ')' << std::endl;
}

void demo_run::show(const std::vector<demo_answer>& all,
                    std::size_t begin) const {
  // Answers come in any order; the eye wants columns.
  auto end = std::min(begin + market_.size(), all.size());
  std::vector<demo_answer> sorted{all.begin() + static_cast<long>(begin),
                                  all.begin() + static_cast<long>(end)};
  std::sort(sorted.begin(), sorted.end(),
            [](const auto& a, const auto& b) { return a.pair < b.pair; });
  std::string line;
  for (const auto& x : sorted) {
    auto text = terminal_safe(x.pair) + ' ' + fixed1(x.score) + ' ' + x.verdict
                + ' ' + (x.cause.empty() ? x.source : x.cause);
    text.resize(std::max<std::size_t>(text.size() + 2, 36), ' ');
    line += text;
  }
  to_.out << "   " << line << std::endl;
}

int demo_run::complain(const std::string& text) const {
  to_.out << std::flush;
  to_.err << "riskbreaker demo: failed: " << text << '\n';
  return exit_failure;
}

int demo_run::summary() const {
  std::vector<std::vector<std::string>> rows{
    {"", "requests", "answered", "by the LLM", "by the fallback"}};
  phase_count sum{"in all"};
  auto add = [&](const phase_count& x) {
    rows.push_back({x.name, std::to_string(x.pushed),
                    std::to_string(x.answered), std::to_string(x.by_llm),
                    std::to_string(x.answered - x.by_llm)});
  };
  for (const auto& x : phases_) {
    add(x);
    sum.pushed += x.pushed;
    sum.answered += x.answered;
    sum.by_llm += x.by_llm;
  }
  add(sum);
  std::string path = "CLOSED";
  auto moves = ledger_->transitions();
  for (const auto& x : moves)
    path += " -> " + upper(x.to);
  to_.out << '\n'
          << table(rows) << '\n'
          << "breaker: " << path << '\n'
          << "HTTP requests that reached the LLM: " << simulator_.counts().chats
          << '\n'
          << "provisional scores, out while the LLM was thinking: "
          << ledger_->provisional() << '\n';
  auto got = ledger_->answers().size();
  if (got != pushed_ || ledger_->repeated() > 0 || ledger_->gaps() > 0)
    return complain(std::to_string(pushed_) + " requests, "
                    + std::to_string(got) + " answers, "
                    + std::to_string(ledger_->repeated()) + " repeated, "
                    + std::to_string(ledger_->gaps()) + " missing");
  if (moves.size() < 3 || moves.front().to != "open"
      || moves.back().to != "closed")
    return complain("the breaker did not open and recover");
  to_.out << "OK: every request got exactly one final answer, and the breaker "
             "recovered."
          << std::endl;
  return exit_ok;
}

} // namespace riskbreaker::app
