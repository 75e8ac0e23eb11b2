#pragma once

#include "app/candle_files.hpp"
#include "core/time.hpp"

#include <cstddef>
#include <functional>
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

  /// Takes what comes as it comes: zlib would wait until its buffer is full.
  candle_input(int fd, std::function<bool()> wait);

  /// A file to which others add: a line that has no end yet is not taken, and
  /// after the end there may be more. `fd` stays the caller's.
  candle_input(std::string path, int fd);

  /// The next line without its end; nothing at the end of the file. The view
  /// stands until the next call.
  std::optional<std::string_view> line();

  /// The next byte, or -1 at the end.
  int peek();
  /// What is visible next behind that byte, or -1 at the end.
  int second();
  void skip() noexcept {
    ++begin_;
  }

  std::optional<double> progress() const;

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
  std::size_t read_zipped(char* to, std::size_t room);
  std::size_t read_plain(char* to, std::size_t room);

  std::string path_;
  std::unique_ptr<gzFile_s, closer> file_; ///< null: read from `fd_`
  int fd_ = -1;
  std::function<bool()> wait_;
  bool grows_ = false;
  double taken_ = 0; ///< bytes from `fd_`
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  double size_ = 0; ///< 0: not known
};

/// The pair and timeframe of the rows, checked once and not for every row.
class candle_labels {
public:
  explicit candle_labels(candle_file_options options);

  /// What is wrong with the two, if anything; otherwise they are kept. An
  /// option goes before the file's own text.
  std::optional<core::refusal> set(std::string_view pair,
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
std::variant<core::candle, core::refusal> read_candle(const row_texts& x);

constexpr bool is_blank(char x) noexcept {
  return x == ' ' || x == '\t' || x == '\r' || x == '\n';
}

constexpr std::string_view trimmed(std::string_view x) noexcept {
  while (!x.empty() && is_blank(x.front()))
    x.remove_prefix(1);
  while (!x.empty() && is_blank(x.back()))
    x.remove_suffix(1);
  return x;
}

/// What has been written to a growing file so far, from its first line on; that
/// must be complete.
std::unique_ptr<candle_file> open_growing_input(int fd, const std::string& path,
                                                candle_file_options options);
std::unique_ptr<growing_candle_file> watch_growth(std::string path,
                                                  candle_file_options options);

/// `named` is what the file's name says, for columns that are not there.
std::unique_ptr<candle_file> read_csv(candle_input input,
                                      candle_file_options options,
                                      candle_file_options named);
std::unique_ptr<candle_file> read_json_rows(candle_input input,
                                            candle_file_options options);
std::unique_ptr<candle_file> read_json_lines(candle_input input,
                                             candle_file_options options);

} // namespace riskbreaker::app
