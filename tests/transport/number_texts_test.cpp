#include "tests/support/catch.hpp"
#include "transport/number_texts.hpp"

#include <optional>
#include <string>
#include <string_view>

using riskbreaker::transport::number_texts;

namespace {

std::optional<std::string> find(const number_texts& of, std::uint64_t bits) {
  std::string out(number_texts::longest, '\0');
  auto end = of.find(out.data(), bits);
  if (!end)
    return std::nullopt;
  out.resize(static_cast<std::size_t>(end - out.data()));
  return out;
}

void keep(number_texts& in, std::uint64_t bits, std::string_view text) {
  in.keep(bits, text.data(), text.data() + text.size());
}

} // namespace

TEST_CASE("a number's text is found again", "[number_texts]") {
  number_texts x;
  CHECK(find(x, 0) == std::nullopt);
  CHECK(find(x, 7) == std::nullopt);
  keep(x, 7, "7");
  keep(x, 0, "zero");
  CHECK(find(x, 7) == "7");
  CHECK(find(x, 0) == "zero");
  keep(x, 7, "seven");
  CHECK(find(x, 7) == "seven");
}

TEST_CASE("texts that are too long are not kept", "[number_texts]") {
  number_texts x;
  keep(x, 1, "123456789012345");
  CHECK(find(x, 1) == "123456789012345");
  keep(x, 2, "1234567890123456");
  CHECK(find(x, 2) == std::nullopt);
  keep(x, 3, "");
  CHECK(find(x, 3) == std::nullopt);
}

TEST_CASE("a number that takes another's place is not taken for it",
          "[number_texts]") {
  number_texts x;
  // There are fewer places than that.
  for (std::uint64_t i = 1; i <= 10'000; ++i)
    keep(x, i, std::to_string(i));
  int found = 0;
  for (std::uint64_t i = 1; i <= 10'000; ++i)
    if (auto text = find(x, i)) {
      ++found;
      REQUIRE(*text == std::to_string(i));
    }
  CHECK(found > 0);
  CHECK(found < 1'000);
}
