#pragma once

#include "core/llm/http_reply.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace riskbreaker::transport {

/// One POST (or GET where `body` is empty). `headers` are whole lines.
struct http_request {
  std::string url;
  std::string body;
  std::vector<std::string> headers;
  core::milliseconds timeout{15'000};
  core::milliseconds connect_timeout{5'000};
};

/// Sends HTTP requests without blocking anyone. Tests hand actors a scripted
/// one.
class http_client {
public:
  /// Called exactly once per request, on the client's own thread: must not
  /// block, must not throw.
  using callback = std::function<void(core::http_reply&&)>;

  virtual ~http_client() = default;

  /// Never blocks, never fails by itself; returns a number for `cancel`.
  virtual std::uint64_t submit(http_request request, callback done) = 0;

  /// Ends a request early: its callback gets `http_fault::cancelled`. Unknown
  /// or finished numbers are ignored.
  virtual void cancel(std::uint64_t id) = 0;
};

struct http_client_config {
  std::size_t max_response = 4u << 20; ///< bytes; more is `too_large`
  std::size_t pooled_connections = 4'096;
  std::string proxy; ///< empty: none, whatever the environment says
  std::vector<std::string> no_proxy; ///< hosts, domains and networks without
  std::string ca_file; ///< trusted instead of the system's store, if not empty
};

/// A libcurl multi handle on one thread of its own. The destructor cancels what
/// is open and joins. Speaks HTTP/2 where a TLS server offers it; certificates
/// are always verified.
std::unique_ptr<http_client> make_curl_client(http_client_config config = {});

} // namespace riskbreaker::transport
