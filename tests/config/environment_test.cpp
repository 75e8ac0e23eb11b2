#include "config/environment.hpp"
#include "tests/config/support.hpp"

#include <cstdlib>

using namespace riskbreaker;
using namespace riskbreaker::tests;

namespace {

constexpr auto text = R"({
  "llm": {"endpoints": {"nano-gpt": {"url": "https://h/v1", "model": "m"},
                        "a__b": {"url": "https://h/v1", "model": "m"}}},
  "strategies": {"Mine": {}, "mine_too": {"pairs": ["a"]}}
})";

auto strategy(const settings& x, const std::string& name) {
  for (const auto& s : x.strategies.strategies)
    if (s->name == name)
      return *s;
  FAIL("no strategy " << name);
  return core::strategy{};
}

} // namespace

TEST_CASE("a key is set from the environment, over all files",
          "[environment]") {
  auto x = good(R"({"stats": {"interval": 5}})",
                {{"RISKBREAKER__STATS__INTERVAL", "7.5"},
                 {"RISKBREAKER__TRANSPORT__RESULTS__ENCODING", "msgpack"},
                 {"RISKBREAKER__TRANSPORT__ALLOW_INSECURE", "true"},
                 {"RISKBREAKER__HTTP__BIND", "null"},
                 {"RISKBREAKER_STATS", "no key of ours"},
                 {"OTHER", "x"}});
  CHECK(x.stats.interval == std::chrono::milliseconds{7500});
  CHECK(x.transport.results_encoding == config::encoding::msgpack);
  CHECK(x.transport.allow_insecure);
  CHECK_FALSE(x.http.bind);
}

TEST_CASE("keys of the environment match in any case", "[environment]") {
  auto x = good("{}", {{"RISKBREAKER__stats__Interval", "3"}});
  CHECK(x.stats.interval == std::chrono::seconds{3});
}

TEST_CASE("an address in the environment needs no quotes", "[environment]") {
  auto x = good(
    "{}", {{"RISKBREAKER__TRANSPORT__CANDLES__BIND", "ipc:///a//b"},
           {"RISKBREAKER__TRANSPORT__CONTROL__BIND", "\"tcp://127.0.0.1:1\""}});
  CHECK(x.transport.candles_bind == "ipc:///a//b");
  CHECK(x.transport.control_bind == "tcp://127.0.0.1:1");
}

TEST_CASE("a text in the environment may look like a number", "[environment]") {
  auto x = good(text, {{"RISKBREAKER__HTTP__TOKEN", "0123"},
                       {"RISKBREAKER__LLM__ENDPOINTS__NANO-GPT__MODEL", "4.10"},
                       {"RISKBREAKER__JOURNAL__PATH", "true"}});
  CHECK(x.http.token == "0123");
  CHECK(x.strategies.endpoints.at("nano-gpt")->model == "4.10");
  CHECK(x.journal.path == "true");
}

TEST_CASE("a list and a whole section are set as JSON", "[environment]") {
  auto x = good(text,
                {{"RISKBREAKER__STRATEGIES__MINE_TOO__PAIRS", R"(["x","y"])"},
                 {"RISKBREAKER__LIMITS", R"({"window": 600, "max_series": 5})"},
                 {"RISKBREAKER__LIMITS__WINDOW", "700"}});
  CHECK(strategy(x, "mine_too").pairs == std::vector<std::string>{"x", "y"});
  CHECK(x.limits.max_series == 5);
  CHECK(x.limits.window == 700); // the single key wins
}

TEST_CASE("a list that is no JSON is refused with an example",
          "[environment]") {
  CHECK_THAT(error_of(text, {{"RISKBREAKER__STRATEGIES__MINE__PAIRS", "a,b"}}),
             Contains("must be a list such as [\"*\"]"));
}

TEST_CASE("names match exactly, or else in any case", "[environment]") {
  for (auto name : {"Mine", "MINE", "mine"}) {
    auto x = good(text, {{std::string{"RISKBREAKER__STRATEGIES__"} + name
                            + "__LLM__MAX_RETRIES",
                          "7"}});
    CHECK(strategy(x, "Mine").call.max_retries == 7);
    CHECK(strategy(x, "mine_too").call.max_retries == 2);
  }
}

TEST_CASE("an exact name wins over one in another case", "[environment]") {
  constexpr auto both = R"({"strategies": {"x": {}, "X": {}}})";
  auto x = good(both, {{"RISKBREAKER__STRATEGIES__x__LLM__MAX_RETRIES", "7"}});
  CHECK(strategy(x, "x").call.max_retries == 7);
  CHECK(strategy(x, "X").call.max_retries == 2);
  constexpr auto three = R"({"strategies": {"xy": {}, "XY": {}}})";
  CHECK_THAT(error_of(three, {{"RISKBREAKER__STRATEGIES__Xy__GATE", "{}"}}),
             Contains("can mean \"xy\" or \"XY\""));
}

TEST_CASE("an underscore stands for a dash in a name", "[environment]") {
  auto x = good(
    text, {{"RISKBREAKER__LLM__ENDPOINTS__NANO_GPT__MAX_IN_FLIGHT", "3"}});
  CHECK(x.strategies.endpoints.at("nano-gpt")->limits.max_in_flight == 3);
}

TEST_CASE("a name may hold the separator itself", "[environment]") {
  auto x
    = good(text, {{"RISKBREAKER__LLM__ENDPOINTS__A__B__MAX_IN_FLIGHT", "3"}});
  CHECK(x.strategies.endpoints.at("a__b")->limits.max_in_flight == 3);
}

TEST_CASE("an error names the variable", "[environment]") {
  CHECK(error_of("{}", {{"RISKBREAKER__STATS__INTERVAL", "soon"}})
        == "RISKBREAKER__STATS__INTERVAL: /stats/interval: must be a number, "
           "is \"soon\"");
  CHECK_THAT(error_of("{}", {{"RISKBREAKER__LIMITS", R"({"windo": 1})"}}),
             Catch::StartsWith("RISKBREAKER__LIMITS: /limits/windo: ")
               && Contains("did you mean \"window\"?"));
  CHECK_THAT(error_of("{}", {{"RISKBREAKER__HTTP__TOKEN", ""}}),
             Contains("must not be empty"));
  CHECK_THAT(error_of("{}", {{"RISKBREAKER__STATS__INTERVAL", "\xFF"}}),
             Contains("not valid UTF-8"));
}

TEST_CASE("an unknown variable is an error that names the nearest",
          "[environment]") {
  CHECK_THAT(error_of("{}", {{"RISKBREAKER__HTP__BIND", "1"}}),
             Contains("unknown key \"HTP\"; did you mean "
                      "RISKBREAKER__HTTP__BIND?")
               && Contains("known here: transport, http"));
  CHECK_THAT(error_of("{}", {{"RISKBREAKER__HTTP__BINT", "1"}}),
             Contains("did you mean RISKBREAKER__HTTP__BIND?"));
  CHECK_THAT(
    error_of(text, {{"RISKBREAKER__STRATEGIES__MINF__PAIRS", "[\"a\"]"}}),
    Contains("no file has the name \"MINF\"")
      && Contains("RISKBREAKER__STRATEGIES__MINE__PAIRS?"));
  CHECK_THAT(error_of("{}", {{"RISKBREAKER__STATS__INTERVAL__X", "1"}}),
             Contains("nothing stands below this key"));
  CHECK_THAT(error_of("{}", {{"RISKBREAKER__", "1"}}), Contains("unknown key"));
  CHECK_THAT(error_of("{}", {{"RISKBREAKER__STRATEGIES__X__PAIRS", "1"}}),
             Contains("nothing to choose from"));
}

TEST_CASE("an unknown variable's value is not shown", "[environment]") {
  CHECK_THAT(error_of(text, {{"RISKBREAKER__LLM__ENDPOINTS__NANO_GPT__API_KEY",
                              "sk-1"}}),
             !Contains("sk-1") && Contains("API_KEY_ENV"));
}

TEST_CASE("two variables for one key are an error", "[environment]") {
  CHECK_THAT(error_of("{}", {{"RISKBREAKER__STATS__INTERVAL", "1"},
                             {"RISKBREAKER__stats__interval", "2"}}),
             Contains("sets this key too"));
}

TEST_CASE("the process's own environment can be taken", "[environment]") {
  ::setenv("RISKBREAKER_TEST_VALUE", "a=b", 1);
  CHECK(config::process_environment().at("RISKBREAKER_TEST_VALUE") == "a=b");
  ::unsetenv("RISKBREAKER_TEST_VALUE");
}
