#include "app/logging.hpp"

#include "actors/event_log.hpp"
#include "app/console.hpp"
#include "transport/json_writer.hpp"

#include <spdlog/formatter.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string_view>

namespace riskbreaker::app {

namespace {

using spdlog::details::log_msg;

std::string_view payload_of(const log_msg& x) {
  return {x.payload.data(), x.payload.size()};
}

/// As it stands where a reader can tell its end, else in quotes.
std::string shown(std::string_view value) {
  auto plain = !value.empty()
               && value.find_first_of(" \t\r\n\"=;") == std::string_view::npos;
  if (plain)
    return terminal_safe(value);
  std::string out = "\"";
  for (auto c : value) {
    if (c == '"' || c == '\\')
      out += '\\';
    out += c;
  }
  return terminal_safe(out + '"');
}

class text_formatter final : public spdlog::formatter {
public:
  text_formatter()
    : head_("%Y-%m-%dT%H:%M:%S.%eZ %^%-5l%$ ", spdlog::pattern_time_type::utc,
            "") {
    // nop
  }

  void format(const log_msg& x, spdlog::memory_buf_t& out) override {
    head_.format(x, out);
    auto event = actors::read_logged(payload_of(x));
    std::string line{event.name};
    for (const auto& f : event.fields)
      line.append(" ").append(f.key).append("=").append(
        f.is_text ? shown(f.value) : std::string{f.value});
    if (!event.message.empty())
      line += (line.empty() ? "" : "; ") + terminal_safe(event.message);
    line += '\n';
    out.append(line.data(), line.data() + line.size());
  }

  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<text_formatter>();
  }

private:
  spdlog::pattern_formatter head_;
};

/// spdlog's patterns cannot escape a message, and ours hold untrusted text.
class json_formatter final : public spdlog::formatter {
public:
  void format(const log_msg& x, spdlog::memory_buf_t& out) override {
    auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(
      x.time.time_since_epoch());
    auto level = spdlog::level::to_string_view(x.level);
    auto line = "{\"time\":" + std::to_string(ms.count()) + ",\"level\":\""
                + std::string{level.data(), level.size()} + '"';
    auto event = actors::read_logged(payload_of(x));
    if (!event.name.empty())
      add(line, "event", event.name);
    for (const auto& f : event.fields)
      if (f.is_text)
        add(line, f.key, f.value);
      else
        line.append(",\"").append(f.key).append("\":").append(f.value);
    if (!event.message.empty() || event.name.empty())
      add(line, "message", event.message);
    line += "}\n";
    out.append(line.data(), line.data() + line.size());
  }

  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<json_formatter>();
  }

private:
  static void add(std::string& line, std::string_view key,
                  std::string_view value) {
    line.append(",\"").append(key).append("\":");
    transport::append_json_string(line, value);
  }
};

std::shared_ptr<spdlog::sinks::sink> sink_for(const logging_options& options) {
  if (options.file.empty())
    return std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
  try {
    auto bytes = std::max(options.max_megabytes * 1'048'576, 1'024.0);
    return std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
      options.file, static_cast<std::size_t>(bytes), options.max_files);
  } catch (const spdlog::spdlog_ex& x) {
    throw std::runtime_error{"--log-file " + options.file
                             + ": cannot be written: " + x.what()};
  }
}

} // namespace

std::unique_ptr<spdlog::formatter> make_text_formatter() {
  return std::make_unique<text_formatter>();
}

std::unique_ptr<spdlog::formatter> make_json_formatter() {
  return std::make_unique<json_formatter>();
}

void set_up_logging(const logging_options& options) {
  auto logger
    = std::make_shared<spdlog::logger>("riskbreaker", sink_for(options));
  logger->set_level(spdlog::level::from_str(options.level));
  // A file that is read while the daemon runs shall not lag behind.
  logger->flush_on(options.file.empty() ? spdlog::level::warn
                                        : spdlog::level::trace);
  spdlog::set_default_logger(logger);
  spdlog::set_formatter(options.format == "json" ? make_json_formatter()
                                                 : make_text_formatter());
}

} // namespace riskbreaker::app
