#include "transport/refusal_memory.hpp"

namespace riskbreaker::transport {

std::optional<std::uint64_t> refusal_memory::note(const std::string& kind,
                                                  core::steady_time now) {
  auto known = kinds_.size() < max_kinds || kinds_.count(kind) > 0;
  return kinds_[known ? kind : std::string{}].note(now, again_after);
}

} // namespace riskbreaker::transport
