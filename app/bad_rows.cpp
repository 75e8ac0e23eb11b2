#include "app/bad_rows.hpp"

#include "app/console.hpp"

namespace riskbreaker::app {

std::optional<std::string> bad_rows::add(const row_error& x) {
  if (++count_ <= shown)
    return terminal_safe(file_ + ':' + std::to_string(x.line) + ": " + x.what)
           + " (left out)";
  ++unsaid_[static_cast<std::size_t>(x.reason)];
  return std::nullopt;
}

std::optional<std::string> bad_rows::rest() const {
  if (count_ <= shown)
    return std::nullopt;
  std::string reasons;
  for (std::size_t i = 0; i < unsaid_.size(); ++i)
    if (unsaid_[i] > 0)
      reasons += (reasons.empty() ? "" : ", ") + grouped(unsaid_[i]) + ' '
                 + core::to_string(static_cast<core::refusal_reason>(i));
  return terminal_safe(file_) + ": left out " + grouped(count_ - shown)
         + " more bad rows: " + reasons;
}

} // namespace riskbreaker::app
