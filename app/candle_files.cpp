#include "app/candle_files.hpp"

#include "app/candle_input.hpp"
#include "core/market/timeframe.hpp"
#include "core/market/validate.hpp"

#include <algorithm>
#include <filesystem>

namespace riskbreaker::app {

namespace {

/// `ETH_BTC` → `ETH/BTC`, `BTC_USDT_USDT` → `BTC/USDT:USDT`. Freqtrade turns
/// other characters into `_` as well, so more parts cannot be told apart.
std::string pair_of(std::string text) {
  auto parts = std::count(text.begin(), text.end(), '_') + 1;
  if (parts < 2 || parts > 3)
    return {};
  text[text.find('_')] = '/';
  if (parts == 3)
    text[text.find('_')] = ':';
  return core::validate_pair(text) ? std::string{} : text;
}

/// What the name of a file says, as Freqtrade makes them: pair, timeframe and
/// the kind of candles where it is not the plain one.
candle_file_options from_name(const std::string& path) {
  auto name = std::filesystem::path{path}.filename().string();
  auto drop = [&name](std::string_view ending) {
    if (name.size() > ending.size()
        && std::string_view{name}.substr(name.size() - ending.size()) == ending)
      name.resize(name.size() - ending.size());
  };
  drop(".gz");
  drop(".json");
  drop(".csv");
  drop("-futures");
  auto dash = name.rfind('-');
  if (dash == std::string::npos)
    return {};
  auto frame = name.substr(dash + 1);
  if (frame.ends_with("Mo"))
    frame.pop_back(); // so that it differs from 1m without regard to case
  if (!core::timeframe::parse(frame))
    return {};
  return {pair_of(name.substr(0, dash)), frame};
}

/// What is wrong with the flags themselves, before any row is blamed for it.
void check_options(const candle_file_options& options) {
  if (!options.pair.empty())
    if (auto wrong = core::validate_pair(options.pair))
      throw candle_file_error{"--pair: " + wrong->detail};
  if (!options.timeframe.empty() && !core::timeframe::parse(options.timeframe))
    throw candle_file_error{
      "--timeframe: " + core::unknown_timeframe(options.timeframe).detail};
}

int first_visible(candle_input& input) {
  if (input.peek() == 0xEF) // a byte order mark, as Excel writes it
    for (int expected : {0xEF, 0xBB, 0xBF})
      if (input.peek() == expected)
        input.skip();
  while (input.peek() == ' ' || input.peek() == '\t' || input.peek() == '\r'
         || input.peek() == '\n')
    input.skip();
  return input.peek();
}

std::unique_ptr<candle_file> open_rows(candle_input input,
                                       candle_file_options options,
                                       candle_file_options named) {
  if (options.pair.empty())
    options.pair = named.pair;
  if (options.timeframe.empty())
    options.timeframe = named.timeframe;
  if (options.pair.empty() || options.timeframe.empty())
    input.fail("neither says its pair and timeframe nor has a name such as "
               "ETH_BTC-5m.json: give --pair and --timeframe");
  return read_json_rows(std::move(input), std::move(options));
}

std::unique_ptr<candle_file> open_input(candle_input input,
                                        candle_file_options options) {
  auto named = from_name(input.path());
  auto first = first_visible(input);
  if (first < 0)
    input.fail("is empty");
  if (first == 0x1F)
    input.fail("is gzipped: unzip it first, such as zcat FILE | riskbreaker "
               "score -");
  if (first == '{' || (first == '[' && input.second() == '{')) {
    if (options.objects)
      return read_json_lines(std::move(input), std::move(options));
    input.fail("holds objects, which only `push` takes, as lines of standard "
               "input: riskbreaker push - < "
               + input.path());
  }
  if (first == '[')
    return open_rows(std::move(input), std::move(options), std::move(named));
  return read_csv(std::move(input), std::move(options), std::move(named));
}

} // namespace

std::unique_ptr<candle_file> open_growing_input(int fd, const std::string& path,
                                                candle_file_options options) {
  auto named = from_name(path);
  candle_input input{path, fd};
  auto first = first_visible(input);
  if (first == 0x1F || first == '[')
    input.fail("cannot grow by lines: --follow reads CSV");
  if (first == '{')
    input.fail("holds objects: tail -n +1 -F FILE | riskbreaker push -");
  return read_csv(std::move(input), std::move(options), std::move(named));
}

std::unique_ptr<growing_candle_file>
open_growing_candle_file(const std::string& path, candle_file_options options) {
  check_options(options);
  return watch_growth(path, std::move(options));
}

std::unique_ptr<candle_file> open_candle_file(const std::string& path,
                                              candle_file_options options) {
  check_options(options);
  return open_input(candle_input{path}, std::move(options));
}

std::unique_ptr<candle_file> open_candle_stream(int fd,
                                                std::function<bool()> wait,
                                                candle_file_options options) {
  check_options(options);
  return open_input({fd, std::move(wait)}, std::move(options));
}

} // namespace riskbreaker::app
