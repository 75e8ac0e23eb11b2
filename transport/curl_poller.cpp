#include "transport/curl_poller.hpp"

#include <climits>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace riskbreaker::transport {

using std::chrono::steady_clock;

curl_poller::curl_poller(std::size_t pooled_connections) {
  static const CURLcode global = curl_global_init(CURL_GLOBAL_DEFAULT);
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  wakeup_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  multi_ = global == CURLE_OK ? curl_multi_init() : nullptr;
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = wakeup_;
  if (!multi_ || epoll_ < 0 || wakeup_ < 0
      || ::epoll_ctl(epoll_, EPOLL_CTL_ADD, wakeup_, &event) != 0) {
    curl_multi_cleanup(multi_);
    ::close(epoll_);
    ::close(wakeup_);
    throw std::runtime_error("HTTP client: no descriptors or memory left");
  }
  curl_multi_setopt(
    multi_, CURLMOPT_MAXCONNECTS,
    static_cast<long>(std::min<std::size_t>(pooled_connections, INT_MAX)));
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &socket_hook);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &timer_hook);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
}

curl_poller::~curl_poller() {
  curl_multi_cleanup(multi_);
  ::close(epoll_);
  ::close(wakeup_);
}

void curl_poller::wake() noexcept {
  ::eventfd_write(wakeup_, 1);
}

bool curl_poller::add(CURL* easy) {
  return curl_multi_add_handle(multi_, easy) == CURLM_OK;
}

void curl_poller::remove(CURL* easy) {
  curl_multi_remove_handle(multi_, easy);
}

void curl_poller::wait() {
  int ms = -1;
  if (due_) {
    const auto left
      = std::chrono::ceil<core::milliseconds>(*due_ - steady_clock::now());
    ms = static_cast<int>(
      std::clamp<core::milliseconds::rep>(left.count(), 0, INT_MAX));
  }
  std::array<epoll_event, 256> events;
  const int n
    = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), ms);
  int running = 0;
  for (int i = 0; i < n; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    if (event.data.fd == wakeup_) {
      eventfd_t ignored = 0;
      ::eventfd_read(wakeup_, &ignored);
      continue;
    }
    int what = 0;
    if (event.events & (EPOLLIN | EPOLLHUP))
      what |= CURL_CSELECT_IN;
    if (event.events & EPOLLOUT)
      what |= CURL_CSELECT_OUT;
    if (event.events & EPOLLERR)
      what |= CURL_CSELECT_ERR;
    curl_multi_socket_action(multi_, event.data.fd, what, &running);
  }
  if (due_ && *due_ <= steady_clock::now()) {
    due_.reset(); // libcurl sets the next one while it is called
    curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
  }
}

void curl_poller::reap(const std::function<void(CURL*, CURLcode)>& done) {
  int left = 0;
  while (const auto* message = curl_multi_info_read(multi_, &left))
    if (message->msg == CURLMSG_DONE)
      done(message->easy_handle, message->data.result);
}

int curl_poller::socket_hook(CURL*, curl_socket_t socket, int what, void* self,
                             void*) {
  const int epoll = static_cast<curl_poller*>(self)->epoll_;
  if (what == CURL_POLL_REMOVE) {
    ::epoll_ctl(epoll, EPOLL_CTL_DEL, socket, nullptr);
    return 0;
  }
  epoll_event event{};
  event.data.fd = socket;
  if (what & CURL_POLL_IN)
    event.events |= EPOLLIN;
  if (what & CURL_POLL_OUT)
    event.events |= EPOLLOUT;
  // epoll forgets a descriptor that was closed, and libcurl may still call the
  // number known: so both ways are tried.
  if (::epoll_ctl(epoll, EPOLL_CTL_MOD, socket, &event) != 0 && errno == ENOENT)
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
  return 0;
}

int curl_poller::timer_hook(CURLM*, long ms, void* self) {
  auto& due = static_cast<curl_poller*>(self)->due_;
  if (ms < 0)
    due.reset();
  else
    due = steady_clock::now() + core::milliseconds{ms};
  return 0;
}

} // namespace riskbreaker::transport
