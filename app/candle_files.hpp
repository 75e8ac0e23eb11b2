#pragma once

#include "core/market/candle.hpp"
#include "core/market/refusal.hpp"

#include <cstdint>
#include <functional>
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
  std::uint64_t line = 0; ///< the row's number in a JSON array
  bool closed = true;     ///< only objects can say that they still form
};

/// A row that is no candle, and why.
struct row_error {
  std::uint64_t line = 0;
  std::string what;
  core::refusal_reason reason = core::refusal_reason::malformed;
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
  /// Whether lines of objects are taken (NDJSON) beside CSV and rows.
  bool objects = false;
};

/// Reads one file row by row, in memory that does not grow with the file.
class candle_file {
public:
  virtual ~candle_file() = default;

  /// The next row; nothing at the end. Throws `candle_file_error` when the
  /// rest cannot be read.
  virtual std::optional<file_row> next() = 0;

  /// How much of the file has been read, 0 to 1. A pipe does not know.
  virtual std::optional<double> progress() const = 0;
};

/// Opens a CSV file (columns by name), a JSON array of `[ms,o,h,l,c,v]` or, if
/// the options say so, NDJSON; all may be gzipped. Throws `candle_file_error`.
std::unique_ptr<candle_file> open_candle_file(const std::string& path,
                                              candle_file_options options = {});

/// A CSV file to which others add rows, such as a recorder's. `next` returns
/// nothing where there are no more yet; call it again later. A row counts once
/// its line is complete. A file that became shorter or was replaced is read
/// from its beginning. Throws `candle_file_error`; one that is not there, or
/// has no complete first line yet, is waited for.
class growing_candle_file : public candle_file {
public:
  /// How often it was begun anew.
  virtual std::uint64_t restarts() const = 0;
};

std::unique_ptr<growing_candle_file>
open_growing_candle_file(const std::string& path,
                         candle_file_options options = {});

/// The same from a descriptor such as standard input, unzipped. `wait` is
/// called before each read, which may block; when it returns false, the input
/// counts as ended.
std::unique_ptr<candle_file>
open_candle_stream(int fd, std::function<bool()> wait,
                   candle_file_options options = {});

} // namespace riskbreaker::app
