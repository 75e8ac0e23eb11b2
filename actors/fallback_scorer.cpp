#include "actors/fallback_scorer.hpp"

namespace riskbreaker::actors {

fallback_scorer_actor::behavior_type
fallback_scorer(fallback_scorer_actor::pointer) {
  return {
    [](const messages::risk_requests& x) {
      messages::risk_scores out;
      out.batch = x.batch;
      out.scores.reserve(x.batch->requests.size());
      for (const auto& request : x.batch->requests)
        out.scores.push_back(
          core::score_market(request.market, request.strategy->scoring));
      return out;
    },
  };
}

} // namespace riskbreaker::actors
