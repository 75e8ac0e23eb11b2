#include "tests/support/catch.hpp"
#include "transport/excerpt.hpp"

#include <string>

using riskbreaker::transport::printable_excerpt;
using namespace std::string_literals;

TEST_CASE("an excerpt leaves printable UTF-8 as it is", "[excerpt]") {
  CHECK(printable_excerpt("") == "");
  CHECK(printable_excerpt(R"({"pair":"BTC/USDT"})")
        == R"({"pair":"BTC/USDT"})");
  CHECK(printable_excerpt("币安人生/USDT:USDT") == "币安人生/USDT:USDT");
  CHECK(printable_excerpt("é 😀") == "é 😀");
}

TEST_CASE("an excerpt shows everything else byte by byte", "[excerpt]") {
  CHECK(printable_excerpt("a\0b"s) == R"(a\x00b)");
  CHECK(printable_excerpt("line\r\n\ttab") == R"(line\x0d\x0a\x09tab)");
  CHECK(printable_excerpt("\x7f\x1b[31m") == R"(\x7f\x1b[31m)");
  CHECK(printable_excerpt("\xff\xfe") == R"(\xff\xfe)");
  CHECK(printable_excerpt("\xc2\x85") == R"(\xc2\x85)"); // U+0085 is a control
  CHECK(printable_excerpt("\xe2\x80\xae") == R"(\xe2\x80\xae)"); // U+202E
}

TEST_CASE("bytes that only look like UTF-8 are not printable", "[excerpt]") {
  CHECK(printable_excerpt("\xc0\xaf") == R"(\xc0\xaf)");         // overlong
  CHECK(printable_excerpt("\xe0\x80\xaf") == R"(\xe0\x80\xaf)"); // overlong
  CHECK(printable_excerpt("\xf0\x80\x80\xaf") == R"(\xf0\x80\x80\xaf)");
  CHECK(printable_excerpt("\xed\xa0\x80") == R"(\xed\xa0\x80)"); // surrogate
  CHECK(printable_excerpt("\xf4\x90\x80\x80") == R"(\xf4\x90\x80\x80)");
  CHECK(printable_excerpt("\xe5\xb8") == R"(\xe5\xb8)"); // cut off
  CHECK(printable_excerpt("\xe5"
                          "a")
        == R"(\xe5a)");
  CHECK(printable_excerpt("\x80") == R"(\x80)");
}

TEST_CASE("an excerpt takes the first 512 bytes of the input", "[excerpt]") {
  CHECK(printable_excerpt(std::string(512, 'x')) == std::string(512, 'x'));
  CHECK(printable_excerpt(std::string(513, 'x')) == std::string(512, 'x'));
  // Escapes lengthen the excerpt; the limit counts what was sent.
  CHECK(printable_excerpt(std::string(600, '\0')).size() == 4 * 512);
  CHECK(printable_excerpt("abcdef", 3) == "abc");
}

TEST_CASE("a character cut by the limit is shown as bytes", "[excerpt]") {
  CHECK(printable_excerpt("ab币", 5) == "ab币");
  CHECK(printable_excerpt("ab币", 4) == R"(ab\xe5\xb8)");
}
