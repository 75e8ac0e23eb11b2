#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace riskbreaker::app {

enum class chart_kind { page, picture };

/// By the ending of `path`: `.html` or `.svg`.
std::optional<chart_kind> chart_kind_of(std::string_view path);

/// A file that can be written is known to be such from the start, and keeps
/// what it held until the chart is there.
class chart_file {
public:
  /// Opens or creates it; or says what is wrong.
  static std::variant<std::unique_ptr<chart_file>, std::string>
  open(const std::string& path);

  /// Removes the file if it was created and not written.
  ~chart_file();
  chart_file(const chart_file&) = delete;
  chart_file& operator=(const chart_file&) = delete;

  /// Replaces what the file holds; says what went wrong.
  std::optional<std::string> write(std::string_view text);

private:
  chart_file(std::string path, int fd, bool is_new);

  std::string path_;
  int fd_;
  bool remove_;
};

} // namespace riskbreaker::app
