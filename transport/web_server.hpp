#pragma once

#include "transport/outbox.hpp"
#include "transport/web_counts.hpp"
#include "transport/web_limits.hpp"
#include "transport/web_routes.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace riskbreaker::transport {

struct web_server_config {
  std::string bind = "127.0.0.1:8090"; ///< HOST:PORT; port 0: any free one
  web_site site;
  /// How long the daemon may take to answer.
  std::chrono::milliseconds patience{5'000};
  std::chrono::milliseconds metrics_patience{1'000};
  web_limits limits{};
  /// Told what an exception says that the server has outlived; on its thread.
  std::function<void(const std::string&)> on_fault{};
};

/// Whom the server asks; called on its thread, must not block. The answer comes
/// as a `control_reply` with the same route.
struct web_handlers {
  std::function<void(std::vector<std::string> route, std::string body)> control;
  std::function<void(std::vector<std::string> route)> metrics;
};

/// The dashboard's HTTP server: pages, JSON, metrics and server-sent events.
/// All connections live on one thread; whoever reads too slowly, or sends too
/// slowly, is cut off.
class web_server {
public:
  virtual ~web_server() = default;

  /// Begins to serve. Call once.
  virtual void start(web_handlers handlers) = 0;

  /// From now on it is not ready and asks nobody; pages and events go on.
  virtual void stop_asking() = 0;

  /// Sends listeners what is new, drops all connections and joins. Idempotent.
  virtual void stop() = 0;

  /// What goes out to subscribers, in order. Any thread; never blocks.
  virtual void publish(const out_frames& frames) = 0;

  /// An answer to a request of its own. Any thread; never blocks.
  virtual void reply(control_reply reply) = 0;

  virtual web_counts counts() const = 0; ///< any thread

  virtual std::string url() const = 0; ///< "http://127.0.0.1:8090"
};

/// Whether a reply is for the HTTP server: its routes begin with an empty
/// frame, as no identity of a ZeroMQ client can.
bool is_web_route(const std::vector<std::string>& route) noexcept;

/// Binds and listens. Throws `std::runtime_error` with a line for the user if
/// it cannot.
std::shared_ptr<web_server> make_web_server(web_server_config config);

/// Shows what passes to `web`, and gives the rest to `next`.
std::shared_ptr<outbox> make_web_outbox(std::shared_ptr<outbox> next,
                                        std::shared_ptr<web_server> web);

} // namespace riskbreaker::transport
