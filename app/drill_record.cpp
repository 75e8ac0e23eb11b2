#include "app/drill_record.hpp"

#include <algorithm>

namespace riskbreaker::app {

namespace {

constexpr auto outage = static_cast<std::size_t>(drill_phase::outage);
constexpr auto recovery = static_cast<std::size_t>(drill_phase::recovery);

constexpr const char* phase_words[]
  = {"before the outage", "during the outage", "after the mending"};

core::milliseconds between(core::steady_time from, core::steady_time to) {
  return std::chrono::round<core::milliseconds>(to - from);
}

} // namespace

void drill_record::enter(drill_phase x, core::steady_time now) {
  phase_ = x;
  begun_[static_cast<std::size_t>(x)] = now;
}

std::uint64_t drill_record::asked(core::steady_time now) {
  ++counts_[static_cast<std::size_t>(phase_)].asked;
  open_.emplace(next_, request{phase_, now});
  return next_++;
}

drill_phase_report& drill_record::settle(const request& x,
                                         core::steady_time now) {
  auto i = static_cast<std::size_t>(x.phase);
  took_[i].push_back(between(x.at, now));
  return counts_[i];
}

void drill_record::answered(std::uint64_t number, const std::string& cause,
                            core::steady_time now) {
  auto found = open_.find(number);
  if (found == open_.end())
    return;
  auto asked_in = found->second.phase;
  auto& counts = settle(found->second, now);
  open_.erase(found);
  ++counts.answered;
  if (!cause.empty()) {
    ++counts.by_cause[cause];
    return;
  }
  ++counts.by_llm;
  if (asked_in == drill_phase::recovery && !found_.time_to_llm)
    found_.time_to_llm = between(begun_[recovery], now);
}

void drill_record::refused(std::uint64_t number, const std::string& code,
                           core::steady_time now) {
  auto found = open_.find(number);
  if (found == open_.end())
    return;
  ++settle(found->second, now).errors[code];
  open_.erase(found);
}

void drill_record::saw(const std::string& state, std::uint64_t failures,
                       core::steady_time now) {
  if (state == state_)
    return;
  if (state == "open") {
    if (phase_ == drill_phase::outage && !found_.time_to_open) {
      found_.time_to_open = between(begun_[outage], now);
      found_.failures_to_open = failures;
    } else if (state_ == "half_open") {
      ++found_.failed_probes;
    }
  }
  if (state == "closed" && phase_ == drill_phase::recovery
      && !found_.time_to_recover)
    found_.time_to_recover = between(begun_[recovery], now);
  state_ = state;
  found_.states.push_back(state);
}

drill_report drill_record::report() const {
  auto out = found_;
  for (std::size_t i = 0; i < drill_phase_count; ++i) {
    auto x = counts_[i];
    if (auto all = took_[i]; !all.empty()) {
      std::sort(all.begin(), all.end());
      x.median = all[(all.size() - 1) / 2];
      x.slowest = all.back();
    }
    out.phases.push_back(std::move(x));
  }
  return out;
}

std::vector<std::string> drill_faults(const drill_report& x) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < x.phases.size(); ++i) {
    const auto& p = x.phases[i];
    if (p.answered != p.asked)
      out.push_back(std::to_string(p.asked - p.answered) + " of "
                    + std::to_string(p.asked) + " requests " + phase_words[i]
                    + " got no answer");
  }
  if (!x.time_to_open)
    out.emplace_back("the breaker did not open");
  else if (!x.time_to_recover)
    out.emplace_back("the breaker did not close again");
  else if (!x.time_to_llm)
    out.emplace_back("the LLM's answers did not come back");
  return out;
}

} // namespace riskbreaker::app
