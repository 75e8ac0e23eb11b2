#include "messages/errc.hpp"

namespace riskbreaker::messages {

std::string to_string(errc x) {
  switch (x) {
    case errc::unknown_strategy:
      return "unknown_strategy";
    case errc::unknown_series:
      return "unknown_series";
    case errc::not_watched:
      return "not_watched";
    case errc::bad_timeframe:
      return "bad_timeframe";
    case errc::internal:
      return "internal";
  }
  return "errc(" + std::to_string(static_cast<int>(x)) + ")";
}

} // namespace riskbreaker::messages
