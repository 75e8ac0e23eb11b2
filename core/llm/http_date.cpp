#include "core/llm/answer_text.hpp"
#include "core/llm/retry_after.hpp"

#include <array>

namespace riskbreaker::core {

namespace {

constexpr std::array<std::string_view, 7> days{
  "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr",
                                                  "May", "Jun", "Jul", "Aug",
                                                  "Sep", "Oct", "Nov", "Dec"};

struct fields {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

/// Eats a date piece by piece; once something does not fit, it stays failed.
class reader {
public:
  explicit reader(std::string_view text) : text_(text) {
    // nop
  }

  bool skip(std::string_view expected) {
    if (!ok_ || !text_.starts_with(expected))
      return ok_ = false;
    text_.remove_prefix(expected.size());
    return true;
  }

  /// A number of exactly `digits` digits.
  int number(std::size_t digits) {
    if (!ok_ || text_.size() < digits) {
      ok_ = false;
      return 0;
    }
    int result = 0;
    for (auto c : text_.substr(0, digits)) {
      if (c < '0' || c > '9')
        ok_ = false;
      result = result * 10 + (c - '0');
    }
    text_.remove_prefix(digits);
    return ok_ ? result : 0;
  }

  unsigned month() {
    for (std::size_t i = 0; ok_ && i < months.size(); ++i)
      if (text_.starts_with(months[i])) {
        text_.remove_prefix(3);
        return static_cast<unsigned>(i + 1);
      }
    ok_ = false;
    return 0;
  }

  /// "Sun" or, where `full`, "Sunday"; whether it is the right one is the
  /// server's business.
  void weekday(bool full) {
    for (auto day : days)
      if (auto name = full ? day : day.substr(0, 3); text_.starts_with(name)) {
        text_.remove_prefix(name.size());
        return;
      }
    ok_ = false;
  }

  void time(fields& out) {
    out.hour = number(2);
    skip(":");
    out.minute = number(2);
    skip(":");
    out.second = number(2);
  }

  bool peek(char c) const {
    return ok_ && text_.starts_with(c);
  }

  bool done() const {
    return ok_ && text_.empty();
  }

private:
  std::string_view text_;
  bool ok_ = true;
};

std::optional<unix_ms> to_time(const fields& x) {
  using namespace std::chrono;
  auto date = year{x.year} / month{x.month} / day{x.day};
  // 60 is a leap second.
  if (!date.ok() || x.hour > 23 || x.minute > 59 || x.second > 60)
    return std::nullopt;
  return sys_days{date} + hours{x.hour} + minutes{x.minute} + seconds{x.second};
}

/// "Sun, 06 Nov 1994 08:49:37 GMT"
std::optional<unix_ms> read_imf(reader in) {
  fields x;
  in.weekday(false);
  in.skip(", ");
  x.day = static_cast<unsigned>(in.number(2));
  in.skip(" ");
  x.month = in.month();
  in.skip(" ");
  x.year = in.number(4);
  in.skip(" ");
  in.time(x);
  in.skip(" GMT");
  return in.done() ? to_time(x) : std::nullopt;
}

/// "Sunday, 06-Nov-94 08:49:37 GMT"
std::optional<unix_ms> read_rfc850(reader in, unix_ms wall) {
  fields x;
  in.weekday(true);
  in.skip(", ");
  x.day = static_cast<unsigned>(in.number(2));
  in.skip("-");
  x.month = in.month();
  in.skip("-");
  x.year = in.number(2);
  in.skip(" ");
  in.time(x);
  in.skip(" GMT");
  if (!in.done())
    return std::nullopt;
  // RFC 9110: more than 50 years ahead means the last century.
  using namespace std::chrono;
  auto today = year_month_day{floor<std::chrono::days>(wall)};
  auto now = static_cast<int>(today.year());
  x.year += now - now % 100;
  if (x.year > now + 50)
    x.year -= 100;
  return to_time(x);
}

/// "Sun Nov  6 08:49:37 1994"
std::optional<unix_ms> read_asctime(reader in) {
  fields x;
  in.weekday(false);
  in.skip(" ");
  x.month = in.month();
  in.skip(" ");
  if (in.peek(' ')) {
    in.skip(" ");
    x.day = static_cast<unsigned>(in.number(1));
  } else {
    x.day = static_cast<unsigned>(in.number(2));
  }
  in.skip(" ");
  in.time(x);
  in.skip(" ");
  x.year = in.number(4);
  return in.done() ? to_time(x) : std::nullopt;
}

} // namespace

std::optional<unix_ms> parse_http_date(std::string_view text, unix_ms wall) {
  reader in{trim(text)};
  if (auto date = read_imf(in))
    return date;
  if (auto date = read_rfc850(in, wall))
    return date;
  return read_asctime(in);
}

} // namespace riskbreaker::core
