#include "core/llm/retry_after.hpp"
#include "tests/support/catch.hpp"
#include "transport/json_parser.hpp"

using namespace riskbreaker;
using namespace std::chrono_literals;
using core::milliseconds;

namespace {

/// Tue, 14 Nov 2023 22:13:20 GMT
constexpr core::unix_ms wall{milliseconds{1'700'000'000'000}};

using headers = std::vector<std::pair<std::string, std::string>>;

std::optional<milliseconds> wait(headers fields, std::string body = {}) {
  core::http_reply reply;
  reply.headers = std::move(fields);
  auto parsed = transport::parse_json(body);
  return core::retry_after(reply, parsed ? &*parsed : nullptr, wall);
}

std::optional<milliseconds> wait_of(const std::string& value) {
  return wait({{"retry-after", value}});
}

} // namespace

TEST_CASE("Retry-After may be whole or decimal seconds", "[retry_after]") {
  CHECK(wait_of("120") == 120'000ms);
  CHECK(wait_of(" 120 ") == 120'000ms);
  CHECK(wait_of("0") == 0ms);
  CHECK(wait_of("1.5") == 1'500ms);
  CHECK(wait_of("0.0001") == 1ms); // rounded up: never before the time
  CHECK(wait_of("007") == 7'000ms);
}

TEST_CASE("Retry-After that cannot be used counts as absent", "[retry_after]") {
  for (std::string value :
       {"", " ", "-1", "-0", "+5", "abc", "5s", "1e3", "0x10", "1.2.3", "1.",
        ".5", "12, 13", "nan", "inf", "NaN", "\xff", "1 2"}) {
    INFO(value);
    CHECK_FALSE(wait_of(value));
  }
}

TEST_CASE("an enormous Retry-After is cut, not overflown", "[retry_after]") {
  for (auto& value :
       {std::string{"99999999999999999999"}, std::string(400, '9')}) {
    auto x = wait_of(value);
    REQUIRE(x);
    CHECK(*x > 24h * 365);
    CHECK(wall + *x > wall);
    CHECK(std::chrono::nanoseconds{*x} > 0ns);
  }
}

TEST_CASE("Retry-After may be a date in all three forms", "[retry_after]") {
  CHECK(wait_of("Tue, 14 Nov 2023 22:13:50 GMT") == 30s);
  CHECK(wait_of("Tuesday, 14-Nov-23 22:13:50 GMT") == 30s);
  CHECK(wait_of("Tue Nov 14 22:13:50 2023") == 30s);
  CHECK(wait_of("Fri Dec  1 22:13:20 2023") == 24h * 17);
}

TEST_CASE("a date that is now is no wait, one before it is absent",
          "[retry_after]") {
  CHECK(wait_of("Tue, 14 Nov 2023 22:13:20 GMT") == 0ms);
  CHECK_FALSE(wait_of("Tue, 14 Nov 2023 22:13:19 GMT"));
  CHECK_FALSE(wait_of("Sun, 06 Nov 1994 08:49:37 GMT"));
  CHECK_FALSE(wait_of("Sunday, 06-Nov-94 08:49:37 GMT"));
  CHECK_FALSE(wait_of("Sun Nov  6 08:49:37 1994"));
}

TEST_CASE("dates are read to the second, whatever the time zone",
          "[retry_after]") {
  constexpr core::unix_ms rfc{milliseconds{784'111'777'000}};
  CHECK(core::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT", wall) == rfc);
  CHECK(core::parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", wall) == rfc);
  CHECK(core::parse_http_date("Sun Nov  6 08:49:37 1994", wall) == rfc);
  CHECK(core::parse_http_date("Thu, 29 Feb 2024 00:00:00 GMT", wall));
  CHECK(core::parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT", wall));
}

TEST_CASE("a two-digit year is at most 50 years ahead", "[retry_after]") {
  auto year = [](const char* text) {
    auto date = core::parse_http_date(text, wall);
    REQUIRE(date);
    auto day = std::chrono::floor<std::chrono::days>(*date);
    return static_cast<int>(std::chrono::year_month_day{day}.year());
  };
  CHECK(year("Monday, 01-Jan-73 00:00:00 GMT") == 2073);
  CHECK(year("Monday, 01-Jan-74 00:00:00 GMT") == 1974);
  CHECK(year("Monday, 01-Jan-00 00:00:00 GMT") == 2000);
}

TEST_CASE("what is almost a date is none", "[retry_after]") {
  for (std::string_view text :
       {"Tue, 14 Nov 2023 22:13:50", "Tue, 14 Nov 2023 22:13:50 CET",
        "Tue, 14 Nov 2023 22:13:50 GMT+1", "Tue, 32 Nov 2023 22:13:50 GMT",
        "Thu, 29 Feb 2023 00:00:00 GMT", "Tue, 14 Nov 2023 24:00:00 GMT",
        "Tue, 14 Nov 2023 22:60:00 GMT", "Tue, 14 Nov 2023 22:13:61 GMT",
        "Tue, 00 Nov 2023 22:13:50 GMT", "Tue, 14 Foo 2023 22:13:50 GMT",
        "Xyz, 14 Nov 2023 22:13:50 GMT", "Tue, 1 Nov 2023 22:13:50 GMT",
        "Tue 14 Nov 2023 22:13:50 GMT", "2023-11-14T22:13:50Z", "Tue, ", "Tue",
        "Tue, -1 Nov 2023 22:13:50 GMT", "Tue Nov 14 22:13:50 23"}) {
    INFO(text);
    CHECK_FALSE(core::parse_http_date(text, wall));
  }
}

TEST_CASE("milliseconds come first, then Retry-After, then the body",
          "[retry_after]") {
  std::string body = R"({"error":{"details":[{"retryDelay":"12s"}]}})";
  CHECK(wait({{"retry-after", "9"}, {"retry-after-ms", "250.5"}}, body)
        == 251ms);
  CHECK(wait({{"retry-after", "9"}, {"retry-after-ms", "soon"}}, body)
        == 9'000ms);
  CHECK(wait({{"retry-after", "soon"}, {"retry-after-ms", "-4"}}, body)
        == 12'000ms);
  CHECK(wait({{"retry-after", "x"}, {"retry-after", "7"}}) == 7'000ms);
  CHECK_FALSE(wait({}));
}

TEST_CASE("a hint in the body has its unit and its sign", "[retry_after]") {
  auto hint = [](std::string delay) {
    return wait({}, R"({"error":{"details":[{"a":1},5,{"retryDelay":)" + delay
                      + "}]}}");
  };
  CHECK(hint("\"12s\"") == 12'000ms);
  CHECK(hint("\"0.250000000s\"") == 250ms);
  CHECK(hint("\"34.5s\"") == 34'500ms);
  for (std::string delay :
       {"\"12\"", "12", "\"-12s\"", "\"s\"", "\"12m\"", "\"\"", "null"}) {
    INFO(delay);
    CHECK_FALSE(hint(delay));
  }
  CHECK(wait({}, R"({"error":{"retry_after":3}})") == 3'000ms);
  CHECK_FALSE(wait({}, R"({"error":{"retry_after":-3}})"));
  CHECK_FALSE(wait({}, R"({"error":"retry_after"})"));
}
