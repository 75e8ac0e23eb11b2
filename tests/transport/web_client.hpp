#pragma once

#include <arpa/inet.h>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace riskbreaker::tests {

/// A connection that does nothing of its own: bytes out, bytes in.
class web_client {
public:
  explicit web_client(std::uint16_t port, int receive_buffer = 0)
    : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer > 0)
      ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer,
                   sizeof receive_buffer);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
      std::abort();
  }
  web_client(const web_client&) = delete;
  web_client& operator=(const web_client&) = delete;
  ~web_client() {
    ::close(fd_);
  }

  /// False when the other side is gone.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0)
        return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }

  bool get(std::string_view target, std::string_view more = {}) {
    return send("GET " + std::string{target}
                + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + std::string{more}
                + "\r\n");
  }

  /// Reads until `enough` says so, the end (`ended`), or five seconds.
  template <class F>
  std::string read_until(F enough, std::chrono::milliseconds limit
                                   = std::chrono::milliseconds{5'000}) {
    const auto end = std::chrono::steady_clock::now() + limit;
    char buffer[65'536];
    while (!ended && !enough(seen_)) {
      auto left = std::chrono::ceil<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
      pollfd x{fd_, POLLIN, 0};
      if (left.count() <= 0
          || ::poll(&x, 1, static_cast<int>(left.count())) <= 0)
        break;
      auto n = ::recv(fd_, buffer, sizeof buffer, 0);
      if (n <= 0)
        ended = true;
      else
        seen_.append(buffer, static_cast<std::size_t>(n));
    }
    return seen_;
  }

  std::string read_for(std::string_view text) {
    return read_until(
      [&](const std::string& x) { return x.find(text) != std::string::npos; });
  }

  std::string read_to_end() {
    return read_until([](const auto&) { return false; });
  }

  /// The next whole reply with a length; removed from what was seen.
  std::string reply() {
    std::size_t whole = 0;
    read_until([&](const std::string& x) {
      auto head = x.find("\r\n\r\n");
      if (head == std::string::npos)
        return false;
      auto at = x.find("Content-Length: ");
      whole
        = head + 4
          + (at < head ? std::strtoul(x.c_str() + at + 16, nullptr, 10) : 0);
      return x.size() >= whole;
    });
    auto out = seen_.substr(0, whole);
    seen_.erase(0, whole);
    return out;
  }

  bool ended = false;

private:
  int fd_;
  std::string seen_;
};

} // namespace riskbreaker::tests
