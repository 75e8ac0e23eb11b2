#pragma once

#include "app/candle_files.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace riskbreaker::app {

/// What is said about the rows of one file that were left out: the first ten
/// one by one, the rest as numbers. A terminal can show all of it.
class bad_rows {
public:
  explicit bad_rows(std::string file) : file_(std::move(file)) {
    // nop
  }

  /// Counts `x`; what to say of it, if it is among the first.
  std::optional<std::string> add(const row_error& x);

  /// What to say at the end, if there were more.
  std::optional<std::string> rest() const;

private:
  static constexpr std::uint64_t shown = 10;

  std::string file_;
  std::uint64_t count_ = 0;
  std::array<std::uint64_t, core::refusal_reason_count> unsaid_{};
};

} // namespace riskbreaker::app
