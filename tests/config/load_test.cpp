#include "config/load.hpp"
#include "tests/config/support.hpp"

using namespace riskbreaker;
using namespace riskbreaker::tests;

TEST_CASE("an error is one line: file, place, pointer, message", "[load]") {
  auto text = error_of(R"({"strategies": {"x": {
  "breaker": {"failure_threshold": 0}}}})");
  CHECK_THAT(text, Catch::StartsWith(
                     "riskbreaker.json:2:36: "
                     "/strategies/x/breaker/failure_threshold: must be at "
                     "least 1, is 0; "));
  CHECK(text.find('\n') == text.npos);
}

TEST_CASE("what a user writes cannot break an error's line", "[load]") {
  auto text = error_of("{\"a\\nb\\u007f\": 1}");
  CHECK(text.find('\n') == text.npos);
  CHECK(text.find('\x7f') == text.npos);
}

TEST_CASE("all errors are told at once, in the file's order", "[load]") {
  auto result = load_text(R"({
    "strategies": {"x": {"gate": {"max_risk_score": 101}, "pairs": []}},
    "stats": {"interval": 0},
    "nonsense": 1
  })");
  CHECK_FALSE(result.value);
  REQUIRE(result.errors.size() == 4);
  CHECK(result.errors[0].pointer == "/strategies/x/gate/max_risk_score");
  CHECK(result.errors[1].pointer == "/strategies/x/pairs");
  CHECK(result.errors[2].pointer == "/stats/interval");
  CHECK(result.errors[3].pointer == "/nonsense");
}

TEST_CASE("an error in defaults is told once, at its own place", "[load]") {
  auto text = error_of(R"({"defaults": {"gate": {"max_risk_score": -1}},
                           "strategies": {"a": {}, "b": {}}})");
  CHECK_THAT(text, Contains(":1:42: /defaults/gate/max_risk_score: "));
}

TEST_CASE("defaults are checked even without a strategy", "[load]") {
  CHECK_THAT(error_of(R"({"defaults": {"gait": {}}})"),
             Contains("did you mean \"gate\"?"));
}

TEST_CASE("defaults hold for every strategy that does not differ", "[load]") {
  auto x = good(R"({"defaults": {"llm": {"max_retries": 4, "api_timeout": 9}},
    "strategies": {"a": {}, "b": {"llm": {"max_retries": 0}}}})");
  const auto& all = x.strategies.strategies;
  CHECK(all[0]->call.max_retries == 4);
  CHECK(all[1]->call.max_retries == 0);
  CHECK(all[1]->call.api_timeout == std::chrono::seconds{9});
}

TEST_CASE("an unknown key is refused and its neighbour named", "[load]") {
  auto text
    = error_of(strategy_text(R"({"breaker": {"failure_treshold": 2}})"));
  CHECK_THAT(text, Contains("/strategies/s/breaker/failure_treshold: ")
                     && Contains("did you mean \"failure_threshold\"?")
                     && Contains("Allowed here: failure_threshold, recovery_"));
  CHECK_THAT(error_of(R"({"Http": {}})"), Contains("did you mean \"http\"?"));
  CHECK_THAT(error_of(R"({"qqqqqqqqqq": {}})"),
             !Contains("did you mean") && Contains("allowed here: transport"));
}

TEST_CASE("a key in the wrong section is told where it belongs", "[load]") {
  CHECK_THAT(error_of(strategy_text(R"({"api_timeout": 2})")),
             Contains("it belongs in strategies.NAME.llm"));
  CHECK_THAT(error_of(R"({"window": 500})"), Contains("it belongs in limits"));
}

TEST_CASE("a pointer is escaped as RFC 6901 asks", "[load]") {
  CHECK(load_text(R"({"a/b~c": 1})").errors.at(0).pointer == "/a~1b~0c");
}

TEST_CASE("editors may keep their schema in the file", "[load]") {
  good(R"({"$schema": "./riskbreaker.schema.json"})");
}

TEST_CASE("a value of the wrong kind is refused by name", "[load]") {
  CHECK_THAT(error_of(R"({"http": 1})"),
             Contains("must be an object, is a number"));
  CHECK_THAT(error_of(R"({"stats": {"interval": "10"}})"),
             Contains("must be a number, is \"10\""));
  CHECK_THAT(error_of(R"({"stats": {"interval": null}})"),
             Contains("must be a number, is null"));
  CHECK_THAT(error_of(R"({"transport": {"allow_insecure": 1}})"),
             Contains("must be true or false, is 1"));
  CHECK_THAT(error_of(R"({"transport": {"control": {"bind": 5}}})"),
             Contains("must be a text, is 5"));
  CHECK_THAT(error_of(R"({"limits": {"max_series": 1.5}})"),
             Contains("must be a whole number, is 1.5"));
  CHECK_THAT(error_of(strategy_text("null")),
             Contains("must be an object, is null"));
  CHECK_THAT(error_of(R"({"strategies": []})"),
             Contains("must be an object, is a list"));
}

TEST_CASE("a configuration without strategies is warned about", "[load]") {
  CHECK_THAT(warnings_of("{}"), Contains("no strategy is configured"));
  CHECK_THAT(warnings_of(strategy_text("{}")),
             !Contains("no strategy is configured")
               && Contains("no LLM endpoint is configured"));
}

// -- files
// -----------------------------------------------------------------------

TEST_CASE("later files win, key by key; lists are replaced", "[load]") {
  scratch_dir dir;
  auto a = dir.write("a.json", R"({"stats": {"interval": 5},
    "limits": {"window": 600, "max_series": 7},
    "strategies": {"s": {"pairs": ["a", "b"], "timeframes": ["1h"]}}})");
  auto b = dir.write("b.json", R"({"limits": {"window": 700},
    "strategies": {"s": {"pairs": ["c"]}, "t": {}}})");
  auto result = config::load({a, b}, {});
  REQUIRE(result.value);
  const auto& x = *result.value;
  CHECK(x.stats.interval == std::chrono::seconds{5});
  CHECK(x.limits.window == 700);
  CHECK(x.limits.max_series == 7);
  REQUIRE(x.strategies.strategies.size() == 2);
  const auto& s = *x.strategies.strategies[0];
  CHECK(s.pairs == std::vector<std::string>{"c"});
  CHECK(s.timeframes.at(0).name() == "1h");
}

TEST_CASE("an error names the file its value came from", "[load]") {
  auto result
    = load_text({{"a.json", "{\n\"stats\": {\"interval\": -1}}"},
                 {"b.json", "{\n\n\"stats\": {\"interval\": -2}, \"x\": 1}"}});
  REQUIRE(result.errors.size() == 2);
  CHECK_THAT(format(result.errors[0]),
             Catch::StartsWith("b.json:3:23: /stats/interval: ")
               && Contains("is -2"));
  CHECK_THAT(format(result.errors[1]), Catch::StartsWith("b.json:3:28: /x: "));
}

TEST_CASE("syntax errors of all files are told", "[load]") {
  auto result = load_text({{"a.json", "{"}, {"b.json", "["}, {"c.json", "{}"}});
  REQUIRE(result.errors.size() == 2);
  CHECK(result.errors[0].file == "a.json");
  CHECK(result.errors[1].file == "b.json");
}

TEST_CASE("a file that is not there is named with the reason", "[load]") {
  scratch_dir dir;
  auto result = config::load({dir.path("no.json")}, {});
  REQUIRE(result.errors.size() == 1);
  CHECK(format(result.errors[0])
        == dir.path("no.json")
             + ": cannot be opened: No such file or directory");
}

TEST_CASE("a directory and an empty file are no configuration", "[load]") {
  scratch_dir dir;
  auto result = config::load({dir.path(), dir.write("e.json", "")}, {});
  REQUIRE(result.errors.size() == 2);
  CHECK_THAT(format(result.errors[0]), Contains("is a directory"));
  CHECK_THAT(format(result.errors[1]), Contains("is empty"));
}

TEST_CASE("a file without an end is given up", "[load]") {
  auto result = config::load({"/dev/zero"}, {});
  REQUIRE(result.errors.size() == 1);
  CHECK_THAT(format(result.errors[0]), Contains("larger than 16 MiB"));
}

TEST_CASE("no file at all is an error", "[load]") {
  auto result = config::load({}, {});
  REQUIRE(result.errors.size() == 1);
  CHECK_THAT(format(result.errors[0]), Contains("-c"));
}
