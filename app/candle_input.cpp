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
#include <sys/stat.h>
#include <unistd.h>

namespace riskbreaker::app {

namespace {

using reason = core::refusal_reason;

constexpr std::size_t chunk = 1u << 16;
constexpr std::size_t longest_line = 1u << 22; // a frame's limit

/// A number's text, quoted and cut for an error line.
std::string shown(std::string_view x) {
  return '"' + std::string{x.substr(0, 40)} + '"';
}

std::optional<core::refusal> read_number(const char* name,
                                         std::string_view text, double& value) {
  auto [end, error]
    = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && end == text.data() + text.size()
      && std::isfinite(value))
    return std::nullopt;
  if (text.empty())
    return core::refusal{reason::missing_field,
                         std::string{name} + " is missing"};
  return core::refusal{reason::not_a_number,
                       std::string{name} + " is no number: " + shown(text)};
}

std::optional<core::refusal> read_time(std::string_view text,
                                       core::unix_ms& value) {
  if (text.empty())
    return core::refusal{reason::missing_field, "the time is missing"};
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
      return wrong;
    value = core::unix_ms{core::milliseconds{ms}};
    return std::nullopt;
  }
  auto iso = transport::parse_iso_time(text);
  if (iso.time) {
    value = *iso.time;
    return std::nullopt;
  }
  auto detail = "the time " + shown(text);
  detail += iso.zone_missing
              ? " has no zone: add Z or +00:00"
              : " is neither milliseconds nor ISO-8601 (2023-11-14T22:15:00Z)";
  return core::refusal{reason::bad_time, std::move(detail)};
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

candle_input::candle_input(int fd, std::function<bool()> wait)
  : path_("-"), fd_(fd), wait_(std::move(wait)), buffer_(chunk, '\0') {
  struct stat about {};
  if (fstat(fd_, &about) == 0 && S_ISREG(about.st_mode))
    size_ = static_cast<double>(about.st_size);
}

candle_input::candle_input(std::string path, int fd)
  : path_(std::move(path)), fd_(fd), grows_(true), buffer_(chunk, '\0') {
  // nop
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
  auto to = buffer_.data() + end_;
  auto room = buffer_.size() - end_;
  auto got = file_ ? read_zipped(to, room) : read_plain(to, room);
  end_ += got;
  return got > 0;
}

std::size_t candle_input::read_zipped(char* to, std::size_t room) {
  auto got = gzread(file_.get(), to, static_cast<unsigned>(room));
  int code = Z_OK;
  const char* why = gzerror(file_.get(), &code);
  if (got < 0 || code < 0)
    fail(code == Z_ERRNO
           ? std::string{"cannot be read: "} + std::strerror(errno)
         : code == Z_BUF_ERROR ? "is cut short: the gzip data ends too early"
                               : std::string{"is broken: "} + why);
  return static_cast<std::size_t>(got);
}

std::size_t candle_input::read_plain(char* to, std::size_t room) {
  for (;;) {
    if (wait_ && !wait_())
      return 0;
    auto got = read(fd_, to, room);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
      continue;
    if (got < 0)
      fail(std::string{"cannot be read: "} + std::strerror(errno));
    taken_ += static_cast<double>(got);
    return static_cast<std::size_t>(got);
  }
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
      fail("has a line of over 4 MiB: it holds no candles");
    looked = length;
    if (!fill()) {
      if (grows_)
        return std::nullopt;
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

int candle_input::second() {
  for (std::size_t at = 1; begin_ + at < end_ || fill(); ++at)
    if (!is_blank(buffer_[begin_ + at]))
      return static_cast<unsigned char>(buffer_[begin_ + at]);
  return -1;
}

std::optional<double> candle_input::progress() const {
  // What waits in the buffer has been read (and unzipped), but not used yet.
  auto waiting = static_cast<double>(end_ - begin_);
  if (!file_)
    return size_ > 0
             ? std::optional{std::clamp((taken_ - waiting) / size_, 0.0, 1.0)}
             : std::nullopt;
  auto unzipped = static_cast<double>(gztell(file_.get()));
  if (size_ <= 0 || unzipped <= 0)
    return 1;
  auto at = static_cast<double>(gzoffset(file_.get()))
            * ((unzipped - waiting) / unzipped);
  return std::clamp(at / size_, 0.0, 1.0);
}

candle_labels::candle_labels(candle_file_options options)
  : options_(std::move(options)) {
  // nop
}

std::optional<core::refusal> candle_labels::set(std::string_view pair,
                                                std::string_view timeframe) {
  if (!options_.pair.empty())
    pair = options_.pair;
  if (!options_.timeframe.empty())
    timeframe = options_.timeframe;
  if (pair != pair_) {
    if (auto wrong = core::validate_pair(pair))
      return wrong;
    pair_ = pair;
  }
  if (timeframe != timeframe_) {
    if (!core::timeframe::parse(timeframe))
      return core::unknown_timeframe(timeframe);
    timeframe_ = timeframe;
  }
  // An empty text equals the empty start.
  if (pair_.empty())
    return core::refusal{reason::missing_field, "the pair is missing"};
  if (timeframe_.empty())
    return core::refusal{reason::missing_field, "the timeframe is missing"};
  return std::nullopt;
}

std::variant<core::candle, core::refusal> read_candle(const row_texts& x) {
  core::candle bar;
  if (auto wrong = read_time(x.time, bar.time))
    return std::move(*wrong);
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
      return std::move(*wrong);
  return bar;
}

} // namespace riskbreaker::app
