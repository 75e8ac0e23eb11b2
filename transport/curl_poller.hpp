#pragma once

#include "core/time.hpp"

#include <curl/curl.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace riskbreaker::transport {

/// A libcurl multi handle driven by epoll. libcurl says which sockets and which
/// instant it waits for, so the cost is per event, not per open request, and
/// while nothing is due the thread sleeps. One thread owns it; only `wake` may
/// be called by others. Throws `std::runtime_error` where the system has no
/// descriptors left.
///
/// It opens and closes libcurl's connections itself: only so does it know when
/// a number stands for another socket than before, and may leave the socket of
/// a pooled connection where it is.
class curl_poller {
public:
  explicit curl_poller(std::size_t pooled_connections);
  ~curl_poller();

  curl_poller(const curl_poller&) = delete;
  curl_poller& operator=(const curl_poller&) = delete;

  /// Ends a `wait`, the present one or the next.
  void wake() noexcept;

  /// Starts a transfer; its options for opening and closing sockets are set
  /// here.
  bool add(CURL* easy);
  void remove(CURL* easy);

  /// Sleeps until something happens, or until then, and lets libcurl work.
  void wait(std::optional<core::steady_time> until);

  /// Hands over every transfer that has ended since. `done` may add and remove.
  void reap(const std::function<void(CURL*, CURLcode)>& done);

private:
  /// What epoll does for a descriptor.
  struct watch {
    bool own = false;         ///< opened by us, so that we see it close
    bool idle = false;        ///< libcurl waits for nothing on it
    std::uint32_t events = 0; ///< as epoll has them; 0: not in the set
  };

  watch& watch_of(curl_socket_t socket);
  void set(curl_socket_t socket, watch& x, std::uint32_t events);
  void forget(curl_socket_t socket, watch& x);
  void on_event(curl_socket_t socket, std::uint32_t events);

  static curl_socket_t open_hook(void* self, curlsocktype,
                                 curl_sockaddr* address);
  static int close_hook(void* self, curl_socket_t socket);
  static int socket_hook(CURL*, curl_socket_t socket, int what, void* self,
                         void* known);
  static int timer_hook(CURLM*, long ms, void* self);

  int epoll_ = -1;
  int wakeup_ = -1; ///< an eventfd
  CURLM* multi_ = nullptr;
  std::vector<watch> watches_;           ///< by descriptor
  std::optional<core::steady_time> due_; ///< when libcurl wants to be called
};

} // namespace riskbreaker::transport
