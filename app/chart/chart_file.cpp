#include "app/chart/chart_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace riskbreaker::app {

namespace {

std::string reason(const std::string& path) {
  return path + ": the chart cannot be written: " + std::strerror(errno);
}

} // namespace

std::optional<chart_kind> chart_kind_of(std::string_view path) {
  if (path.ends_with(".html"))
    return chart_kind::page;
  if (path.ends_with(".svg"))
    return chart_kind::picture;
  return std::nullopt;
}

std::variant<std::unique_ptr<chart_file>, std::string>
chart_file::open(const std::string& path) {
  constexpr auto how = O_WRONLY | O_CLOEXEC;
  auto is_new = true;
  auto fd = ::open(path.c_str(), how | O_CREAT | O_EXCL, 0666);
  if (fd < 0 && errno == EEXIST) {
    is_new = false;
    // O_CREAT: the name may be a link to where nothing is yet.
    fd = ::open(path.c_str(), how | O_CREAT, 0666);
  }
  if (fd < 0)
    return reason(path);
  return std::unique_ptr<chart_file>{new chart_file{path, fd, is_new}};
}

chart_file::chart_file(std::string path, int fd, bool is_new)
  : path_(std::move(path)), fd_(fd), remove_(is_new) {
  // nop
}

chart_file::~chart_file() {
  if (fd_ >= 0)
    ::close(fd_);
  if (remove_)
    ::unlink(path_.c_str());
}

std::optional<std::string> chart_file::write(std::string_view text) {
  // A device such as /dev/stdout cannot be cut, and need not be.
  if (::ftruncate(fd_, 0) != 0 && errno != EINVAL)
    return reason(path_);
  while (!text.empty()) {
    auto n = ::write(fd_, text.data(), text.size());
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return reason(path_);
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  remove_ = false;
  // Some file systems say only now that they are full.
  if (::close(std::exchange(fd_, -1)) != 0)
    return reason(path_);
  return std::nullopt;
}

} // namespace riskbreaker::app
