#include "app/console.hpp"
#include "app/progress_bar.hpp"
#include "tests/support/catch.hpp"

using namespace riskbreaker::app;

TEST_CASE("text for a terminal holds nothing that a terminal obeys",
          "[console]") {
  CHECK(terminal_safe("calm 币安人生 é") == "calm 币安人生 é");
  CHECK(terminal_safe("\x1b[31mred\x1b[0m") == "red");
  CHECK(terminal_safe("a\x1b[2J\x1b[1;1Hb") == "ab");
  CHECK(terminal_safe("a\x1b]0;title\ab") == "ab");
  CHECK(terminal_safe("a\x1b]52;c;aGk=\x1b\\b") == "ab");
  CHECK(terminal_safe("a\x1b") == "a");
  CHECK(terminal_safe("a\x1b[") == "a");
  CHECK(terminal_safe("a\x1b]never ends") == "a");
  CHECK(terminal_safe("one\ntwo\tthree\r") == "one two three");
  CHECK(terminal_safe("a\b\x07\x7f"
                      "b")
        == "ab");
  CHECK(terminal_safe("a\xC2\x9B"
                      "31mb")
        == "a31mb");
  CHECK(terminal_safe("a\xE2\x80\xAE"
                      "b")
        == "ab"); // right to left
  CHECK(terminal_safe("a\xE2\x80\xA8"
                      "b")
        == "a b");
  CHECK(terminal_safe("a\xFF"
                      "b")
        == "a\xEF\xBF\xBD"
           "b");
  CHECK(terminal_safe("a\nb", true) == "a\nb");
}

TEST_CASE("colour is put on only where it is wanted", "[console]") {
  CHECK(painted("x", paint::red, false) == "x");
  CHECK(painted("x", paint::red, true) == "\x1b[31mx\x1b[0m");
  CHECK(painted("x", paint::none, true) == "x");
}

TEST_CASE("a table aligns wide characters too", "[console]") {
  CHECK(table({{"PAIR", "N"}, {"币安", "1"}, {"A", "22"}})
        == "PAIR  N\n币安  1\nA     22\n");
  CHECK(table({}).empty());
}

TEST_CASE("numbers are grouped by thousands", "[console]") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1'000) == "1,000");
  CHECK(grouped(1'234'567) == "1,234,567");
}

TEST_CASE("seconds are told without trailing zeros", "[console]") {
  CHECK(seconds_text(5) == "5 s");
  CHECK(seconds_text(10) == "10 s");
  CHECK(seconds_text(0.25) == "0.25 s");
}

TEST_CASE("the progress line tells rate and time left", "[push]") {
  CHECK(progress_line(5'000, 0.25, 10)
        == "[######..................] 25 %  5,000 candles  500/s  30 s left");
  CHECK(progress_line(5'000, std::nullopt, 10) == "5,000 candles  500/s");
  CHECK(progress_line(0, 0.0, 0)
        == "[........................] 0 %  0 candles");
}
