#pragma once

#include "core/time.hpp"

#include <curl/curl.h>

#include <cstddef>
#include <functional>
#include <optional>

namespace riskbreaker::transport {

/// A libcurl multi handle driven by epoll. libcurl says which sockets and which
/// instant it waits for, so the cost is per event, not per open request, and
/// while nothing is due the thread sleeps. One thread owns it; only `wake` may
/// be called by others. Throws `std::runtime_error` where the system has no
/// descriptors left.
class curl_poller {
public:
  explicit curl_poller(std::size_t pooled_connections);
  ~curl_poller();

  curl_poller(const curl_poller&) = delete;
  curl_poller& operator=(const curl_poller&) = delete;

  /// Ends a `wait`, the present one or the next.
  void wake() noexcept;

  bool add(CURL* easy);
  void remove(CURL* easy);

  /// Sleeps until something happens, and lets libcurl work on it.
  void wait();

  /// Hands over every transfer that has ended since. `done` may add and remove.
  void reap(const std::function<void(CURL*, CURLcode)>& done);

private:
  static int socket_hook(CURL*, curl_socket_t socket, int what, void* self,
                         void* known);
  static int timer_hook(CURLM*, long ms, void* self);

  int epoll_ = -1;
  int wakeup_ = -1; ///< an eventfd
  CURLM* multi_ = nullptr;
  std::optional<core::steady_time> due_; ///< when libcurl wants to be called
};

} // namespace riskbreaker::transport
