#include "app/candle_input.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace riskbreaker::app {

namespace {

enum column : std::size_t {
  pair_column,
  timeframe_column,
  time_column,
  open_column,
  high_column,
  low_column,
  close_column,
  volume_column,
  column_count
};

constexpr std::array<std::string_view, column_count> column_names{
  "pair", "timeframe", "open_time_ms", "open",
  "high", "low",       "close",        "volume"};

std::string lower(std::string_view x) {
  std::string out{trimmed(x)};
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

std::size_t column_of(std::string_view name) {
  if (name == "time" || name == "timestamp" || name == "date")
    return time_column;
  auto found = std::find(column_names.begin(), column_names.end(), name);
  return static_cast<std::size_t>(found - column_names.begin());
}

/// Splits a line. Fields are views into the line, or into `unquoted` where
/// quotes had to be taken off.
class splitter {
public:
  explicit splitter(char separator) : separator_(separator) {
    // nop
  }

  const std::vector<std::string_view>& split(std::string_view line) {
    fields_.clear();
    if (line.find('"') != std::string_view::npos) {
      unquote(line);
      return fields_;
    }
    auto end = line.data() + line.size();
    for (auto at = line.data();;) {
      auto stop = std::find(at, end, separator_);
      fields_.push_back(trimmed({at, static_cast<std::size_t>(stop - at)}));
      if (stop == end)
        return fields_;
      at = stop + 1;
    }
  }

private:
  void unquote(std::string_view line) {
    unquoted_.assign(1, {});
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"')
        unquoted_.back() += line[i++];
      else if (line[i] == '"')
        quoted = !quoted;
      else if (line[i] == separator_ && !quoted)
        unquoted_.emplace_back();
      else
        unquoted_.back() += line[i];
    }
    for (const auto& field : unquoted_)
      fields_.push_back(trimmed(field));
  }

  char separator_;
  std::vector<std::string_view> fields_;
  std::vector<std::string> unquoted_;
};

class csv_file final : public candle_file {
public:
  csv_file(candle_input input, candle_file_options options,
           candle_file_options named)
    : input_(std::move(input)),
      named_(std::move(named)),
      labels_(options),
      splitter_(',') {
    read_header(options);
  }

  std::optional<file_row> next() override {
    for (;;) {
      auto line = input_.line();
      if (!line)
        return std::nullopt;
      ++line_;
      if (!trimmed(*line).empty())
        return read_row(*line);
    }
  }

  std::optional<double> progress() const override {
    return input_.progress();
  }

private:
  void read_header(const candle_file_options& options) {
    auto line = input_.line().value_or("");
    line_ = 1;
    if (line.find('\0') != std::string_view::npos || line.starts_with("ARROW1")
        || line.starts_with("PAR1"))
      input_.fail("is binary; Freqtrade's feather files become readable by "
                  "`freqtrade convert-data --format-from feather --format-to "
                  "json`");
    for (char separator : {';', '\t'})
      if (line.find(',') == std::string_view::npos
          && line.find(separator) != std::string_view::npos)
        splitter_ = splitter{separator};
    places_.fill(absent);
    const auto& names = splitter_.split(line);
    for (std::size_t i = 0; i < names.size(); ++i)
      if (auto c = column_of(lower(names[i]));
          c < column_count && places_[c] == absent)
        places_[c] = i;
    std::string missing;
    for (std::size_t c = time_column; c < column_count; ++c)
      if (places_[c] == absent)
        missing.append(missing.empty() ? "" : ", ").append(column_names[c]);
    if (!missing.empty())
      input_.fail("has no column " + missing
                  + "; the first line must name the columns, such as "
                    "pair,timeframe,open_time_ms,open,high,low,close,volume");
    need(options.pair, named_.pair, pair_column, "--pair");
    need(options.timeframe, named_.timeframe, timeframe_column, "--timeframe");
  }

  void need(const std::string& option, const std::string& name, column c,
            const char* flag) {
    if (option.empty() && name.empty() && places_[c] == absent)
      input_.fail("has no column " + std::string{column_names[c]} + ": give "
                  + flag);
  }

  file_row read_row(std::string_view line) {
    const auto& fields = splitter_.split(line);
    auto field = [&](column c) {
      return places_[c] < fields.size() ? fields[places_[c]]
                                        : std::string_view{};
    };
    auto label = [&](column c, const std::string& name) {
      return places_[c] == absent ? std::string_view{name} : field(c);
    };
    if (auto wrong = labels_.set(label(pair_column, named_.pair),
                                 label(timeframe_column, named_.timeframe)))
      return row_error{line_, std::move(wrong->detail), wrong->reason};
    auto read = read_candle({field(time_column), field(open_column),
                             field(high_column), field(low_column),
                             field(close_column), field(volume_column)});
    if (auto wrong = std::get_if<core::refusal>(&read))
      return row_error{line_, std::move(wrong->detail), wrong->reason};
    return file_candle{labels_.pair(), labels_.timeframe(),
                       std::get<core::candle>(read), line_};
  }

  static constexpr std::size_t absent = static_cast<std::size_t>(-1);

  candle_input input_;
  candle_file_options named_;
  candle_labels labels_;
  splitter splitter_;
  std::array<std::size_t, column_count> places_{};
  std::uint64_t line_ = 0;
};

} // namespace

std::unique_ptr<candle_file> read_csv(candle_input input,
                                      candle_file_options options,
                                      candle_file_options named) {
  return std::make_unique<csv_file>(std::move(input), std::move(options),
                                    std::move(named));
}

} // namespace riskbreaker::app
