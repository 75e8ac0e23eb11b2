#include "app/candle_input.hpp"
#include "transport/candle_decoder.hpp"
#include "transport/reactor.hpp"

#include <string>
#include <vector>

namespace riskbreaker::app {

namespace {

/// Reads NDJSON: each line is what a frame to the daemon may be, a candle, a
/// list or a block, and is read by the daemon's own decoder.
class json_lines_file final : public candle_file, transport::candle_sink {
public:
  json_lines_file(candle_input input, candle_file_options options)
    : input_(std::move(input)),
      labels_(std::move(options)),
      decoder_(transport::make_candle_decoder()) {
    // nop
  }

  std::optional<file_row> next() override {
    while (next_ == rows_.size()) {
      auto line = input_.line();
      if (!line)
        return std::nullopt;
      ++line_;
      rows_.clear();
      next_ = 0;
      if (auto text = trimmed(*line); !text.empty())
        decode(text);
    }
    auto& x = rows_[next_++];
    if (x.wrong)
      return row_error{line_, std::move(x.wrong->detail), x.wrong->reason};
    if (auto wrong = labels_.set(x.pair, x.timeframe))
      return row_error{line_, std::move(wrong->detail), wrong->reason};
    return file_candle{labels_.pair(), labels_.timeframe(), x.bar, line_,
                       x.closed};
  }

  std::optional<double> progress() const override {
    return input_.progress();
  }

private:
  struct row {
    std::string pair, timeframe;
    core::candle bar;
    bool closed = true;
    std::optional<core::refusal> wrong;
  };

  void decode(std::string_view text) {
    if (text.front() != '{' && text.front() != '[') {
      // The decoder would take it for MessagePack.
      rows_.push_back({{},
                       {},
                       {},
                       true,
                       core::refusal{core::refusal_reason::malformed,
                                     "is no JSON object or array"}});
      return;
    }
    frame_.assign(text);
    frame_.append(transport::raw_batch::padding, '\0');
    decoder_->decode({frame_.data(), text.size()}, *this);
  }

  void on_candle(const transport::decoded_candle& x) override {
    rows_.push_back({std::string{x.pair}, std::string{x.timeframe}, x.bar,
                     x.closed, std::nullopt});
  }

  void on_refusal(const core::refusal& x, std::string_view) override {
    rows_.push_back({{}, {}, {}, true, x});
  }

  candle_input input_;
  candle_labels labels_;
  std::unique_ptr<transport::candle_decoder> decoder_;
  std::string frame_;
  std::vector<row> rows_; ///< of the present line
  std::size_t next_ = 0;
  std::uint64_t line_ = 0;
};

} // namespace

std::unique_ptr<candle_file> read_json_lines(candle_input input,
                                             candle_file_options options) {
  return std::make_unique<json_lines_file>(std::move(input),
                                           std::move(options));
}

} // namespace riskbreaker::app
