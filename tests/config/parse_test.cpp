#include "tests/config/support.hpp"

using namespace riskbreaker::tests;

namespace {

auto retries(const std::string& text) {
  return strategy_of(text).call.max_retries;
}

} // namespace

TEST_CASE("a configuration may hold line and block comments", "[parse]") {
  auto x
    = good("// first\n{/* a\n b */ \"stats\": // c\n {\"interval\": 5}}//");
  CHECK(x.stats.interval == std::chrono::seconds{5});
}

TEST_CASE("a configuration may hold trailing commas", "[parse]") {
  CHECK(retries(R"({"llm": {"max_retries": 1,},})") == 1);
  CHECK(retries("{\"pairs\": [\"a\", // last\n ], \"llm\": {\"max_retries\": 3 "
                "/* x */ , /* y */ } , }")
        == 3);
}

TEST_CASE("commas and comment marks inside texts are text", "[parse]") {
  auto x = strategy_of(R"({"pairs": ["a,]", "b//c", "/*d*/", "e\",}"]})");
  CHECK(x.pairs == std::vector<std::string>{"a,]", "b//c", "/*d*/", "e\",}"});
}

TEST_CASE("a comma that ends nothing is an error", "[parse]") {
  for (auto text : {"{,}", R"({"strategies":,})", R"({"stats": {},,})",
                    R"({"strategies": {"s": {"pairs": [,]}}})",
                    R"({"strategies": {"s": {"pairs": ["a",,]}}})"}) {
    CAPTURE(text);
    CHECK_THAT(error_of(text), Contains("syntax error"));
  }
}

TEST_CASE("a syntax error is shown where it stands", "[parse]") {
  CHECK_THAT(error_of("{\n  \"stats\": {\n    \"interval\" 5\n  }\n}"),
             Catch::StartsWith("riskbreaker.json:3:16: /stats: "));
  CHECK_THAT(error_of("{\"stats\": {}\n  \"http\": {}}"),
             Catch::StartsWith("riskbreaker.json:2:3: "));
  CHECK_THAT(error_of("{\"stats\": {\"interval\": nan}}"),
             Catch::StartsWith("riskbreaker.json:1:24: "));
  CHECK_THAT(error_of("{} x"), Catch::StartsWith("riskbreaker.json:1:4: "));
}

TEST_CASE("columns count characters, not bytes", "[parse]") {
  CHECK_THAT(error_of("{/* äöü€ */ ?}"),
             Catch::StartsWith("riskbreaker.json:1:13: "));
}

TEST_CASE("a bracket that is not closed is named by its line", "[parse]") {
  CHECK_THAT(error_of("{\n\"stats\": {\n\"interval\": 5\n"),
             Contains("opened in line 2 is not closed"));
}

TEST_CASE("a forgotten quote is called that", "[parse]") {
  CHECK_THAT(error_of("{\n\"stats: {\n}}"),
             Catch::StartsWith("riskbreaker.json:2:1: ")
               && Contains("quote is missing"));
}

TEST_CASE("a comment that does not end is shown where it begins", "[parse]") {
  CHECK(error_of("{\n  /* x }\n")
        == "riskbreaker.json:2:3: this comment is not closed; add */");
}

TEST_CASE("a syntax error never repeats the text it stumbled over", "[parse]") {
  auto text = error_of(R"({"http": {"token": "s3cret" "x"}})");
  CHECK_THAT(text, !Contains("s3cret"));
  CHECK_THAT(error_of("{\"http\": {\"token\": \"s3cret\n"),
             !Contains("s3cret"));
}

TEST_CASE("a number that no double holds is an error", "[parse]") {
  CHECK_THAT(error_of(R"({"stats": {"interval": 1e400}})"),
             Catch::StartsWith("riskbreaker.json:1:24: ")
               && Contains("number overflow"));
}

TEST_CASE("a byte order mark is skipped", "[parse]") {
  good("\xEF\xBB\xBF{}");
  CHECK_THAT(error_of("\xEF\xBB\xBF?"),
             Catch::StartsWith("riskbreaker.json:1:1: "));
}

TEST_CASE("invalid UTF-8 is an error with its place", "[parse]") {
  // a stray byte, an overlong form, a surrogate, a cut form, Latin-1, past the
  // last character; also in a comment
  for (std::string bad :
       {"\x80", "\xC0\xAF", "\xED\xA0\x80", "\xE2\x82", "\xE4", "\xF5",
        "\xE0\x80\xAF", "\xF0\x80\x80\xAF", "\xF4\x90\x80\x80"}) {
    CHECK(error_of("{\n // ä " + bad + "\n}")
          == "riskbreaker.json:2:7: is not valid UTF-8 from here; save the "
             "file as UTF-8");
  }
  good("{// \xF0\x9F\x98\x80 \xED\x9F\xBF \xF4\x8F\xBF\xBF \xEF\xBF\xBF "
       "\xC2\x80\n}");
}

TEST_CASE("a key that stands twice is an error with both lines", "[parse]") {
  CHECK_THAT(error_of("{\"stats\": {},\n\n \"stats\": {}}"),
             Catch::StartsWith("riskbreaker.json:3:2: /stats: ")
               && Contains("first in line 1") && Contains("again in line 3"));
}

TEST_CASE("the same key in two objects is no duplicate", "[parse]") {
  good(R"({"transport": {"candles": {"bind": "ipc://a"},
                         "results": {"bind": "ipc://b"}}})");
}

TEST_CASE("an empty configuration is an error", "[parse]") {
  for (auto text : {"", "  \n", "// nothing\n", "\xEF\xBB\xBF"})
    CHECK(error_of(text)
          == "riskbreaker.json: is empty; a configuration is a JSON object, at "
             "least {}");
}

TEST_CASE("a configuration is an object", "[parse]") {
  CHECK_THAT(error_of("[]"), Contains("must be a JSON object, is a list"));
  CHECK_THAT(error_of("null"), Contains("must be a JSON object, is null"));
}

TEST_CASE("deep nesting is refused, not followed", "[parse]") {
  std::string deep(1'000'000, '[');
  CHECK_THAT(error_of("{\"stats\": " + deep), Contains("levels deep"));
  std::string objects;
  for (int i = 0; i < 1000; ++i)
    objects += "{\"a\":";
  CHECK_THAT(error_of(objects), Contains("levels deep"));
}

TEST_CASE("whatever is cut off is an error and no crash", "[parse]") {
  std::ifstream in{default_file()};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  REQUIRE(text.size() > 1000);
  auto end = text.rfind('}');
  for (std::size_t n = 0; n < end; n += 7)
    CHECK_FALSE(load_text(text.substr(0, n)).errors.empty());
}
