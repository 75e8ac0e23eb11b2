#include "app/candle_input.hpp"

#include "core/market/timeframe.hpp"
#include "core/market/validate.hpp"
#include "transport/iso_time.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>

namespace riskbreaker::app {

namespace {

constexpr std::size_t chunk = 1u << 18;
constexpr std::size_t longest_line = 1u << 20;

/// A number's text, quoted and cut for an error line.
std::string shown(std::string_view x) {
  return '"' + std::string{x.substr(0, 40)} + '"';
}

std::optional<std::string> read_number(const char* name, std::string_view text,
                                       double& value) {
  auto [end, error]
    = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && end == text.data() + text.size()
      && std::isfinite(value))
    return std::nullopt;
  return std::string{name}
         + (text.empty() ? " is missing" : " is no number: " + shown(text));
}

std::optional<std::string> read_time(std::string_view text,
                                     core::unix_ms& value) {
  if (text.empty())
    return "the time is missing";
  auto last = text.data() + text.size();
  std::int64_t ms = 0;
  auto [end, error] = std::from_chars(text.data(), last, ms);
  if (error == std::errc{} && end != last) {
    // pandas writes whole numbers as 1700000000000.0 where a column has holes.
    double number = 0;
    auto [real_end, real_error] = std::from_chars(text.data(), last, number);
    if (real_error == std::errc{} && real_end == last && std::abs(number) < 9e15
        && number == std::trunc(number)) {
      ms = static_cast<std::int64_t>(number);
      end = last;
    }
  }
  if (error == std::errc{} && end == last) {
    if (auto wrong = core::validate_time_ms(ms))
      return wrong->detail;
    value = core::unix_ms{core::milliseconds{ms}};
    return std::nullopt;
  }
  auto iso = transport::parse_iso_time(text);
  if (iso.time) {
    value = *iso.time;
    return std::nullopt;
  }
  if (iso.zone_missing)
    return "the time " + shown(text) + " has no zone: add Z or +00:00";
  return "the time " + shown(text)
         + " is neither milliseconds nor ISO-8601 (2023-11-14T22:15:00Z)";
}

} // namespace

candle_input::candle_input(std::string path)
  : path_(std::move(path)), buffer_(chunk, '\0') {
  errno = 0;
  file_.reset(gzopen(path_.c_str(), "rb"));
  if (!file_)
    fail(std::string{"cannot be opened: "}
         + (errno ? std::strerror(errno) : "out of memory"));
  std::error_code ignored;
  auto size = std::filesystem::file_size(path_, ignored);
  size_ = ignored ? 0 : static_cast<double>(size);
}

void candle_input::fail(const std::string& what) const {
  throw candle_file_error{path_ + ": " + what};
}

bool candle_input::fill() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size())
    buffer_.resize(buffer_.size() * 2);
  auto got = gzread(file_.get(), buffer_.data() + end_,
                    static_cast<unsigned>(buffer_.size() - end_));
  int code = Z_OK;
  const char* reason = gzerror(file_.get(), &code);
  if (got < 0 || code < 0)
    fail(code == Z_ERRNO
           ? std::string{"cannot be read: "} + std::strerror(errno)
         : code == Z_BUF_ERROR ? "is cut short: the gzip data ends too early"
                               : std::string{"is broken: "} + reason);
  end_ += static_cast<std::size_t>(got);
  return got > 0;
}

std::optional<std::string_view> candle_input::line() {
  std::size_t looked = 0;
  for (;;) {
    auto first = buffer_.data() + begin_;
    auto length = end_ - begin_;
    auto found = static_cast<const char*>(
      std::memchr(first + looked, '\n', length - looked));
    if (found) {
      auto size = static_cast<std::size_t>(found - first);
      begin_ += size + 1;
      if (size > 0 && first[size - 1] == '\r')
        --size;
      return std::string_view{first, size};
    }
    if (length > longest_line)
      fail("has a line of over 1 MiB: it holds no candles");
    looked = length;
    if (!fill()) {
      begin_ = end_;
      if (length == 0)
        return std::nullopt;
      return std::string_view{buffer_.data(), length};
    }
  }
}

int candle_input::peek() {
  if (begin_ == end_ && !fill())
    return -1;
  return static_cast<unsigned char>(buffer_[begin_]);
}

double candle_input::progress() const {
  // What waits in the buffer has been unzipped but not been read yet.
  auto unzipped = static_cast<double>(gztell(file_.get()));
  if (size_ <= 0 || unzipped <= 0)
    return 1;
  auto used = (unzipped - static_cast<double>(end_ - begin_)) / unzipped;
  auto at = static_cast<double>(gzoffset(file_.get())) * used;
  return std::clamp(at / size_, 0.0, 1.0);
}

candle_labels::candle_labels(candle_file_options options)
  : options_(std::move(options)) {
  // nop
}

std::optional<std::string> candle_labels::set(std::string_view pair,
                                              std::string_view timeframe) {
  if (!options_.pair.empty())
    pair = options_.pair;
  if (!options_.timeframe.empty())
    timeframe = options_.timeframe;
  if (pair != pair_) {
    if (auto wrong = core::validate_pair(pair))
      return wrong->detail;
    pair_ = pair;
  }
  if (timeframe != timeframe_) {
    if (!core::timeframe::parse(timeframe))
      return core::unknown_timeframe(timeframe).detail;
    timeframe_ = timeframe;
  }
  // An empty text equals the empty start.
  if (pair_.empty())
    return "the pair is missing";
  return timeframe_.empty() ? std::optional<std::string>{"the timeframe is "
                                                         "missing"}
                            : std::nullopt;
}

std::variant<core::candle, std::string> read_candle(const row_texts& x) {
  core::candle bar;
  if (auto wrong = read_time(x.time, bar.time))
    return *wrong;
  struct number {
    const char* name;
    std::string_view text;
    double& value;
  };
  for (const auto& n :
       std::array<number, 5>{{{"open", x.open, bar.open},
                              {"high", x.high, bar.high},
                              {"low", x.low, bar.low},
                              {"close", x.close, bar.close},
                              {"volume", x.volume, bar.volume}}})
    if (auto wrong = read_number(n.name, n.text, n.value))
      return *wrong;
  return bar;
}

std::string_view trimmed(std::string_view x) noexcept {
  constexpr std::string_view blank = " \t\r\n";
  auto first = x.find_first_not_of(blank);
  if (first == std::string_view::npos)
    return {};
  return x.substr(first, x.find_last_not_of(blank) - first + 1);
}

} // namespace riskbreaker::app
