#include "app/progress_bar.hpp"

#include <algorithm>
#include <cmath>
#include <ostream>

namespace riskbreaker::app {

progress_bar::progress_bar(const console& con)
  : err_(con.err),
    enabled_(con.err_is_terminal),
    start_(clock::now()),
    next_(start_) {
  // nop
}

bool progress_bar::due() {
  if (!enabled_)
    return false;
  auto now = clock::now();
  if (now < next_)
    return false;
  next_ = now + std::chrono::milliseconds{200};
  return true;
}

void progress_bar::draw(std::uint64_t candles, std::optional<double> share) {
  auto elapsed = std::chrono::duration<double>{clock::now() - start_}.count();
  err_ << "\r\x1b[K" << progress_line(candles, share, elapsed) << std::flush;
  drawn_ = true;
}

void progress_bar::clear() {
  if (drawn_)
    err_ << "\r\x1b[K" << std::flush;
  drawn_ = false;
}

std::string progress_line(std::uint64_t candles, std::optional<double> share,
                          double elapsed_seconds) {
  std::string line;
  if (share) {
    constexpr std::size_t width = 24;
    auto done = std::clamp(*share, 0.0, 1.0);
    auto filled = static_cast<std::size_t>(std::lround(done * width));
    line += '[' + std::string(filled, '#') + std::string(width - filled, '.')
            + "] " + std::to_string(std::lround(done * 100)) + " %  ";
  }
  line += grouped(candles) + " candles";
  if (elapsed_seconds <= 0)
    return line;
  auto rate = static_cast<double>(candles) / elapsed_seconds;
  line += "  " + grouped(static_cast<unsigned long long>(rate)) + "/s";
  if (share && *share > 0) {
    auto left = std::ceil(elapsed_seconds * (1 - *share) / *share);
    line += "  " + grouped(static_cast<unsigned long long>(std::max(left, 0.0)))
            + " s left";
  }
  return line;
}

} // namespace riskbreaker::app
