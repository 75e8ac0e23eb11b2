#include "app/logging.hpp"

#include "transport/json_writer.hpp"

#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <memory>
#include <string_view>

namespace riskbreaker::app {

namespace {

/// One JSON object a line. spdlog's patterns cannot escape a message, and ours
/// hold untrusted text.
class json_formatter final : public spdlog::formatter {
public:
  void format(const spdlog::details::log_msg& x,
              spdlog::memory_buf_t& out) override {
    auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(
      x.time.time_since_epoch());
    auto level = spdlog::level::to_string_view(x.level);
    std::string line
      = "{\"time\":" + std::to_string(ms.count()) + ",\"level\":\""
        + std::string{level.data(), level.size()} + "\",\"message\":";
    transport::append_json_string(line, {x.payload.data(), x.payload.size()});
    line += "}\n";
    out.append(line.data(), line.data() + line.size());
  }

  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<json_formatter>();
  }
};

} // namespace

void set_up_logging(const logging_options& options) {
  auto logger = std::make_shared<spdlog::logger>(
    "riskbreaker", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  logger->set_level(spdlog::level::from_str(options.level));
  logger->flush_on(spdlog::level::warn);
  spdlog::set_default_logger(logger);
  if (options.format == "json")
    spdlog::set_formatter(std::make_unique<json_formatter>());
  else
    spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%-5l%$ %v",
                        spdlog::pattern_time_type::utc);
}

} // namespace riskbreaker::app
