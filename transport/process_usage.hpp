#pragma once

#include <cstdint>
#include <optional>

namespace riskbreaker::transport {

/// What the process has used, as its monitoring wants to know it.
struct process_usage {
  double cpu_seconds = 0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t open_files = 0;
  std::optional<double> started{}; ///< seconds since 1970; always the same
};

/// Reads /proc; nothing where that is not there.
std::optional<process_usage> read_process_usage();

} // namespace riskbreaker::transport
