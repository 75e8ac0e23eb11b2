#pragma once

#include "transport/web_limits.hpp"
#include "transport/web_out_queue.hpp"
#include "transport/web_request.hpp"
#include "transport/web_routes.hpp"

// One thread runs all of it; and ThreadSanitizer does not understand fences.
#define BOOST_ASIO_DISABLE_FENCED_BLOCK
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility> // Asio 1.74 forgets it

namespace riskbreaker::transport {

/// One connection to the HTTP server. Private to the server's sources.
class web_session {
public:
  virtual ~web_session() = default;

  /// Answers the request at hand.
  virtual void answer(const web_reply& reply) = 0;

  /// Answers it with a body that comes in pieces: `next` is called for the next
  /// one when the last is out; an empty piece ends the body.
  virtual void stream(std::string_view type, std::function<std::string()> next)
    = 0;

  /// Answers it with events: first what `next` gives until it gives nothing,
  /// then what is sent, until the client goes.
  virtual void listen(event_kinds kinds, std::function<std::string()> next) = 0;

  /// To a listener. Whoever does not take it is cut off.
  virtual void send(const shared_text& events) = 0;

  virtual std::optional<event_kinds> listens() const = 0;
  /// Bytes that wait for the client and are nobody else's.
  virtual std::size_t owned() const = 0;
  /// Since when it has waited for a whole request; nothing while it has one.
  virtual std::optional<std::chrono::steady_clock::time_point>
  reading_since() const = 0;
  virtual void drop() = 0;
};

/// What a session asks of the server; all on the server's thread.
struct web_session_hooks {
  std::function<void(const std::shared_ptr<web_session>&, const web_request&)>
    request;
  std::function<void(const std::shared_ptr<web_session>&)> gone;
  std::function<void()> cut_off;
};

/// `limits` and `hooks` must outlive the session's executor.
std::shared_ptr<web_session>
serve_web_session(boost::asio::ip::tcp::socket socket, const web_limits& limits,
                  const web_session_hooks& hooks);

} // namespace riskbreaker::transport
