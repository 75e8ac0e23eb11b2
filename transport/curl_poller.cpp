#include "transport/curl_poller.hpp"

#include <climits>

#include <algorithm>
#include <array>
#include <new>
#include <stdexcept>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
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
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &open_hook);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &close_hook);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this);
  return curl_multi_add_handle(multi_, easy) == CURLM_OK;
}

void curl_poller::remove(CURL* easy) {
  curl_multi_remove_handle(multi_, easy);
}

void curl_poller::wait(std::optional<core::steady_time> until) {
  int ms = -1;
  if (due_ && (!until || *due_ < *until))
    until = due_;
  if (until) {
    const auto left
      = std::chrono::ceil<core::milliseconds>(*until - steady_clock::now());
    ms = static_cast<int>(
      std::clamp<core::milliseconds::rep>(left.count(), 0, INT_MAX));
  }
  std::array<epoll_event, 256> events;
  const int n
    = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), ms);
  for (int i = 0; i < n; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    if (event.data.fd != wakeup_) {
      on_event(event.data.fd, event.events);
      continue;
    }
    eventfd_t ignored = 0;
    ::eventfd_read(wakeup_, &ignored);
  }
  if (due_ && *due_ <= steady_clock::now()) {
    due_.reset(); // libcurl sets the next one while it is called
    int running = 0;
    curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
  }
}

void curl_poller::reap(const std::function<void(CURL*, CURLcode)>& done) {
  int left = 0;
  while (const auto* message = curl_multi_info_read(multi_, &left))
    if (message->msg == CURLMSG_DONE)
      done(message->easy_handle, message->data.result);
}

void curl_poller::on_event(curl_socket_t socket, std::uint32_t events) {
  auto& x = watch_of(socket);
  if (x.events == 0)
    return; // closed since, by what came before in the same batch
  if (x.idle) {
    // The peer has ended a pooled connection, which libcurl will find out.
    forget(socket, x);
    return;
  }
  int what = 0;
  if (events & (EPOLLIN | EPOLLHUP))
    what |= CURL_CSELECT_IN;
  if (events & EPOLLOUT)
    what |= CURL_CSELECT_OUT;
  if (events & EPOLLERR)
    what |= CURL_CSELECT_ERR;
  int running = 0;
  curl_multi_socket_action(multi_, socket, what, &running);
}

curl_poller::watch& curl_poller::watch_of(curl_socket_t socket) {
  const auto i = static_cast<std::size_t>(socket);
  if (i >= watches_.size())
    watches_.resize(i + 1);
  return watches_[i];
}

void curl_poller::set(curl_socket_t socket, watch& x, std::uint32_t events) {
  x.idle = false;
  if (x.events == events)
    return;
  epoll_event event{};
  event.data.fd = socket;
  event.events = events;
  ::epoll_ctl(epoll_, x.events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket,
              &event);
  x.events = events;
}

void curl_poller::forget(curl_socket_t socket, watch& x) {
  if (x.events != 0)
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, socket, nullptr);
  x.events = 0;
  x.idle = false;
}

curl_socket_t curl_poller::open_hook(void* self, curlsocktype,
                                     curl_sockaddr* address) {
  auto& poller = *static_cast<curl_poller*>(self);
  const auto socket = ::socket(
    address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (socket < 0)
    return CURL_SOCKET_BAD;
  try {
    // libcurl closes a socket that never got connected without a word. Whatever
    // had this number is gone, and epoll has forgotten it by itself; but where
    // libcurl was waiting on it, it believes that it still is.
    auto& x = poller.watch_of(socket);
    const auto wanted = x.idle ? 0u : x.events;
    x = {true, false, 0};
    poller.set(socket, x, wanted);
    return socket;
  } catch (const std::bad_alloc&) {
    ::close(socket);
    return CURL_SOCKET_BAD;
  }
}

int curl_poller::close_hook(void* self, curl_socket_t socket) {
  auto& poller = *static_cast<curl_poller*>(self);
  // Before the number is free: it could be another thread's by then.
  auto& x = poller.watches_[static_cast<std::size_t>(socket)];
  poller.forget(socket, x);
  x.own = false;
  return ::close(socket);
}

int curl_poller::socket_hook(CURL*, curl_socket_t socket, int what, void* self,
                             void*) {
  auto& poller = *static_cast<curl_poller*>(self);
  try {
    auto& x = poller.watch_of(socket);
    if (what != CURL_POLL_REMOVE)
      poller.set(socket, x,
                 (what & CURL_POLL_IN ? EPOLLIN : 0u)
                   | (what & CURL_POLL_OUT ? EPOLLOUT : 0u));
    else if (x.own)
      x.idle = true; // the next request on it finds it as it is
    else
      poller.forget(socket, x);
  } catch (const std::bad_alloc&) {
    // Only what is not our own comes here: name look-ups, which libcurl also
    // asks about by the clock.
  }
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
