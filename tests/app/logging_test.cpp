#include "actors/event_log.hpp"
#include "app/logging.hpp"
#include "tests/app/temporary_file.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace riskbreaker;
using nlohmann::json;

namespace {

/// The log goes into a text while this lives.
struct fixture {
  fixture() : before(spdlog::default_logger()) {
    // nop
  }

  ~fixture() {
    spdlog::set_default_logger(before);
  }

  void use(std::unique_ptr<spdlog::formatter> formatter) {
    auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(text);
    auto logger = std::make_shared<spdlog::logger>("test", sink);
    logger->set_level(spdlog::level::info);
    spdlog::set_default_logger(logger);
    spdlog::set_formatter(std::move(formatter));
  }

  std::string as_text() {
    return text.str().substr(text.str().find("Z ") + 2);
  }

  std::ptrdiff_t lines() {
    auto all = text.str();
    return std::count(all.begin(), all.end(), '\n');
  }

  std::shared_ptr<spdlog::logger> before;
  std::ostringstream text;
};

void log_one() {
  actors::log_warning("happened")
    .with("name", "BTC/USDT")
    .with("count", 3U)
    .with("share", 0.125, 2)
    .with("good", true)
    .with("absent", std::optional<int>{})
    .with("present", std::optional<int>{-4})
    .with("said", "two words, \"quoted\"")
    .with("empty", "")
    .say("and so on");
}

} // namespace

TEST_CASE_METHOD(fixture, "an event is a line for people", "[logging]") {
  use(app::make_text_formatter());
  log_one();
  CHECK(as_text()
        == "warning happened name=BTC/USDT count=3 share=0.12 good=true "
           "present=-4 said=\"two words, \\\"quoted\\\"\" empty=\"\"; and so "
           "on\n");
}

TEST_CASE_METHOD(fixture, "an event is an object for programs", "[logging]") {
  use(app::make_json_formatter());
  log_one();
  auto x = json::parse(text.str());
  CHECK(x["time"].is_number_integer());
  CHECK(x["level"] == "warning");
  CHECK(x["event"] == "happened");
  CHECK(x["name"] == "BTC/USDT");
  CHECK(x["count"] == 3);
  CHECK(x["share"] == 0.12);
  CHECK(x["good"] == true);
  CHECK_FALSE(x.contains("absent"));
  CHECK(x["present"] == -4);
  CHECK(x["said"] == "two words, \"quoted\"");
  CHECK(x["message"] == "and so on");
}

TEST_CASE_METHOD(fixture, "hostile text stays in its field", "[logging]") {
  std::string hostile = "a\x1d\x1f"
                        "b:1\x1e\n\x1b[31m\"}{\xff=c";
  SECTION("in JSON") {
    use(app::make_json_formatter());
    actors::log_info("happened").with("said", hostile).say(hostile);
    auto x = json::parse(text.str());
    CHECK(x.size() == 5); // time, level, event, said, message
    CHECK(x["said"].get<std::string>().rfind("a??b:1?\n", 0) == 0);
    CHECK(lines() == 1);
  }
  SECTION("for a terminal") {
    use(app::make_text_formatter());
    actors::log_info("happened").with("said", hostile).say(hostile);
    CHECK(text.str().find('\x1b') == std::string::npos);
    CHECK(lines() == 1);
  }
}

TEST_CASE_METHOD(fixture, "what libraries log is a message", "[logging]") {
  use(app::make_json_formatter());
  spdlog::info("plain {}", 1);
  auto x = json::parse(text.str());
  CHECK(x["message"] == "plain 1");
  CHECK_FALSE(x.contains("event"));
}

TEST_CASE_METHOD(fixture, "what is below the level is not written",
                 "[logging]") {
  use(app::make_text_formatter());
  actors::log_debug("happened").with("a", 1).say();
  CHECK(text.str().empty());
  // A number that is none must not break the line.
  actors::log_info("happened").with("a", std::nan(""), 1).say();
  CHECK_THAT(text.str(), Catch::Contains("a=\"not finite\""));
}

TEST_CASE_METHOD(fixture, "a log file is rotated, and so many are kept",
                 "[logging]") {
  tests::temporary_file file{"riskbreaker.log", ""};
  app::logging_options options;
  options.file = file.path();
  options.max_megabytes = 0.001; // 1 kB at least
  options.max_files = 2;
  app::set_up_logging(options);
  for (int i = 0; i < 100; ++i)
    actors::log_info("happened").with("i", i).say(std::string(50, 'x'));
  auto folder = std::filesystem::path{file.path()}.parent_path();
  std::size_t files = 0;
  for (const auto& x : std::filesystem::directory_iterator{folder}) {
    ++files;
    CHECK(x.file_size() <= 1'100);
  }
  CHECK(files == 3);
  std::stringstream newest;
  newest << std::ifstream{file.path()}.rdbuf();
  CHECK_THAT(newest.str(), Catch::Contains("i=99;"));
  options.file = "/proc/nowhere/x.log";
  CHECK_THROWS_WITH(app::set_up_logging(options),
                    Catch::Contains("--log-file /proc/nowhere/x.log"));
}
