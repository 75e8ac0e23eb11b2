#include "app/drill_run.hpp"

#include "app/serve.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <ostream>

namespace riskbreaker::app {

namespace {

using namespace std::chrono_literals;
using clock = core::steady_time::clock;
using json = nlohmann::json;

/// Numbers of what is no request for an assessment.
constexpr std::uint64_t looks_from = 1ULL << 40U;
constexpr std::uint64_t questions_from = 1ULL << 41U;

constexpr std::size_t most_open = 256;
constexpr auto look_every = 100ms;
constexpr auto answer_within = 5s;
/// As long as control itself waits for an assessment.
constexpr double last_answers_within = 125;
constexpr std::uint64_t healthy_answers = 3;

clock::duration seconds(double x) {
  return std::chrono::duration_cast<clock::duration>(
    std::chrono::duration<double>{std::min(x, 1e8)});
}

std::string text_of(const json& x, const char* key) {
  auto found = x.find(key);
  return found != x.end() && found->is_string() ? found->get<std::string>()
                                                : std::string{};
}

std::string upper(std::string x) {
  for (auto& c : x)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return x;
}

/// Mends the LLM whatever happens.
class mender {
public:
  explicit mender(drill_target& target) : target_(target) {
    // nop
  }
  ~mender() {
    try {
      target_.set_fault("ok");
    } catch (const drill_error&) {
      // Said already, or the whole drill has failed for the same reason.
    }
  }
  mender(const mender&) = delete;
  mender& operator=(const mender&) = delete;

private:
  drill_target& target_;
};

} // namespace

drill_run::drill_run(const drill_options& options, drill_target& target,
                     console con)
  : options_(options),
    target_(target),
    con_(con),
    client_(target.control_endpoint(), options.curve) {
  // nop
}

drill_report drill_run::run() {
  choose_strategy();
  choose_series();
  if (!options_.json)
    con_.out << "drill of " << strategy_ << " on " << terminal_safe(pair_)
             << ' ' << timeframe_ << ", " << target_.name() << '\n';
  check_health();
  {
    mender in_the_end{target_};
    target_.set_fault(options_.fault);
    record_.enter(drill_phase::outage, clock::now());
    say("the LLM is broken: " + options_.fault);
    bool opened
      = go_on(options_.patience, [this] { return record_.state() == "open"; });
    if (opened)
      go_on(options_.hold.value_or(target_.default_hold()),
            [] { return false; });
    target_.set_fault("ok");
    record_.enter(drill_phase::recovery, clock::now());
    say("the LLM is mended");
    if (opened)
      go_on(options_.patience, [this] {
        return record_.state() == "closed" && record_.llm_answers() > 0;
      });
  }
  asking_ = false;
  go_on(last_answers_within, [this] { return record_.open_requests() == 0; });
  return record_.report();
}

nlohmann::json drill_run::question(json request) {
  client_.send(questions_from, std::move(request));
  auto end = clock::now() + answer_within;
  while (clock::now() < end) {
    auto reply = client_.receive(50ms);
    if (stop_.raised())
      throw drill_error{exit_failure, "interrupted"};
    if (reply && reply->number == questions_from)
      return std::move(reply->body);
  }
  throw drill_error{exit_failure,
                    "no answer from " + target_.control_endpoint()
                      + "; is a daemon running there? another address: "
                        "--connect; "
                      + hint_of(options_.curve)};
}

void drill_run::choose_strategy() {
  auto all = question({{"cmd", "status"}}).value("strategies", json::object());
  std::string names;
  for (const auto& [name, x] : all.items()) {
    names += (names.empty() ? "" : ", ") + name;
    if (name == options_.strategy
        || (options_.strategy.empty() && strategy_.empty()
            && x.value("llm_enabled", false)))
      strategy_ = name;
  }
  if (strategy_.empty())
    throw drill_error{exit_usage,
                      options_.strategy.empty()
                        ? "no strategy asks an LLM; there is nothing to break"
                        : "no strategy is called \"" + options_.strategy
                            + "\"; there are: " + names};
  const auto& x = all[strategy_];
  if (!x.value("llm_enabled", false))
    throw drill_error{exit_failure,
                      strategy_
                        + " asks no LLM: there is nothing to break; "
                          "see its `llm.endpoints`"};
  if (auto state = text_of(x, "state"); state != "closed")
    throw drill_error{exit_failure,
                      "the breaker of " + strategy_ + " is " + upper(state)
                        + " already; a drill begins with CLOSED: riskbreaker "
                          "ctl reset "
                        + strategy_};
}

void drill_run::choose_series() {
  auto end = clock::now() + answer_within;
  std::int64_t newest = -1;
  // A daemon of our own has candles on their way.
  while (newest < 0 && clock::now() < end) {
    for (const auto& x :
         question({{"cmd", "series"}}).value("series", json::array())) {
      auto watchers = x.value("strategies", json::array());
      auto fits = [](const std::string& wanted, const std::string& is) {
        return wanted.empty() || wanted == is;
      };
      // Null where only a forming candle came.
      auto last = x.find("last_time");
      if (last == x.end() || !last->is_number_integer()
          || last->get<std::int64_t>() <= newest
          || std::find(watchers.begin(), watchers.end(), strategy_)
               == watchers.end()
          || !fits(options_.pair, text_of(x, "pair"))
          || !fits(options_.timeframe, text_of(x, "timeframe")))
        continue;
      newest = last->get<std::int64_t>();
      pair_ = text_of(x, "pair");
      timeframe_ = text_of(x, "timeframe");
    }
    if (newest < 0)
      client_.receive(50ms);
  }
  if (newest < 0)
    throw drill_error{
      exit_failure,
      "the daemon has no candles that " + strategy_ + " watches"
        + (options_.pair.empty() ? std::string{} : " of " + options_.pair)
        + " yet; `riskbreaker push` sends some"};
}

void drill_run::check_health() {
  // A few misses may be the endpoint's limits; more are no health.
  go_on(60, [this] {
    return record_.llm_answers() >= healthy_answers
           || record_.report().phases.front().answered >= 4 * healthy_answers;
  });
  auto x = record_.report().phases.front();
  if (x.by_llm >= healthy_answers) {
    say("the LLM is healthy");
    return;
  }
  std::string why;
  for (const auto& all : {x.by_cause, x.errors})
    for (const auto& [name, count] : all)
      why += (why.empty() ? "" : ", ") + name + ' ' + std::to_string(count);
  throw drill_error{
    exit_failure, "the LLM does not answer before it is broken ("
                    + (why.empty() ? std::string{"no answer at all"} : why)
                    + "); mend that first, with stale_candle push fresh ones"};
}

void drill_run::say(const std::string& text) {
  if (options_.json)
    return;
  char at[32];
  std::snprintf(at, sizeof at, "%7.1f s  ",
                std::chrono::duration<double>(clock::now() - start_).count());
  con_.out << at << terminal_safe(text) << std::endl;
}

void drill_run::ask() {
  auto number = record_.asked(clock::now());
  client_.send(number, {{"cmd", "assess"},
                        {"strategy", strategy_},
                        {"pair", pair_},
                        {"timeframe", timeframe_}});
}

void drill_run::take(const drill_reply& x) {
  auto now = clock::now();
  if (x.number >= looks_from) {
    if (x.number < questions_from)
      seen_ = x.number - looks_from;
    auto all = x.body.value("strategies", json::object());
    auto mine = all.value(strategy_, json::object());
    auto state = text_of(mine, "state");
    auto before = record_.state();
    if (state.empty() || state == before)
      return;
    record_.saw(state, mine.value("consecutive_failures", std::uint64_t{0}),
                now);
    if (!before.empty())
      say("breaker " + upper(before) + " -> " + upper(state));
    return;
  }
  if (auto error = x.body.find("error"); error != x.body.end()) {
    record_.refused(x.number, text_of(*error, "code"), now);
    return;
  }
  auto answer = x.body.value("assessment", json::object());
  auto source = text_of(answer, "source");
  auto cause = text_of(answer, "cause");
  record_.answered(x.number,
                   source == "llm" ? std::string{}
                   : cause.empty() ? source
                                   : cause,
                   now);
}

bool drill_run::go_on(double time, const std::function<bool()>& done) {
  const auto end = clock::now() + seconds(time);
  const auto interval
    = seconds(options_.interval.value_or(target_.default_interval()));
  while (!done()) {
    auto now = clock::now();
    if (now >= end)
      return false;
    if (stop_.raised())
      throw drill_error{exit_failure, "interrupted; the LLM is mended"};
    if (now >= next_look_) {
      next_look_ = now + look_every;
      // One that is not answered yet is not asked again at once.
      if (seen_ == looks_ || now >= looked_at_ + answer_within) {
        looked_at_ = now;
        client_.send(looks_from + ++looks_, {{"cmd", "status"}});
      }
    }
    if (asking_ && now >= next_ask_ && record_.open_requests() < most_open) {
      ask();
      next_ask_ = now + interval;
    }
    auto wait
      = std::min({next_look_, asking_ ? next_ask_ : end, end}) - clock::now();
    if (auto reply = client_.receive(std::clamp<core::milliseconds>(
          std::chrono::ceil<core::milliseconds>(wait), 0ms, 100ms)))
      take(*reply);
  }
  return true;
}

} // namespace riskbreaker::app
