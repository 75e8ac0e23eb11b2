#include "transport/result_encoder.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace riskbreaker::transport {

namespace {

std::string packed(const std::string& json_text) {
  std::string out;
  nlohmann::json::to_msgpack(nlohmann::json::parse(json_text), out);
  return out;
}

class msgpack_encoder final : public result_encoder {
public:
  explicit msgpack_encoder(std::string boot)
    : json_(make_json_encoder(std::move(boot))) {
    // nop
  }

  std::string assessment(const core::assessment& x,
                         std::uint64_t seq) override {
    return packed(json_->assessment(x, seq));
  }

  std::string breaker(const breaker_report& x, std::uint64_t seq) override {
    return packed(json_->breaker(x, seq));
  }

  std::string stats(const core::strategy_snapshot& x,
                    const core::breaker_status& state, core::unix_ms now,
                    std::uint64_t seq) override {
    return packed(json_->stats(x, state, now, seq));
  }

  std::string config(const core::config_report& x, std::uint64_t seq) override {
    return packed(json_->config(x, seq));
  }

  std::string refused(const refusal_report& x, std::uint64_t seq) override {
    return packed(json_->refused(x, seq));
  }

  std::string heartbeat(double uptime_s, std::uint64_t seq) override {
    return packed(json_->heartbeat(uptime_s, seq));
  }

private:
  std::unique_ptr<result_encoder> json_;
};

} // namespace

std::unique_ptr<result_encoder> make_msgpack_encoder(std::string boot) {
  return std::make_unique<msgpack_encoder>(std::move(boot));
}

} // namespace riskbreaker::transport
