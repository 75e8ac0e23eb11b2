#include "tests/support/catch.hpp"
#include "transport/json_writer.hpp"

#include <nlohmann/json.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace riskbreaker::transport;

namespace {

std::string written(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string number(double x) {
  std::string out;
  append_json_number(out, x);
  return out;
}

} // namespace

TEST_CASE("a JSON string escapes quotes, backslashes and control characters",
          "[json_writer]") {
  CHECK(written("plain") == "\"plain\"");
  CHECK(written("") == "\"\"");
  CHECK(written("a\"b\\c") == "\"a\\\"b\\\\c\"");
  CHECK(written("a\nb\tc\rd") == "\"a\\nb\\tc\\rd\"");
  CHECK(written(std::string_view{"\0\x1b\x1f", 3})
        == "\"\\u0000\\u001b\\u001f\"");
}

TEST_CASE("a JSON string escapes the controls that terminals obey",
          "[json_writer]") {
  CHECK(written("\x7f") == "\"\\u007f\"");
  CHECK(written("\xC2\x9B"
                "31m")
        == "\"\\u009b31m\"");
  CHECK(written("\xC2\xA0") == "\"\xC2\xA0\"");
}

TEST_CASE("a JSON string keeps UTF-8 byte for byte", "[json_writer]") {
  for (auto text : {"币安人生/USDT:USDT", "é", "\xF0\x9F\x9A\x80",
                    "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF", "\xEE\x80\x80"})
    CHECK(written(text) == '"' + std::string{text} + '"');
}

TEST_CASE("bytes that are no UTF-8 become replacement characters",
          "[json_writer]") {
  const std::string r = "\xEF\xBF\xBD";
  CHECK(written("a\xFF"
                "b")
        == "\"a" + r + "b\"");
  CHECK(written("\x80") == '"' + r + '"');
  CHECK(written("\xC3") == '"' + r + '"');
  CHECK(written("\xC0\xAF") == '"' + r + r + '"');                 // overlong
  CHECK(written("\xED\xA0\x80") == '"' + r + r + r + '"');         // surrogate
  CHECK(written("\xF4\x90\x80\x80") == '"' + r + r + r + r + '"'); // > 10FFFF
  CHECK(written("\xE5\xB8") == '"' + r + r + '"');                 // cut short
  CHECK(written("\xE5\xB8\"") == '"' + r + r + "\\\"\"");
}

TEST_CASE("whatever the bytes are, the string is valid JSON", "[json_writer]") {
  std::mt19937 random{7};
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 12, '\0');
    for (auto& b : bytes)
      b = static_cast<char>(random() % 4 == 0 ? random() % 128
                                              : 0x80 + random() % 128);
    auto text = written(bytes);
    auto parsed = nlohmann::json::parse(text, nullptr, false);
    REQUIRE(parsed.is_string());
    if (is_utf8(bytes))
      REQUIRE(parsed.get<std::string>() == bytes);
  }
}

TEST_CASE("UTF-8 is told from other bytes", "[json_writer]") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("BTC/USDT"));
  CHECK(is_utf8("币安人生"));
  CHECK_FALSE(is_utf8("\xFF"));
  CHECK_FALSE(is_utf8("ok\xE5\xB8"));
}

TEST_CASE("a number is written in the shortest form that reads back",
          "[json_writer]") {
  CHECK(number(62) == "62");
  CHECK(number(-0.0) == "0");
  CHECK(number(100'000) == "100000");
  CHECK(number(-999'999'999'999'999) == "-999999999999999");
  CHECK(number(1e22) == "1e+22");
  CHECK(number(0.1) == "0.1");
  CHECK(number(2.5e-8) == "2.5e-08");
  CHECK(number(0.00005330000000000001) == "5.330000000000001e-05");
  std::mt19937_64 random{3};
  for (int round = 0; round < 10'000; ++round) {
    auto x = std::bit_cast<double>(random());
    if (x == x && x - x == 0)
      REQUIRE(nlohmann::json::parse(number(x)).get<double>() == x);
  }
}

TEST_CASE("a number that is none is null and never zero", "[json_writer]") {
  CHECK(number(std::numeric_limits<double>::quiet_NaN()) == "null");
  CHECK(number(std::numeric_limits<double>::infinity()) == "null");
  CHECK(number(-std::numeric_limits<double>::infinity()) == "null");
  CHECK(json_writer{}.value(std::optional<double>{}).take() == "null");
}

TEST_CASE("the writer puts commas where they belong", "[json_writer]") {
  json_writer w;
  w.begin_object()
    .member("a", 1)
    .member("b", std::uint64_t{18'446'744'073'709'551'615u})
    .member("c", -5)
    .member("d", true)
    .member("e", "text,{[:")
    .key("f")
    .begin_object()
    .end_object()
    .array("g", std::vector<std::string>{"x", "y"})
    .array("h", std::vector<std::string>{});
  w.any_key("i\"").null().key("j").raw("[1,2]").member("k", 0.5).end_object();
  CHECK(w.take()
        == R"({"a":1,"b":18446744073709551615,"c":-5,"d":true,"e":"text,{[:",)"
           R"("f":{},"g":["x","y"],"h":[],"i\"":null,"j":[1,2],"k":0.5})");
}

TEST_CASE(
  "a writer that remembers numbers writes the same as one that does not",
  "[json_writer]") {
  json_writer knows;
  knows.remember_numbers();
  std::mt19937_64 random{11};
  std::vector<double> seen{0.0, -0.0, 0.3, 0.25, -10, 1e300, 0.0001};
  for (int round = 0; round < 20'000; ++round) {
    // Some come back, some are new and take their places.
    auto x = seen[random() % seen.size()];
    if (random() % 2 == 0) {
      x = static_cast<double>(random() % 2'000'000) / 10'000 - 100;
      seen[random() % seen.size()] = x;
    }
    auto whole = static_cast<std::int64_t>(random() % 300) - 150;
    auto write = [&](json_writer& out) {
      out.begin_array().value(x).value(whole).value(x).end_array();
    };
    json_writer forgets;
    write(forgets);
    knows.clear();
    write(knows);
    REQUIRE(knows.text() == forgets.take());
    REQUIRE(nlohmann::json::parse(knows.text())[0].get<double>() == x);
  }
}

TEST_CASE("numbers of few decimals are written without a tail",
          "[json_writer]") {
  CHECK(number(0.0001) == "0.0001");
  CHECK(number(-0.0001) == "-0.0001");
  CHECK(number(999'999.9999) == "999999.9999");
  CHECK(number(1'000'000.5) == "1000000.5");
  CHECK(number(0.00005) == "5e-05"); // five decimals
  CHECK(number(12.3050) == "12.305");
  // The neighbours of a short decimal are not it.
  CHECK(number(std::nextafter(0.3, 1)) == "0.30000000000000004");
  CHECK(number(std::nextafter(0.3, 0)) == "0.29999999999999993");
  std::mt19937_64 random{5};
  for (int i = -20'000; i <= 20'000; ++i) {
    auto x = i / 10'000.0;
    REQUIRE(nlohmann::json::parse(number(x)).get<double>() == x);
    // Of all sizes, on both sides of where the short way ends.
    auto large = static_cast<double>(random() % 20'000'000'000) / 10'000;
    REQUIRE(nlohmann::json::parse(number(large)).get<double>() == large);
  }
}

TEST_CASE("a writer that is cleared begins anew in its memory",
          "[json_writer]") {
  json_writer w;
  w.begin_object().member("a", 1).end_object();
  CHECK(w.text() == R"({"a":1})");
  CHECK(w.text() == R"({"a":1})"); // reading it changes nothing
  w.clear();
  CHECK(w.text().empty());
  w.begin_array().value("x").end_array();
  CHECK(w.take() == R"(["x"])");
  CHECK(w.text().empty());
}
