#include "app/version.hpp"

namespace riskbreaker::app {

const char* version() noexcept {
  return RISKBREAKER_VERSION;
}

} // namespace riskbreaker::app
