#pragma once

#include "app/service_manager.hpp"
#include "config/file_watch.hpp"
#include "config/load.hpp"
#include "transport/candle_decoder.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace riskbreaker::app {

struct daemon_options {
  config::settings settings;
  std::vector<std::string> files; ///< read again by a reload
  config::environment env;
  /// Tests replace it, for instance to make ingest slow.
  std::function<std::unique_ptr<transport::candle_decoder>()> make_decoder
    = transport::make_candle_decoder;
  /// Reloads when the files change; null: they are not watched.
  std::shared_ptr<config::file_watch> watch{};
  /// Told how the daemon is; empty: nobody is.
  service_notifier notify{};
  /// A sign of life is due each such time; absent: none is.
  std::optional<std::chrono::milliseconds> watchdog{};
};

/// The whole system: sockets, HTTP client and actors, wired together.
class daemon {
public:
  /// Binds the sockets. Throws `std::runtime_error` with a line for the user if
  /// one cannot be bound.
  explicit daemon(daemon_options options);
  ~daemon();
  daemon(const daemon&) = delete;
  daemon& operator=(const daemon&) = delete;

  /// Begins to read candles.
  void start();

  /// Reads the configuration files again, in the background.
  void reload();

  /// Answers what is open, publishes it, and ends everything; bounded by about
  /// a second and a half. Idempotent.
  void stop();

  std::string candles_endpoint() const;
  std::string results_endpoint() const;
  std::string control_endpoint() const;
  std::string web_url() const; ///< empty: there is no HTTP server

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace riskbreaker::app
