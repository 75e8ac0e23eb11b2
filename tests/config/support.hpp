#pragma once

#include "config/load.hpp"
#include "folders.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <string>

namespace riskbreaker::tests {

using Catch::Contains;
using config::config_error;
using config::environment;
using config::load_text;
using config::settings;

/// The message of the one error that `text` has, with its place.
inline std::string error_of(const std::string& text,
                            const environment& env = {}) {
  auto result = load_text(text, env);
  for (const auto& x : result.errors)
    UNSCOPED_INFO(format(x));
  REQUIRE(result.errors.size() == 1);
  CHECK_FALSE(result.value);
  return format(result.errors.front());
}

/// The warnings of a text without errors, one a line.
inline std::string warnings_of(const std::string& text,
                               const environment& env = {}) {
  std::string out;
  for (const auto& x : load_text(text, env).warnings)
    out += format(x) + '\n';
  return out;
}

inline settings good(const std::string& text, const environment& env = {}) {
  auto result = load_text(text, env);
  for (const auto& x : result.errors)
    UNSCOPED_INFO(format(x));
  REQUIRE(result.value);
  return *result.value;
}

/// A configuration whose one strategy, "s", is `body`.
inline std::string strategy_text(const std::string& body) {
  return R"({"strategies": {"s": )" + body + "}}";
}

inline core::strategy strategy_of(const std::string& body,
                                  const environment& env = {}) {
  return *good(strategy_text(body), env).strategies.strategies.at(0);
}

/// A configuration whose one endpoint, "e", has `more` beside URL and model.
inline std::string endpoint_text(const std::string& more) {
  return R"({"llm": {"endpoints": {"e": {"url": "https://h/v1", "model": "m")"
         + (more.empty() ? more : ", " + more) + "}}}}";
}

inline core::endpoint endpoint_of(const std::string& more,
                                  const environment& env = {}) {
  return *good(endpoint_text(more), env).strategies.endpoints.at("e");
}

/// `{"a": {"b": value}}` for the pointer "/a/b".
inline std::string text_with(const std::string& pointer,
                             const std::string& value) {
  nlohmann::json out;
  out[nlohmann::json::json_pointer{pointer}] = nlohmann::json::parse(value);
  return out.dump();
}

/// A directory that goes away with the test.
class scratch_dir {
public:
  scratch_dir() {
    auto pattern
      = (std::filesystem::temp_directory_path() / "riskbreaker-XXXXXX")
          .string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  scratch_dir(const scratch_dir&) = delete;
  scratch_dir& operator=(const scratch_dir&) = delete;
  ~scratch_dir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  /// Writes a file that only its owner can read, and returns its path.
  std::string write(const std::string& name, const std::string& text) const {
    auto path = path_ / name;
    std::ofstream{path, std::ios::binary} << text;
    std::filesystem::permissions(path, std::filesystem::perms::owner_read
                                         | std::filesystem::perms::owner_write);
    return path.string();
  }

  std::string path(const std::string& name = {}) const {
    return (path_ / name).string();
  }

private:
  std::filesystem::path path_;
};

inline std::string default_file() {
  return TESTS_DIR "/../config/riskbreaker.json";
}

} // namespace riskbreaker::tests
