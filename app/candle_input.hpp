#pragma once

#include "app/candle_files.hpp"
#include "core/time.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <zlib.h>

namespace riskbreaker::app {

/// The bytes of a file, unzipped where needed. Throws `candle_file_error`.
class candle_input {
public:
  explicit candle_input(std::string path);

  /// The next line without its end; nothing at the end of the file. The view
  /// stands until the next call.
  std::optional<std::string_view> line();

  /// The next byte, or -1 at the end.
  int peek();
  void skip() noexcept {
    ++begin_;
  }

  double progress() const;

  const std::string& path() const noexcept {
    return path_;
  }

  [[noreturn]] void fail(const std::string& what) const;

private:
  struct closer {
    void operator()(gzFile x) const noexcept {
      gzclose(x);
    }
  };

  /// Reads behind what is there; false at the end of the file.
  bool fill();

  std::string path_;
  std::unique_ptr<gzFile_s, closer> file_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  double size_ = 0;
};

/// The pair and timeframe of the rows, checked once and not for every row.
class candle_labels {
public:
  explicit candle_labels(candle_file_options options);

  /// What is wrong with the two, if anything; otherwise they are kept. An
  /// option goes before the file's own text.
  std::optional<std::string> set(std::string_view pair,
                                 std::string_view timeframe);

  std::string_view pair() const noexcept {
    return pair_;
  }
  std::string_view timeframe() const noexcept {
    return timeframe_;
  }

private:
  candle_file_options options_;
  std::string pair_;
  std::string timeframe_;
};

/// The six values of a row, as text.
struct row_texts {
  std::string_view time, open, high, low, close, volume;
};

/// Reads them; what is wrong otherwise.
std::variant<core::candle, std::string> read_candle(const row_texts& x);

std::string_view trimmed(std::string_view x) noexcept;

/// `named` is what the file's name says, for columns that are not there.
std::unique_ptr<candle_file> read_csv(candle_input input,
                                      candle_file_options options,
                                      candle_file_options named);
std::unique_ptr<candle_file> read_json_rows(candle_input input,
                                            candle_file_options options);

} // namespace riskbreaker::app
