#pragma once

#include <spdlog/spdlog.h>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riskbreaker::actors {

/// One line of the log: an event with a stable name and fields, and perhaps a
/// sentence for people. `docs/logs.md` lists them all; programs go by the
/// names, so neither names nor fields change.
///
///   log_event{spdlog::level::info, "assessed"}
///     .with("strategy", name).with("score", score, 1).say();
///
/// Costs nothing where the level is off.
class log_event {
public:
  log_event(spdlog::level::level_enum level, std::string_view name);

  log_event& with(const char* key, std::string_view value);
  log_event& with(const char* key, const std::string& value) {
    return with(key, std::string_view{value});
  }
  log_event& with(const char* key, const char* value) {
    return with(key, std::string_view{value});
  }
  log_event& with(const char* key, bool value);
  template <std::integral T>
  log_event& with(const char* key, T value) {
    return number(key, enabled_ ? std::to_string(value) : std::string{});
  }
  /// Rounded to so many digits behind the point.
  log_event& with(const char* key, double value, int digits);
  /// Left out where there is none.
  template <class T>
  log_event& with(const char* key, const std::optional<T>& value) {
    return value ? with(key, *value) : *this;
  }

  /// Writes the line. Never throws: a log that fails must not stop the rest.
  void say(std::string_view message = {}) noexcept;

private:
  log_event& number(const char* key, const std::string& value);
  void add(const char* key, char kind, std::string_view value);

  spdlog::level::level_enum level_;
  bool enabled_;
  std::string line_;
};

inline log_event log_debug(std::string_view name) {
  return {spdlog::level::debug, name};
}
inline log_event log_info(std::string_view name) {
  return {spdlog::level::info, name};
}
inline log_event log_warning(std::string_view name) {
  return {spdlog::level::warn, name};
}
inline log_event log_error(std::string_view name) {
  return {spdlog::level::err, name};
}

/// What the formatters make of a line that `log_event` wrote; of any other
/// line, all is `message`.
struct logged_event {
  struct field {
    std::string_view key;
    std::string_view value;
    bool is_text = true; ///< else a number, true or false
  };
  std::string_view name;
  std::vector<field> fields;
  std::string_view message;
};

logged_event read_logged(std::string_view payload);

} // namespace riskbreaker::actors
