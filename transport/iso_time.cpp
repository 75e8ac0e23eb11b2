#include "transport/iso_time.hpp"

namespace riskbreaker::transport {

namespace {

/// Takes a text apart from the front; once something did not fit, stays bad.
class scanner {
public:
  explicit scanner(std::string_view text) : rest_(text) {
    // nop
  }

  /// Exactly `n` digits.
  int number(int n) {
    int value = 0;
    for (int i = 0; i < n; ++i) {
      if (!digit_ahead()) {
        good_ = false;
        return 0;
      }
      value = value * 10 + (pop() - '0');
    }
    return value;
  }

  /// Takes one of `choice`; false leaves the text as it is.
  bool accept(std::string_view choice) {
    if (rest_.empty() || choice.find(rest_.front()) == std::string_view::npos)
      return false;
    pop();
    return true;
  }

  void expect(std::string_view choice) {
    good_ = accept(choice) && good_;
  }

  /// The digits after a decimal point, as milliseconds; at least one.
  int fraction() {
    int value = 0;
    int taken = 0;
    for (; digit_ahead(); ++taken) {
      const int digit = pop() - '0';
      if (taken < 3)
        value = value * 10 + digit;
    }
    good_ = good_ && taken > 0;
    for (; taken < 3; ++taken)
      value *= 10;
    return value;
  }

  bool done() const {
    return rest_.empty();
  }

  bool good() const {
    return good_;
  }

private:
  bool digit_ahead() const {
    return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
  }

  char pop() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  std::string_view rest_;
  bool good_ = true;
};

/// What has to be taken off local time to get UTC.
std::chrono::minutes read_offset(scanner& in) {
  const bool west = in.accept("-");
  if (!west)
    in.expect("+");
  const int hours = in.number(2);
  in.accept(":");
  const int minutes = in.done() ? 0 : in.number(2);
  if (hours > 23 || minutes > 59)
    in.expect(""); // turns it bad
  const int total = hours * 60 + minutes;
  return std::chrono::minutes{west ? -total : total};
}

} // namespace

iso_time parse_iso_time(std::string_view text) noexcept {
  using namespace std::chrono;
  scanner in{text};
  const int y = in.number(4);
  in.expect("-");
  const auto m = static_cast<unsigned>(in.number(2));
  in.expect("-");
  const auto d = static_cast<unsigned>(in.number(2));
  const year_month_day date{year{y}, month{m}, day{d}};
  if (!in.good() || !date.ok())
    return {};
  if (in.done())
    return {std::nullopt, true};
  in.expect("Tt ");
  const int hour = in.number(2);
  in.expect(":");
  const int minute = in.number(2);
  const int second = in.accept(":") ? in.number(2) : 0;
  const int ms = in.accept(".") ? in.fraction() : 0;
  if (!in.good() || hour > 23 || minute > 59 || second > 59)
    return {};
  if (in.done())
    return {std::nullopt, true};
  const auto offset = in.accept("Zz") ? minutes{0} : read_offset(in);
  if (!in.good() || !in.done())
    return {};
  return {core::unix_ms{sys_days{date} + hours{hour} + minutes{minute}
                        + seconds{second} + milliseconds{ms} - offset},
          false};
}

} // namespace riskbreaker::transport
