#include "tests/support/catch.hpp"
#include "transport/llm_fault.hpp"

using namespace riskbreaker::transport;
using namespace std::chrono_literals;

namespace {

llm_fault fault_of(std::string_view text) {
  auto result = parse_llm_fault(text);
  INFO(text);
  REQUIRE(std::holds_alternative<llm_fault>(result));
  return std::get<llm_fault>(result);
}

std::string error_of(std::string_view text) {
  auto result = parse_llm_fault(text);
  INFO(text);
  REQUIRE(std::holds_alternative<std::string>(result));
  return std::get<std::string>(result);
}

} // namespace

TEST_CASE("every fault's text reads back as itself", "[llm_fault]") {
  for (const auto* text :
       {"ok",
        "slow:2.5",
        "hang",
        "hang_after_headers",
        "drip",
        "drip:0.02",
        "keepalive_blank_lines",
        "keepalive_blank_lines:60",
        "status:503",
        "status:429+retry_after=2",
        "status:502+html",
        "error_in_200",
        "error_in_200:503",
        "empty",
        "cut_body",
        "malformed",
        "no_choices",
        "null_content",
        "truncated",
        "refused",
        "fenced",
        "think",
        "prose",
        "out_of_range",
        "reset",
        "refuse",
        "refuse:1",
        "flaky:3",
        "quota",
        "auth",
        "status:503+html+retry_after=Wed, 21 Oct 2015 07:28:00 GMT"})
    CHECK(to_string(fault_of(text)) == text);
}

TEST_CASE("every kind of fault has a name of its own", "[llm_fault]") {
  for (std::size_t i = 0; i < llm_fault_count; ++i) {
    const auto kind = static_cast<llm_fault_kind>(i);
    const std::string name = to_string(kind);
    const bool needs_number
      = name == "slow" || name == "status" || name == "flaky";
    CHECK(fault_of(needs_number ? name + ":400" : name).kind == kind);
  }
}

TEST_CASE("faults without a number take their default", "[llm_fault]") {
  CHECK(fault_of("drip").wait == 1s);
  CHECK(fault_of("keepalive_blank_lines").wait == 5s);
  CHECK(fault_of("error_in_200").number == 429);
  CHECK(fault_of("refuse").wait == 0s);
  CHECK(fault_of("slow:0").wait == 0s);
}

TEST_CASE("a fault that makes no sense is refused with a reason",
          "[llm_fault]") {
  CHECK_THAT(error_of("explode"), Catch::Contains("unknown fault"));
  CHECK_THAT(error_of("explode"), Catch::Contains("keepalive_blank_lines"));
  CHECK_THAT(error_of("slow"), Catch::Contains("needs a number"));
  CHECK_THAT(error_of("hang:3"), Catch::Contains("takes no number"));
  for (const auto* text :
       {"", "slow:", "slow:x", "slow:-1", "slow:nan", "slow:1e9", "slow:1s",
        "status:199", "status:600", "status:500.5", "flaky:0", "drip:0",
        "status:500+colour=red", "Slow:1", "ok ok"})
    CHECK(!error_of(text).empty());
}

TEST_CASE("a retry_after cannot smuggle in a header", "[llm_fault]") {
  CHECK(!error_of("status:503+retry_after=1\r\nX: y").empty());
}

TEST_CASE("a control request is the plain text or JSON", "[llm_fault]") {
  auto text_of = [](std::string_view body) {
    auto result = parse_llm_fault_body(body);
    if (auto* fault = std::get_if<llm_fault>(&result))
      return to_string(*fault);
    return "error: " + std::get<std::string>(result);
  };
  CHECK(text_of("hang\n") == "hang");
  CHECK(text_of(R"({"fault":"hang"})") == "hang");
  CHECK(text_of(R"({"fault":"status:503","retry_after":"2","body":"html"})")
        == "status:503+html+retry_after=2");
  CHECK(text_of(R"({"retry_after":2,"fault":"status:503"})")
        == "status:503+retry_after=2");
  for (const auto* body : {"{", R"({"fault":["hang"]})", R"({"foo":"hang"})",
                           R"({"fault":"status:503","body":"xml"})", "{}", ""})
    CHECK_THAT(text_of(body), Catch::StartsWith("error: "));
}

TEST_CASE("a timeline is read in order of time", "[llm_fault]") {
  auto result = parse_llm_timeline("0:ok, 30:hang,60.5:status:503,90:ok");
  REQUIRE(std::holds_alternative<llm_timeline>(result));
  const auto& timeline = std::get<llm_timeline>(result);
  REQUIRE(timeline.size() == 4);
  CHECK(timeline[1].at == 30s);
  CHECK(timeline[1].fault.kind == llm_fault_kind::hang);
  CHECK(timeline[2].at == 60'500ms);
  CHECK(timeline[2].fault.number == 503);
  CHECK(std::get<llm_timeline>(parse_llm_timeline("")).empty());
}

TEST_CASE("a timeline that makes no sense is refused", "[llm_fault]") {
  for (const auto* text : {"hang", "x:hang", "0:ok,,5:hang", "5:ok,5:hang",
                           "5:ok,1:hang", "-1:ok", "0:", "0:explode", ":ok"})
    CHECK_THAT(std::get<std::string>(parse_llm_timeline(text)),
               Catch::StartsWith("timeline: "));
}
