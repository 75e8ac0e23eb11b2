#include "app/score_config.hpp"

#include "app/serve.hpp"
#include "config/load.hpp"

namespace riskbreaker::app {

namespace {

score_config_error wrong_use(std::string what) {
  return {exit_usage, {std::move(what)}};
}

std::variant<std::shared_ptr<const core::strategy>, score_config_error>
choose(const core::strategy_table& table, const std::string& name) {
  const auto& all = table.strategies;
  if (name.empty() && all.size() == 1)
    return all.front();
  if (auto found = table.find(name))
    return found;
  if (all.empty())
    return wrong_use("the configuration names no strategy: leave -c out to "
                     "score with the defaults");
  std::vector<std::string> names;
  for (const auto& x : all)
    names.push_back(x->name);
  if (name.empty())
    return wrong_use("which strategy? Give --strategy with one of "
                     + config::joined(names));
  auto close = config::nearest(name, names);
  return wrong_use("--strategy " + name + ": there is none of that name, but "
                   + (close.empty() ? config::joined(names) : close));
}

} // namespace

std::variant<score_config, score_config_error>
read_score_config(const score_options& options) {
  score_config result;
  auto& out = result.scorer;
  if (!options.config.empty()) {
    auto loaded = config::load(options.config, config::process_environment());
    if (!loaded.value) {
      score_config_error wrong{exit_bad_config, {}};
      for (const auto& x : loaded.errors)
        wrong.lines.push_back(config::format(x));
      return wrong;
    }
    auto chosen = choose(loaded.value->strategies, options.strategy);
    if (auto wrong = std::get_if<score_config_error>(&chosen))
      return std::move(*wrong);
    const auto& strategy
      = *std::get<std::shared_ptr<const core::strategy>>(chosen);
    out.scoring = strategy.scoring;
    result.gate = strategy.gate;
    result.strategy = strategy.name;
    const auto& limits = loaded.value->limits;
    out.series = {limits.window, limits.max_gap_fill};
    out.max_series = limits.max_series;
    out.max_clock_skew = limits.max_clock_skew;
  }
  using core::scoring_profile;
  using core::trade_side;
  if (options.profile)
    out.scoring.profile = *options.profile == "ichimoku"
                            ? scoring_profile::ichimoku
                            : scoring_profile::bb_meanreversion;
  if (options.side)
    out.scoring.side = *options.side == "short" ? trade_side::short_side
                                                : trade_side::long_side;
  return result;
}

} // namespace riskbreaker::app
