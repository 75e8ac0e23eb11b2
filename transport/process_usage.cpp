#include "transport/process_usage.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/resource.h>
#include <unistd.h>

namespace riskbreaker::transport {

std::optional<process_usage> read_process_usage() {
  process_usage out;
  std::ifstream sizes{"/proc/self/statm"};
  std::uint64_t whole = 0;
  std::uint64_t resident = 0;
  if (!(sizes >> whole >> resident))
    return std::nullopt;
  out.resident_bytes
    = resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  auto seconds = [](const timeval& x) {
    return static_cast<double>(x.tv_sec) + static_cast<double>(x.tv_usec) / 1e6;
  };
  out.cpu_seconds = seconds(used.ru_utime) + seconds(used.ru_stime);
  std::error_code failed;
  std::filesystem::directory_iterator files{"/proc/self/fd", failed};
  if (!failed)
    out.open_files
      = static_cast<std::uint64_t>(std::distance(begin(files), end(files)));
  return out;
}

} // namespace riskbreaker::transport
