#pragma once

#include <arpa/inet.h>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <netinet/in.h>
#include <string>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <unordered_map>
#include <utility>

namespace riskbreaker::bench {

inline std::int64_t now_ns() {
  return std::chrono::steady_clock::now().time_since_epoch().count();
}

/// A server that answers every request after the same time, and says in its
/// answer when it had the request and when it sent the answer: what a call
/// takes beyond that is the client's and the kernel's. One thread, and no more
/// work than that.
class stamp_server {
public:
  explicit stamp_server(double seconds)
    : delay_ns_(static_cast<std::int64_t>(seconds * 1e9)),
      epoll_(::epoll_create1(0)),
      timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK)),
      listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 4'096) != 0
        || ::getsockname(listener_, generic, &size) != 0)
      std::abort();
    port_ = ntohs(address.sin_port);
    watch(listener_);
    watch(timer_);
  }

  std::uint16_t port() const {
    return port_;
  }

  [[noreturn]] void run() {
    epoll_event events[256];
    for (;;) {
      set_timer();
      auto n = ::epoll_wait(epoll_, events, 256, -1);
      for (int i = 0; i < n; ++i)
        if (events[i].data.fd == timer_)
          continue; // it is set anew
        else if (events[i].data.fd == listener_)
          watch(::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK));
        else
          take(events[i].data.fd);
      while (!waiting_.empty() && waiting_.front().due <= now_ns()) {
        answer(waiting_.front());
        waiting_.pop_front();
      }
    }
  }

private:
  struct request {
    int fd;
    std::int64_t received;
    std::int64_t due;
  };

  void watch(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }

  void set_timer() {
    itimerspec at{};
    if (!waiting_.empty()) {
      at.it_value.tv_sec = waiting_.front().due / 1'000'000'000;
      at.it_value.tv_nsec = waiting_.front().due % 1'000'000'000;
    }
    ::timerfd_settime(timer_, TFD_TIMER_ABSTIME, &at, nullptr);
  }

  void take(int fd) {
    char buffer[16'384];
    auto n = ::read(fd, buffer, sizeof buffer);
    if (n <= 0) {
      if (n == 0 || errno != EAGAIN) {
        open_.erase(fd);
        ::close(fd);
      }
      return;
    }
    auto& text = open_[fd];
    text.append(buffer, static_cast<std::size_t>(n));
    auto head = text.find("\r\n\r\n");
    auto length = text.find("Content-Length: ");
    if (head == text.npos || length == text.npos)
      return;
    auto body = std::strtoul(text.c_str() + length + 16, nullptr, 10);
    if (text.size() < head + 4 + body)
      return;
    text.clear();
    auto now = now_ns();
    waiting_.push_back({fd, now, now + delay_ns_});
  }

  void answer(const request& x) {
    auto body = std::to_string(x.received) + " " + std::to_string(now_ns());
    body.resize(1'000, ' '); // about what an answer weighs
    auto all = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
               "Content-Length: "
               + std::to_string(body.size()) + "\r\n\r\n" + body;
    if (::send(x.fd, all.data(), all.size(), MSG_NOSIGNAL) < 0)
      ::close(x.fd);
  }

  std::int64_t delay_ns_;
  int epoll_;
  int timer_;
  int listener_;
  std::uint16_t port_ = 0;
  std::unordered_map<int, std::string> open_;
  std::deque<request> waiting_;
};

/// What a call took beyond the server's time, or -1 if that was no answer.
inline std::int64_t own_ns(const std::string& answer, std::int64_t began) {
  auto now = now_ns();
  char* rest = nullptr;
  auto received = std::strtoll(answer.c_str(), &rest, 10);
  auto sent = std::strtoll(rest, nullptr, 10);
  return received == 0 || sent == 0 ? -1 : (now - began) - (sent - received);
}

} // namespace riskbreaker::bench
