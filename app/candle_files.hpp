#pragma once

#include "core/market/candle.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

namespace riskbreaker::app {

/// A candle as a file has it. Pair and timeframe are known to be well-formed
/// and the numbers finite; whether they make sense together is not checked
/// here. The texts stand until the next call of `next`.
struct file_candle {
  std::string_view pair;
  std::string_view timeframe;
  core::candle bar;
  std::uint64_t line = 0; ///< of a CSV file; the row's number in a JSON file
};

/// A row that is no candle, and why.
struct row_error {
  std::uint64_t line = 0;
  std::string what;
};

using file_row = std::variant<file_candle, row_error>;

/// A file that cannot be opened, read on or understood at all. The text names
/// the file, what is wrong and how to mend it.
class candle_file_error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// What a file does not say itself, or says wrongly. Empty: take the file's
/// column, or else its name (`ETH_BTC-5m.json`, as Freqtrade calls them).
struct candle_file_options {
  std::string pair;
  std::string timeframe;
};

/// Reads one file row by row, in memory that does not grow with the file.
class candle_file {
public:
  virtual ~candle_file() = default;

  /// The next row; nothing at the end. Throws `candle_file_error` when the
  /// rest cannot be read.
  virtual std::optional<file_row> next() = 0;

  /// How much of the file has been read, 0 to 1.
  virtual double progress() const = 0;
};

/// Opens a CSV file (columns by name) or a JSON array of `[ms,o,h,l,c,v]`; both
/// may be gzipped. Throws `candle_file_error`.
std::unique_ptr<candle_file> open_candle_file(const std::string& path,
                                              candle_file_options options = {});

} // namespace riskbreaker::app
