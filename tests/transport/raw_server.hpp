#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace riskbreaker::transport {

/// A server that does to each connection, one after the other, what the test
/// says: for behaviour that no decent HTTP server can be brought to.
class raw_server {
public:
  class connection {
  public:
    explicit connection(int fd) : fd_(fd) {}
    ~connection() {
      ::close(fd_);
    }
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    /// Reads until the text holds `end`; false if the client left, or nothing
    /// came for five seconds.
    bool read_until(std::string_view end) {
      text.clear();
      while (text.find(end) == std::string::npos) {
        pollfd wait{fd_, POLLIN, 0};
        char bytes[4'096];
        if (::poll(&wait, 1, 5'000) <= 0)
          return false;
        const auto n = ::recv(fd_, bytes, sizeof bytes, 0);
        if (n <= 0)
          return false;
        text.append(bytes, static_cast<std::size_t>(n));
      }
      return true;
    }

    bool write(std::string_view bytes) {
      return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL)
             == static_cast<ssize_t>(bytes.size());
    }

    std::string text;

  private:
    int fd_;
  };

  /// `serve` gets each connection with its number, the first is 0.
  explicit raw_server(std::function<void(connection&, int)> serve)
    : serve_(std::move(serve)) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    ::bind(fd_, generic, size);
    ::listen(fd_, 16);
    ::getsockname(fd_, generic, &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread{[this] {
      for (int n = 0;; ++n) {
        const int fd = ::accept(fd_, nullptr, nullptr);
        if (fd < 0)
          return;
        connection client{fd};
        serve_(client, n);
      }
    }};
  }

  ~raw_server() {
    ::shutdown(fd_, SHUT_RDWR); // wakes accept
    thread_.join();
    ::close(fd_);
  }

  raw_server(const raw_server&) = delete;
  raw_server& operator=(const raw_server&) = delete;

  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/v1";
  }

private:
  std::function<void(connection&, int)> serve_;
  int fd_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

} // namespace riskbreaker::transport
