#include "core/breaker/permit_table.hpp"

namespace riskbreaker::core {

namespace {

constexpr std::uint32_t max_places = 1U << 16;

} // namespace

std::optional<std::uint32_t> permit_table::open(steady_time lease_end) {
  auto index = first_free_;
  if (index == places_.size()) {
    if (index == max_places)
      return std::nullopt;
    places_.push_back({});
    places_.back().next_free = index + 1;
  }
  auto& x = places_[index];
  first_free_ = x.next_free;
  x.taken = true;
  x.lease_end = lease_end;
  ++in_flight_;
  return (std::uint32_t{x.uses} << 16) | index;
}

bool permit_table::close(std::uint32_t ticket) noexcept {
  auto index = ticket & 0xFFFFU;
  if (index >= places_.size())
    return false;
  auto& x = places_[index];
  if (!x.taken || x.uses != ticket >> 16)
    return false;
  x.taken = false;
  ++x.uses;
  x.next_free = first_free_;
  first_free_ = index;
  --in_flight_;
  return true;
}

void permit_table::clear() noexcept {
  places_.clear();
  first_free_ = 0;
  in_flight_ = 0;
}

std::optional<steady_time> permit_table::first_lease() const noexcept {
  std::optional<steady_time> result;
  for (const auto& x : places_)
    if (x.taken && (!result || x.lease_end < *result))
      result = x.lease_end;
  return result;
}

} // namespace riskbreaker::core
