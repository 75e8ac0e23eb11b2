#include "core/market/refusal_meter.hpp"

namespace riskbreaker::core {

namespace {

constexpr std::chrono::seconds one_second{1};

} // namespace

bool refusal_meter::admit(refusal_reason reason, steady_time now) noexcept {
  auto index = static_cast<std::size_t>(reason);
  ++totals_[index];
  // A second with something held back runs on until its summary was taken, or
  // the summary would be lost.
  if (!running_ || (now - second_began_ >= one_second && !held_any_)) {
    running_ = true;
    second_began_ = now;
    told_ = 0;
  }
  if (told_ < per_second_) {
    ++told_;
    return true;
  }
  held_any_ = true;
  ++held_[index];
  return false;
}

std::vector<refusal_summary> refusal_meter::take_summaries(steady_time now) {
  std::vector<refusal_summary> out;
  if (!held_any_ || now - second_began_ < one_second)
    return out;
  for (std::size_t i = 0; i < held_.size(); ++i)
    if (held_[i] > 0)
      out.push_back({static_cast<refusal_reason>(i), held_[i]});
  held_.fill(0);
  held_any_ = false;
  running_ = false;
  return out;
}

std::optional<steady_time> refusal_meter::summary_due() const noexcept {
  if (!held_any_)
    return std::nullopt;
  return second_began_ + one_second;
}

} // namespace riskbreaker::core
