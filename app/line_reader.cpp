#include "app/line_reader.hpp"

#include <array>
#include <cerrno>
#include <poll.h>
#include <unistd.h>

namespace riskbreaker::app {

std::optional<std::string> line_reader::next() {
  std::size_t looked = begin_;
  for (;;) {
    if (auto end = buffer_.find('\n', looked); end != std::string::npos) {
      auto line = buffer_.substr(begin_, end - begin_);
      begin_ = end + 1;
      return line;
    }
    if (ended_) {
      if (begin_ == buffer_.size())
        return std::nullopt;
      auto rest = buffer_.substr(begin_);
      begin_ = buffer_.size();
      return rest;
    }
    buffer_.erase(0, begin_);
    begin_ = 0;
    looked = buffer_.size();
    std::array<pollfd, 2> items{{{fd_, POLLIN, 0}, {stop_.fd(), POLLIN, 0}}};
    poll(items.data(), items.size(), -1);
    if (stop_.raised())
      return std::nullopt;
    constexpr std::size_t chunk = 1u << 16;
    buffer_.resize(looked + chunk);
    auto got = read(fd_, buffer_.data() + looked, chunk);
    buffer_.resize(looked + static_cast<std::size_t>(got > 0 ? got : 0));
    ended_ = got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN);
  }
}

} // namespace riskbreaker::app
