#include "transport/process_usage.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <unistd.h>

namespace riskbreaker::transport {

namespace {

/// When the process started, in seconds since 1970.
std::optional<double> read_start() {
  std::ifstream own{"/proc/self/stat"};
  std::string text;
  std::getline(own, text, '\0');
  // The name in brackets may hold anything; behind it, the start of the process
  // in ticks since the machine's is the 20th word.
  const auto name_end = text.rfind(')');
  if (name_end == text.npos)
    return std::nullopt;
  std::istringstream words{text.substr(name_end + 1)};
  std::string skipped;
  for (int i = 1; i < 20; ++i)
    words >> skipped;
  double ticks = 0;
  if (!(words >> ticks))
    return std::nullopt;
  std::ifstream machine{"/proc/stat"};
  constexpr std::string_view key = "btime ";
  for (std::string line; std::getline(machine, line);)
    if (line.starts_with(key))
      return std::strtod(line.c_str() + key.size(), nullptr)
             + ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
  return std::nullopt;
}

} // namespace

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
  // Once: the machine's start moves when its clock is set.
  static const auto started = read_start();
  out.started = started;
  return out;
}

} // namespace riskbreaker::transport
