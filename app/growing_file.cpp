#include "app/candle_input.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace riskbreaker::app {

namespace {

class descriptor {
public:
  explicit descriptor(int fd = -1) noexcept : fd_(fd) {
    // nop
  }
  descriptor(descriptor&& x) noexcept : fd_(std::exchange(x.fd_, -1)) {
    // nop
  }
  descriptor& operator=(descriptor&& x) noexcept {
    std::swap(fd_, x.fd_);
    return *this;
  }
  ~descriptor() {
    if (fd_ >= 0)
      ::close(fd_);
  }

  int get() const noexcept {
    return fd_;
  }

private:
  int fd_;
};

class growing_file final : public growing_candle_file {
public:
  growing_file(std::string path, candle_file_options options)
    : path_(std::move(path)), options_(std::move(options)) {
    // nop
  }

  std::optional<file_row> next() override {
    if (!rows_ && !open())
      return std::nullopt;
    if (auto row = rows_->next())
      return row;
    if (!is_another())
      return std::nullopt;
    rows_.reset();
    ++restarts_;
    return std::nullopt; // who asks is told of the restart first
  }

  std::optional<double> progress() const override {
    return std::nullopt;
  }

  std::uint64_t restarts() const override {
    return restarts_;
  }

private:
  /// Opens the file when its first line is complete.
  bool open() {
    descriptor fd{::open(path_.c_str(), O_RDONLY | O_CLOEXEC)};
    if (fd.get() < 0) {
      if (errno == ENOENT)
        return false;
      throw candle_file_error{path_
                              + ": cannot be opened: " + std::strerror(errno)};
    }
    struct stat about {};
    if (::fstat(fd.get(), &about) != 0 || !S_ISREG(about.st_mode))
      throw candle_file_error{path_ + ": is no regular file"};
    if (!has_line(fd.get()))
      return false;
    node_ = about.st_ino;
    device_ = about.st_dev;
    fd_ = std::move(fd);
    rows_ = open_growing_input(fd_.get(), path_, options_);
    return true;
  }

  static bool has_line(int fd) {
    std::array<char, 4096> text{};
    for (off_t at = 0;;) {
      auto got = ::pread(fd, text.data(), text.size(), at);
      if (got <= 0)
        return false;
      if (std::memchr(text.data(), '\n', static_cast<std::size_t>(got)))
        return true;
      at += got;
    }
  }

  /// Whether the path leads to another file now, or to less than was read. One
  /// that is being replaced may not be there for a moment.
  bool is_another() const {
    struct stat about {};
    if (::stat(path_.c_str(), &about) != 0)
      return false;
    return about.st_ino != node_ || about.st_dev != device_
           || about.st_size < ::lseek(fd_.get(), 0, SEEK_CUR);
  }

  std::string path_;
  candle_file_options options_;
  descriptor fd_;
  ino_t node_ = 0;
  dev_t device_ = 0;
  std::unique_ptr<candle_file> rows_;
  std::uint64_t restarts_ = 0;
};

} // namespace

std::unique_ptr<growing_candle_file> watch_growth(std::string path,
                                                  candle_file_options options) {
  return std::make_unique<growing_file>(std::move(path), std::move(options));
}

} // namespace riskbreaker::app
