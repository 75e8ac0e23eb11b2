#include "transport/json_payloads.hpp"
#include "transport/result_encoder.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <exception>
#include <random>
#include <utility>

namespace riskbreaker::transport {

std::int64_t epoch_ms(core::unix_ms t) noexcept {
  return t.time_since_epoch().count();
}

std::optional<std::int64_t>
epoch_ms(const std::optional<core::unix_ms>& t) noexcept {
  return t ? std::optional{epoch_ms(*t)} : std::nullopt;
}

std::optional<double> seconds_until(const std::optional<core::unix_ms>& at,
                                    core::unix_ms now) noexcept {
  if (!at)
    return std::nullopt;
  auto left = std::max(*at - now, core::milliseconds{0});
  return std::chrono::duration<double>{left}.count();
}

double to_the_millisecond(double seconds) noexcept {
  return std::round(seconds * 1'000) / 1'000;
}

namespace {

class json_encoder final : public result_encoder {
public:
  explicit json_encoder(std::string boot) : boot_(std::move(boot)) {
    out_.remember_numbers();
  }

  std::string_view assessment(const core::assessment& x,
                              std::uint64_t seq) override {
    out_.clear();
    write_assessment(out_, x, boot_, seq);
    return out_.text();
  }

  std::string_view breaker(const breaker_report& x,
                           std::uint64_t seq) override {
    begin(seq)
      .member("strategy", x.strategy)
      .member("from", core::to_string(x.change.from))
      .member("to", core::to_string(x.change.to))
      .member("at", epoch_ms(x.at))
      .member("cause", core::cause_text(x.change))
      .member("consecutive_failures", x.change.consecutive_failures)
      .member("retry_at", epoch_ms(x.retry_at));
    return end();
  }

  std::string_view stats(const core::strategy_snapshot& x,
                         const core::breaker_status& state, core::unix_ms now,
                         std::uint64_t seq) override {
    begin(seq).member("strategy", x.strategy);
    write_statistics(out_, x, state, now);
    return end();
  }

  std::string_view config(const core::config_report& x,
                          std::uint64_t seq) override {
    begin(seq)
      .member("version", x.version)
      .member("ok", x.ok)
      .array("changes", x.changes)
      .array("needs_restart", x.needs_restart)
      .array("errors", x.errors);
    return end();
  }

  std::string_view refused(const refusal_report& x,
                           std::uint64_t seq) override {
    begin(seq)
      .member("reason", core::to_string(x.what.reason))
      .member("detail", x.what.detail)
      .member("excerpt", x.excerpt)
      .member("count", x.count);
    return end();
  }

  std::string_view heartbeat(double uptime_s, core::unix_ms at,
                             std::uint64_t seq) override {
    begin(seq)
      .member("at", epoch_ms(at))
      .member("uptime_s", to_the_millisecond(uptime_s));
    return end();
  }

private:
  json_writer& begin(std::uint64_t seq) {
    out_.clear();
    return out_.begin_object()
      .member("v", 1)
      .member("boot", boot_)
      .member("seq", seq);
  }

  std::string_view end() {
    return out_.end_object().text();
  }

  std::string boot_;
  json_writer out_{2'048};
};

/// Tells apart two starts within one millisecond, or with the clock set back.
std::uint32_t random_bits() {
  try {
    return std::random_device{}();
  } catch (const std::exception&) {
    auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    return static_cast<std::uint32_t>(now);
  }
}

} // namespace

std::string make_boot_id(core::unix_ms started) {
  auto hex = [](std::uint64_t x) {
    std::array<char, 16> digits;
    auto end = std::to_chars(digits.data(), digits.data() + 16, x, 16).ptr;
    return std::string{digits.data(), end};
  };
  return hex(static_cast<std::uint64_t>(epoch_ms(started))) + '-'
         + hex(random_bits());
}

std::unique_ptr<result_encoder> make_json_encoder(std::string boot) {
  return std::make_unique<json_encoder>(std::move(boot));
}

} // namespace riskbreaker::transport
