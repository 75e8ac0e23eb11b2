#include "config/paths.hpp"

#include <filesystem>

namespace riskbreaker::config {

std::string resolved(const std::string& path, const origin& where) {
  namespace fs = std::filesystem;
  fs::path base;
  if (where.line != 0 && where.file)
    base = fs::path{*where.file}.parent_path();
  std::error_code ec;
  auto full = fs::absolute(base / path, ec);
  return (ec ? base / path : full).lexically_normal().string();
}

} // namespace riskbreaker::config
