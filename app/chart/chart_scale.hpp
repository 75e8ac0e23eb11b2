#pragma once

#include "core/time.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace riskbreaker::app {

/// A double without an exponent and with all the digits that it holds for
/// certain (15): 2.5e-8 is "0.000000025", 0.1 + 0.2 is "0.3".
std::string plain_number(double x);

struct value_tick {
  double value = 0;
  std::string label;
};

/// Round values in [low, high], at most `most` + 1, with as many decimals as
/// tell them apart.
std::vector<value_tick> value_ticks(double low, double high, std::size_t most);

struct time_tick {
  core::unix_ms time;
  std::string label; ///< the largest unit that begins there: "2021", "Nov 17"
};

/// Round UTC times in [from, to], at most about `most`.
std::vector<time_tick> time_ticks(core::unix_ms from, core::unix_ms to,
                                  std::size_t most);

/// "2021-11-17 01:00".
std::string minute_text(core::unix_ms x);

} // namespace riskbreaker::app
