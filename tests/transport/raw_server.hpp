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
    explicit connection(int fd) : x_fd(fd) {}
    ~connection() {
      ::close(x_fd);
    }
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    /// Reads until the text holds `end`; false if the client left, or nothing
    /// came for five seconds.
    bool read_until(std::string_view end) {
      text.clear();
      while (text.find(end) == std::string::npos) {
        pollfd wait{x_fd, POLLIN, 0};
        char bytes[4'096];
        if (::poll(&wait, 1, 5'000) <= 0)
          return false;
        const auto n = ::recv(x_fd, bytes, sizeof bytes, 0);
        if (n <= 0)
          return false;
        text.append(bytes, static_cast<std::size_t>(n));
      }
      return true;
    }

    bool write(std::string_view bytes) {
      return ::send(x_fd, bytes.data(), bytes.size(), MSG_NOSIGNAL)
             == static_cast<ssize_t>(bytes.size());
    }

    std::string text;

  private:
    int x_fd;
  };

  /// `serve` gets each connection with its number, the first is 0.
  explicit raw_server(std::function<void(connection&, int)> serve)
    : x_serve(std::move(serve)) {
    x_fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    ::bind(x_fd, generic, size);
    ::listen(x_fd, 16);
    ::getsockname(x_fd, generic, &size);
    x_port = ntohs(address.sin_port);
    x_thread = std::thread{[this] {
      for (int n = 0;; ++n) {
        const int fd = ::accept(x_fd, nullptr, nullptr);
        if (fd < 0)
          return;
        connection client{fd};
        x_serve(client, n);
      }
    }};
  }

  ~raw_server() {
    ::shutdown(x_fd, SHUT_RDWR); // wakes accept
    x_thread.join();
    ::close(x_fd);
  }

  raw_server(const raw_server&) = delete;
  raw_server& operator=(const raw_server&) = delete;

  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(x_port) + "/v1";
  }

private:
  std::function<void(connection&, int)> x_serve;
  int x_fd = -1;
  std::uint16_t x_port = 0;
  std::thread x_thread;
};

} // namespace riskbreaker::transport
