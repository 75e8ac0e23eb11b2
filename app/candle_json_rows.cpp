#include "app/candle_input.hpp"

#include <array>

namespace riskbreaker::app {

namespace {

/// Reads `[[ms,o,h,l,c,v],…]` row by row, without a tree: years of candles
/// stand in one array.
class json_rows_file final : public candle_file {
public:
  json_rows_file(candle_input input, candle_file_options options)
    : input_(std::move(input)), labels_(std::move(options)) {
    input_.skip(); // the opening bracket, which its caller has seen
  }

  std::optional<file_row> next() override {
    if (done_)
      return std::nullopt;
    auto c = visible();
    if (number_ > 0 && c == ',') {
      input_.skip();
      c = visible();
    }
    if (c == ']') {
      input_.skip();
      done_ = true;
      if (visible() >= 0)
        input_.fail("goes on after the end of its array");
      return std::nullopt;
    }
    ++number_;
    if (c == '{')
      input_.fail("holds objects; rows must be arrays: [ms,open,high,low,"
                  "close,volume]");
    if (c != '[')
      broken();
    input_.skip();
    collect();
    return read_row();
  }

  std::optional<double> progress() const override {
    return input_.progress();
  }

private:
  int visible() {
    auto c = input_.peek();
    while (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      input_.skip();
      c = input_.peek();
    }
    return c;
  }

  [[noreturn]] void broken() {
    auto row = std::to_string(number_);
    if (input_.peek() < 0)
      input_.fail("ends in the middle, at row " + row
                  + ": it was not written or copied to its end");
    input_.fail("is no JSON at row " + row);
  }

  /// Takes the row's text up to its closing bracket.
  void collect() {
    constexpr std::size_t longest = 4'096;
    row_.clear();
    for (;;) {
      auto c = input_.peek();
      if (c < 0 || c == '[' || c == '{' || row_.size() > longest)
        broken();
      input_.skip();
      if (c == ']')
        return;
      row_ += static_cast<char>(c);
    }
  }

  file_row read_row() {
    std::array<std::string_view, 6> fields;
    std::size_t count = 0;
    std::string_view rest = row_;
    for (; count < fields.size() && !rest.empty(); ++count) {
      auto end = rest.find(',');
      fields[count] = unquoted(trimmed(rest.substr(0, end)));
      rest = end == std::string_view::npos ? std::string_view{}
                                           : rest.substr(end + 1);
    }
    if (count < fields.size())
      return row_error{number_,
                       "has " + std::to_string(count)
                         + " values instead of ms, open, high, low, "
                           "close, volume",
                       core::refusal_reason::missing_field};
    if (auto wrong = labels_.set({}, {}))
      return row_error{number_, std::move(wrong->detail), wrong->reason};
    auto read = read_candle(
      {fields[0], fields[1], fields[2], fields[3], fields[4], fields[5]});
    if (auto wrong = std::get_if<core::refusal>(&read))
      return row_error{number_, std::move(wrong->detail), wrong->reason};
    return file_candle{labels_.pair(), labels_.timeframe(),
                       std::get<core::candle>(read), number_};
  }

  /// Exchanges send prices as strings.
  static std::string_view unquoted(std::string_view x) {
    return x.size() >= 2 && x.front() == '"' && x.back() == '"'
             ? x.substr(1, x.size() - 2)
             : x;
  }

  candle_input input_;
  candle_labels labels_;
  std::string row_;
  std::uint64_t number_ = 0;
  bool done_ = false;
};

} // namespace

std::unique_ptr<candle_file> read_json_rows(candle_input input,
                                            candle_file_options options) {
  return std::make_unique<json_rows_file>(std::move(input), std::move(options));
}

} // namespace riskbreaker::app
