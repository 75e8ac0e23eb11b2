#include "config/prompts.hpp"

#include "config/paths.hpp"
#include "config/small_file.hpp"
#include "core/llm/prompt.hpp"

namespace riskbreaker::config {

namespace {

// Filled, a template may be this long; every call pays for all of it.
constexpr std::size_t max_filled = 65'536;

/// Fills `x` with as many candles as a prompt shows, their numbers long.
std::size_t filled_bytes(const core::prompt_template& x,
                         const core::scoring_config& scoring) {
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
  auto prompt = core::make_prompt(data);
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
  if (auto size = filled_bytes(*parsed.value, x.scoring); size > max_filled) {
    out.error(n.where, n.pointer,
              whole + "makes a prompt of " + std::to_string(size / 1024)
                + " KiB once filled, may make "
                + std::to_string(max_filled / 1024)
                + "; name {{candles}} and the other lists once");
    return;
  }
  x.prompt = std::move(*parsed.value);
}

} // namespace riskbreaker::config
