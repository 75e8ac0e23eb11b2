#pragma once

#include <arpa/inet.h>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <netinet/in.h>
#include <string>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace riskbreaker::bench {

/// What the load has seen; lives in shared memory.
struct web_load_counts {
  std::atomic<bool> ready{false};
  std::atomic<std::int64_t> bytes{0};
  std::atomic<std::int64_t> scrapes{0};
  std::atomic<std::int64_t> gone{0}; ///< listeners that were cut off
};

inline int connect_to(std::uint16_t port) {
  auto fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
    _exit(1);
  return fd;
}

inline void ask(int fd, const char* path) {
  auto text
    = std::string{"GET "} + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  if (::send(fd, text.data(), text.size(), MSG_NOSIGNAL) < 0)
    _exit(1);
}

/// Listens with so many clients and scrapes so often a second, by one thread
/// that does as little as it can, until it is killed.
inline void run_web_load(std::uint16_t port, int clients, int scrapes,
                         web_load_counts& counts) {
  auto poller = ::epoll_create1(0);
  auto add = [&](int fd) {
    epoll_event x{};
    x.events = EPOLLIN;
    x.data.fd = fd;
    ::epoll_ctl(poller, EPOLL_CTL_ADD, fd, &x);
  };
  auto scraper = connect_to(port);
  add(scraper);
  for (int i = 0; i < clients; ++i) {
    auto fd = connect_to(port);
    ask(fd, "/api/events");
    add(fd);
  }
  using clock = std::chrono::steady_clock;
  const auto began = clock::now();
  std::int64_t asked = 0;
  std::vector<char> buffer(1u << 20);
  epoll_event events[64];
  for (;;) {
    const auto elapsed = std::chrono::duration<double>(clock::now() - began);
    if (elapsed.count() > 0.3)
      counts.ready = true;
    if (static_cast<double>(asked) < elapsed.count() * scrapes) {
      ask(scraper, "/metrics");
      ++asked;
    }
    auto n = ::epoll_wait(poller, events, 64, 10);
    for (int i = 0; i < n; ++i) {
      auto fd = events[i].data.fd;
      auto got = ::recv(fd, buffer.data(), buffer.size(), 0);
      if (got <= 0) {
        ::epoll_ctl(poller, EPOLL_CTL_DEL, fd, nullptr);
        ++counts.gone;
        continue;
      }
      if (fd == scraper
          && ::memmem(buffer.data(), static_cast<std::size_t>(got),
                      "HTTP/1.1 200", 12))
        ++counts.scrapes;
      counts.bytes += got;
    }
  }
}

} // namespace riskbreaker::bench
