#include "core/market/utf8.hpp"
#include "core/market/validate.hpp"
#include "tests/support/catch.hpp"

using namespace riskbreaker::core;

namespace {

void check_bad(std::string_view pair, const std::string& part) {
  auto x = validate_pair(pair);
  REQUIRE(x);
  CHECK(x->reason == refusal_reason::bad_pair);
  CHECK_THAT(x->detail, Catch::Contains(part));
}

} // namespace

TEST_CASE("names that exchanges list are pairs", "[pair]") {
  for (auto name :
       {"BTC/USDT", "BTC/USDT:USDT", "1000SHIB/USDT:USDT", "BTC-PERP",
        "币安人生/USDT:USDT", "x", "*", "😀/USD", "BTC/USD:BTC-240329", "Ünï/€"})
    CHECK_FALSE(validate_pair(name));
}

TEST_CASE("a pair has 1 to 64 bytes", "[pair]") {
  check_bad("", "empty");
  CHECK_FALSE(validate_pair(std::string(64, 'x')));
  check_bad(std::string(65, 'x'), "65 bytes");
  std::string wide;
  for (int i = 0; i < 21; ++i)
    wide += "币";
  CHECK_FALSE(validate_pair(wide + "x"));
  check_bad(wide + "xy", "65 bytes");
}

TEST_CASE("a pair holds no space of any script", "[pair]") {
  for (auto space : {" ", "\u00a0", "\u1680", "\u2000", "\u200a", "\u2028",
                     "\u2029", "\u202f", "\u205f", "\u3000"})
    check_bad("AB" + std::string{space} + "C", "space at byte 2");
  for (auto near :
       {"\u00a1", "\u1681", "\u200b", "\u2027", "\u202a", "\u2060", "\u3001"})
    CHECK_FALSE(validate_pair(near));
}

TEST_CASE("a pair holds no control character", "[pair]") {
  for (char c = 0; c < 0x20; ++c)
    check_bad(std::string{"A"} + c, "control character at byte 1");
  check_bad("\x7f", "control character");
  check_bad("\xc2\x80", "control character");
  check_bad("\xc2\x85", "control character");
  check_bad("\xc2\x9f", "control character");
  CHECK_FALSE(validate_pair("~"));
}

TEST_CASE("a pair is valid UTF-8", "[pair]") {
  for (auto bad : {"\x80", // continuation without a lead
                   "\xbf",
                   "\xc0\x80", // overlong
                   "\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf",
                   "\xed\xa0\x80", // surrogates
                   "\xed\xbf\xbf",
                   "\xf4\x90\x80\x80", // beyond U+10FFFF
                   "\xf5\x80\x80\x80", "\xff",
                   "\xc3", // cut short
                   "\xe5\xb8", "\xf0\x9f\x98", "\xc3\x28", "\xe5\x28\x81"})
    check_bad("A" + std::string{bad}, "UTF-8 at byte 1");
  for (auto edge :
       {"\xc2\xa1", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
    CHECK_FALSE(validate_pair(edge));
}

TEST_CASE("a character is decoded to its code point", "[pair]") {
  CHECK(decode_utf8("A").code == U'A');
  CHECK(decode_utf8("\xc3\xa9x").code == 0xe9);
  CHECK(decode_utf8("\xc3\xa9x").size == 2);
  CHECK(decode_utf8("\xe5\xb8\x81").code == 0x5e01);
  CHECK(decode_utf8("\xf0\x9f\x98\x80").code == 0x1f600);
  CHECK(decode_utf8("").size == 0);
}
