#include "core/call_verdict.hpp"

namespace riskbreaker::core {

const char* to_string(call_verdict x) noexcept {
  switch (x) {
    case call_verdict::success:
      return "success";
    case call_verdict::failure:
      return "failure";
    case call_verdict::trip:
      return "trip";
    case call_verdict::neutral:
      return "neutral";
  }
  return "invalid";
}

} // namespace riskbreaker::core
