#pragma once

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <unistd.h>
#include <zlib.h>

namespace riskbreaker::tests {

/// A file of a given name in a folder of its own, gone with this object.
class temporary_file {
public:
  temporary_file(const std::string& name, std::string_view text) {
    static std::atomic<int> count{0};
    folder_ = std::filesystem::temp_directory_path()
              / ("riskbreaker-" + std::to_string(getpid()) + "-"
                 + std::to_string(++count));
    std::filesystem::create_directories(folder_);
    path_ = (folder_ / name).string();
    std::ofstream{path_, std::ios::binary} << text;
  }
  ~temporary_file() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;

  const std::string& path() const {
    return path_;
  }

  /// Writes `text` anew, gzipped; cut after `keep` bytes of it.
  void zip(std::string_view text, std::size_t keep = std::string::npos) {
    auto file = gzopen(path_.c_str(), "wb");
    gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    gzclose(file);
    if (keep < std::filesystem::file_size(path_))
      std::filesystem::resize_file(path_, keep);
  }

private:
  std::filesystem::path folder_;
  std::string path_;
};

} // namespace riskbreaker::tests
