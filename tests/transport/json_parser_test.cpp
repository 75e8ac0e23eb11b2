#include "tests/support/catch.hpp"
#include "transport/json_parser.hpp"

#include <string>

using namespace riskbreaker;
using transport::parse_json;

TEST_CASE("values keep their types", "[json_parser]") {
  auto x = parse_json(
    R"( {"a": [1, -2.5e3, 18446744073709551615], "b": null, "c": true, "d": "é\n\u20ac"} )");
  REQUIRE(x);
  auto* a = x->find("a");
  REQUIRE((a && a->elements()));
  REQUIRE(a->elements()->size() == 3);
  CHECK(*a->elements()->at(0).number() == 1);
  CHECK(*a->elements()->at(1).number() == -2500);
  CHECK(*a->elements()->at(2).number() == 18446744073709551615.0);
  CHECK(x->find("b")->is_null());
  CHECK(*x->find("c")->boolean());
  CHECK(*x->find("d")->string() == "é\n€");
  CHECK(x->find("e") == nullptr);
  CHECK(a->find("a") == nullptr);
}

TEST_CASE("a value is of one type only", "[json_parser]") {
  auto x = parse_json("\"5\"");
  REQUIRE(x);
  CHECK(x->string());
  CHECK_FALSE(x->number());
  CHECK_FALSE(x->elements());
  CHECK_FALSE(x->members());
  CHECK_FALSE(x->is_null());
}

TEST_CASE("doubled keys are kept, in order", "[json_parser]") {
  auto x = parse_json(R"({"k": 1, "z": {"k": 3}, "k": 2, "": 4})");
  REQUIRE(x);
  auto& all = *x->members();
  REQUIRE(all.size() == 4);
  CHECK(all[0].name == "k");
  CHECK(*all[0].value.number() == 1);
  CHECK(all[1].name == "z");
  CHECK(*all[1].value.find("k")->number() == 3);
  CHECK(all[2].name == "k");
  CHECK(*all[2].value.number() == 2);
  CHECK(*x->find("k")->number() == 1);
  CHECK(*x->find("")->number() == 4);
}

TEST_CASE("what is no JSON is nothing", "[json_parser]") {
  using namespace std::string_literals;
  for (auto& text :
       {""s,          " "s,           "{"s,        "}"s,         "{\"a\":1,}"s,
        "[1,]"s,      "{a:1}"s,       "{'a':1}"s,  "[1] x"s,     "[1][2]"s,
        "nan"s,       "NaN"s,         "Infinity"s, "+1"s,        "01"s,
        ".5"s,        "1."s,          "0x10"s,     "\"a"s,       "\"\t\""s,
        "\"\\x41\""s, "\"\\ud800\""s, "// c\n1"s,  "/* c */ 1"s, "tru"s,
        "{\"a\"}"s,   "{\"a\" 1}"s}) {
    INFO(text);
    CHECK_FALSE(parse_json(text));
  }
}

TEST_CASE("a number that no double holds is nothing", "[json_parser]") {
  CHECK_FALSE(parse_json("1e400"));
  CHECK_FALSE(parse_json("{\"a\": [-1e400]}"));
  CHECK_FALSE(parse_json(std::string(400, '9')));
  CHECK(parse_json("1e308"));
  CHECK(*parse_json("1e-400")->number() == 0);
}

TEST_CASE("bytes that are no UTF-8 are nothing", "[json_parser]") {
  for (std::string text : {"\"\xff\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"",
                           "\"\xe5\xb8\"", "\"\xf4\x90\x80\x80\""}) {
    CHECK_FALSE(parse_json(text));
    CHECK_FALSE(parse_json("{" + text + ":1}"));
  }
}

TEST_CASE("a zero byte is not taken for the end", "[json_parser]") {
  using namespace std::string_literals;
  CHECK_FALSE(parse_json("{}\0"s));
  CHECK_FALSE(parse_json("{\"a\":1}\0{\"a\":2}"s));
  CHECK_FALSE(parse_json("\"a\0b\""s));
  CHECK(*parse_json("\"a\\u0000b\"")->string() == "a\0b"s);
}

TEST_CASE("64 levels are taken, 65 are not", "[json_parser]") {
  auto arrays = [](std::size_t n) {
    return std::string(n, '[') + std::string(n, ']');
  };
  auto objects = [](std::size_t n) {
    std::string text;
    for (std::size_t i = 0; i < n; ++i)
      text += "{\"a\":";
    return text + "0" + std::string(n, '}');
  };
  CHECK(parse_json(arrays(64)));
  CHECK_FALSE(parse_json(arrays(65)));
  CHECK(parse_json(objects(64)));
  CHECK_FALSE(parse_json(objects(65)));
  CHECK_FALSE(parse_json(std::string(4u << 20, '[')));
  // Depth is how deep, not how many.
  CHECK(parse_json("[" + arrays(63) + "," + arrays(63) + "]"));
}

TEST_CASE("a tree outgrows its first place without harm", "[json_parser]") {
  std::string text = "[";
  for (int i = 0; i < 1'000; ++i)
    text += (i ? "," : "") + std::string{"{\"k\":[[],{\"n\":"}
            + std::to_string(i) + "}]}";
  auto x = parse_json(text + "]");
  REQUIRE(x);
  REQUIRE(x->elements()->size() == 1'000);
  for (std::size_t i = 0; i < 1'000; ++i) {
    auto* k = x->elements()->at(i).find("k");
    CHECK(*k->elements()->at(1).find("n")->number() == static_cast<double>(i));
  }
}
