#include "config/prompts.hpp"

#include "config/paths.hpp"
#include "config/small_file.hpp"
#include "core/llm/prompt.hpp"

#include <optional>

namespace riskbreaker::config {

namespace {

// Filled, a template may be this long; every call pays for all of it.
constexpr std::size_t max_filled = 65'536;
constexpr std::size_t max_filled_for_batch = 262'144;

/// What stands in the system message of all pairs and is of one alone.
std::optional<core::placeholder>
misplaced_for_batches(const core::prompt_template& x) {
  if (x.system())
    for (const auto& piece : *x.system())
      if (piece.then && core::is_of_one_pair(*piece.then))
        return piece.then;
  return std::nullopt;
}

/// Fills `x` for `pairs` pairs, each with as many candles as a prompt shows,
/// their numbers long.
std::size_t filled_bytes(const core::prompt_template& x,
                         const core::scoring_config& scoring,
                         std::size_t pairs) {
  constexpr auto price = 65'432.123456789;
  std::vector<core::candle> candles;
  core::unix_ms start{std::chrono::hours{24 * 365 * 50}};
  for (std::size_t i = 0; i < core::max_prompt_candles; ++i)
    candles.push_back(
      {start + std::chrono::hours{i}, price, price, price, price, price});
  std::string pair(64, 'X');
  core::prompt_data data;
  data.pair = pair;
  data.timeframe = "15m";
  data.candle_time = candles.back().time;
  data.candles = &candles;
  data.scoring = scoring;
  data.own = &x;
  auto prompt = core::make_shared_prompt({pairs, data});
  return prompt.system.size() + prompt.user.size();
}

} // namespace

void fetch_prompt(core::strategy& x, const node& at, findings& out) {
  if (x.prompt_file.empty())
    return;
  const auto* llm = at.find("llm");
  const auto* named = llm != nullptr ? llm->find("prompt_file") : nullptr;
  if (named == nullptr)
    return;
  const auto& n = *named;
  x.prompt_file = resolved(x.prompt_file, n.where);
  auto whole = "the prompt file \"" + x.prompt_file + "\" ";
  auto text = read_small_file(x.prompt_file, core::prompt_template::max_bytes,
                              "a prompt");
  if (!text.value) {
    out.error(n.where, n.pointer,
              text.problem
                + "; its path starts at the folder of the file that names it; "
                  "null: the prompt that ships");
    return;
  }
  auto parsed = core::prompt_template::parse(*text.value);
  if (!parsed.value) {
    const auto& bad = parsed.problem;
    if (bad.line == 0)
      out.error(n.where, n.pointer, whole + bad.message);
    else
      out.error({std::make_shared<const std::string>(x.prompt_file), bad.line,
                 bad.column},
                n.pointer, bad.message);
    return;
  }
  auto fits = [&](std::size_t pairs, std::size_t max, const char* advice) {
    auto size = filled_bytes(*parsed.value, x.scoring, pairs);
    if (size > max)
      out.error(
        n.where, n.pointer,
        whole + "makes a prompt of " + std::to_string(size / 1024)
          + " KiB once filled"
          + (pairs > 1 ? " for " + std::to_string(pairs) + " pairs" : "")
          + ", may make " + std::to_string(max / 1024) + advice);
    return size <= max;
  };
  if (!fits(1, max_filled, "; name {{candles}} and the other lists once"))
    return;
  if (!fits(x.batch.max_pairs, max_filled_for_batch,
            "; shorten it, or lower batch.max_pairs"))
    return;
  if (auto found = misplaced_for_batches(*parsed.value);
      found && x.batch.max_pairs > 1) {
    std::string name{core::to_string(*found)};
    out.error(n.where, n.pointer,
              whole + "has {{" + name
                + "}} in its system message, which all pairs of a call share; "
                  "move it below the line ---, or set batch.max_pairs to 1");
    return;
  }
  x.prompt = std::move(*parsed.value);
}

} // namespace riskbreaker::config
