#include "config/small_file.hpp"

#include <filesystem>
#include <fstream>

namespace riskbreaker::config {

file_text read_small_file(const std::string& path, std::size_t max,
                          const char* purpose) {
  namespace fs = std::filesystem;
  file_text out;
  auto fail = [&](const std::string& why) {
    // Not shortened: the end of a path tells most.
    out.problem = "the file \"" + path + "\" " + why;
    return out;
  };
  std::error_code ec;
  // A pipe could be read once only and then block a reload.
  if (!fs::is_regular_file(path, ec))
    return fail(ec || !fs::exists(path, ec) ? "is not there"
                                            : "is no regular file");
  std::ifstream in{path, std::ios::binary};
  std::string text(max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad() || !in.is_open())
    return fail("cannot be read");
  if (text.size() > max)
    return fail("is larger than " + std::to_string(max / 1024)
                + " KiB and is too large for " + purpose);
  out.value = std::move(text);
  return out;
}

} // namespace riskbreaker::config
