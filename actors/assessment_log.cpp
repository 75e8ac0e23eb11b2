#include "actors/assessment_log.hpp"

#include "actors/event_log.hpp"
#include "core/strategy.hpp"

namespace riskbreaker::actors {

namespace {

/// Where no LLM is asked, each candle would be a line.
constexpr core::milliseconds told_every{60'000};

} // namespace

void assessment_log::note(const core::assessment& x) {
  if (!spdlog::should_log(spdlog::level::info))
    return;
  std::optional<std::uint64_t> more;
  if (!x.llm && x.cause) {
    more = told_[x.strategy.get()][static_cast<std::size_t>(*x.cause)].note(
      x.issued_at, told_every);
    if (!more)
      return;
    if (--*more == 0)
      more.reset();
  }
  auto fallback = x.source == core::answer_source::fallback;
  auto line = log_info(fallback ? "fallback_used" : "assessed");
  line.with("strategy", x.strategy->name)
    .with("request", x.id)
    .with("pair", x.series->pair)
    .with("timeframe", x.series->frame.name())
    .with("score", x.score, 1)
    .with("confidence", x.confidence, 2)
    .with("verdict", core::to_string(x.verdict))
    .with("source", core::to_string(x.source));
  if (x.cause)
    line.with("cause", core::to_string(*x.cause));
  line.with("more", more).say();
}

} // namespace riskbreaker::actors
