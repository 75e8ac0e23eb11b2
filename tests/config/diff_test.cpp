#include "config/diff.hpp"
#include "tests/config/support.hpp"

using namespace riskbreaker::tests;
using riskbreaker::config::change;
using riskbreaker::config::diff;

namespace {

using changes = std::vector<change>;

auto endpoint(const std::string& more) {
  return good(endpoint_text(more));
}

} // namespace

TEST_CASE("equal configurations have no difference", "[diff]") {
  auto x = good(strategy_text("{}"));
  CHECK(diff(x, x).empty());
}

TEST_CASE("a change has its pointer and both values", "[diff]") {
  auto a = good(strategy_text("{}"));
  auto b = good(strategy_text(R"({"breaker": {"failure_threshold": 5},
                                  "pairs": ["a", "b"]})"));
  CHECK(
    diff(a, b)
    == changes{{"/strategies/s/pairs", R"(["*"])", R"(["a","b"])", false},
               {"/strategies/s/breaker/failure_threshold", "3", "5", false}});
}

TEST_CASE("a strategy that comes or goes is one change", "[diff]") {
  auto a = good(R"({"strategies": {"s": {}}})");
  auto b = good(R"({"strategies": {"s": {}, "t": {}}})");
  auto came = diff(a, b);
  REQUIRE(came.size() == 1);
  CHECK(came[0].pointer == "/strategies/t");
  CHECK_FALSE(came[0].before);
  CHECK_THAT(came[0].after.value(), Contains("\"pairs\":[\"*\"]"));
  auto went = diff(b, a);
  REQUIRE(went.size() == 1);
  CHECK(went[0].before);
  CHECK_FALSE(went[0].after);
}

TEST_CASE("null and absent are told apart", "[diff]") {
  CHECK(
    diff(endpoint(R"("usd_per_day": null)"), endpoint(R"("usd_per_day": 0)"))
    == changes{{"/llm/endpoints/e/usd_per_day", "null", "0", false}});
}

TEST_CASE("what a reload cannot change needs a restart", "[diff]") {
  auto a = good("{}");
  auto b = good(R"({"transport": {"candles": {"bind": "ipc://x"}},
    "http": {"bind": null}, "journal": {"path": "x", "assessments": "llm"},
    "stats": {"interval": 1},
    "limits": {"window": 600, "max_frame": 2048},
    "llm": {"proxy": "http://p:1"}})");
  auto all = diff(a, b);
  CHECK(all.size() == 8);
  for (const auto& x : all) {
    CAPTURE(x.pointer);
    CHECK(x.needs_restart);
  }
  CHECK_FALSE(riskbreaker::config::needs_restart("/llm/endpoints/e/model"));
  CHECK_FALSE(riskbreaker::config::needs_restart("/strategies/s"));
}

TEST_CASE("a secret that changed shows without its value", "[diff]") {
  auto text = endpoint_text(R"("api_key_env": "K")");
  auto a = good(text, {{"K", "s3cret"}});
  auto b = good(text, {{"K", "s3cret2"}});
  auto none = good(text);
  CHECK(diff(a, b)
        == changes{
          {"/llm/endpoints/e/api_key", "\"********\"", "\"********\"", false}});
  CHECK(
    diff(none, a)
    == changes{{"/llm/endpoints/e/api_key", "null", "\"********\"", false}});
  auto t = [](const std::string& token) {
    return good(R"({"http": {"token": ")" + token + "\"}}");
  };
  CHECK(diff(t("s3cret"), t("s3cret2"))
        == changes{{"/http/token", "\"********\"", "\"********\"", true}});
}

TEST_CASE("names in pointers are escaped by their rules", "[diff]") {
  auto x = good(R"({"strategies": {"a-b_c": {}}})");
  CHECK(diff(good("{}"), x).at(0).pointer == "/strategies/a-b_c");
}
