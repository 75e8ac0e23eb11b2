#include "core/market/refusal.hpp"

namespace riskbreaker::core {

const char* to_string(refusal_reason x) noexcept {
  switch (x) {
    case refusal_reason::malformed:
      return "malformed";
    case refusal_reason::too_large:
      return "too_large";
    case refusal_reason::multipart:
      return "multipart";
    case refusal_reason::missing_field:
      return "missing_field";
    case refusal_reason::not_a_number:
      return "not_a_number";
    case refusal_reason::bad_price:
      return "bad_price";
    case refusal_reason::bad_volume:
      return "bad_volume";
    case refusal_reason::bad_range:
      return "bad_range";
    case refusal_reason::bad_pair:
      return "bad_pair";
    case refusal_reason::bad_timeframe:
      return "bad_timeframe";
    case refusal_reason::bad_time:
      return "bad_time";
    case refusal_reason::misaligned:
      return "misaligned";
    case refusal_reason::not_closed:
      return "not_closed";
    case refusal_reason::too_old:
      return "too_old";
    case refusal_reason::too_many_series:
      return "too_many_series";
  }
  return "unknown";
}

} // namespace riskbreaker::core
