#pragma once

#include "core/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace riskbreaker::core {

/// The permits of one generation that have not been settled. Each gets a ticket
/// that can be closed once: tickets carry how often their place was used, so a
/// second close is told apart from the next holder's (a ticket comes back after
/// 65,536 uses of its place). Allocates only when it grows past its record.
class permit_table {
public:
  /// A ticket that is not closed by `lease_end` shows up in `first_lease`.
  /// Nothing when 65,536 are out.
  std::optional<std::uint32_t> open(steady_time lease_end);

  /// False for a ticket that is not out.
  bool close(std::uint32_t ticket) noexcept;

  /// Forgets all of them: a new generation has begun.
  void clear() noexcept;

  std::uint32_t in_flight() const noexcept {
    return in_flight_;
  }

  /// The earliest end of a lease; O(places).
  std::optional<steady_time> first_lease() const noexcept;

  /// Places that can be held without an allocation.
  std::size_t capacity() const noexcept {
    return places_.capacity();
  }

private:
  struct place {
    steady_time lease_end{};
    std::uint16_t uses = 0;
    bool taken = false;
    std::uint32_t next_free = 0;
  };

  std::vector<place> places_;
  std::uint32_t first_free_ = 0; // places_.size() when none is
  std::uint32_t in_flight_ = 0;
};

} // namespace riskbreaker::core
