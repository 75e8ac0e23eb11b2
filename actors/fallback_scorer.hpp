#pragma once

#include "actors/interfaces.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace riskbreaker::actors {

/// Scores by technical analysis alone: always answers, at once.
fallback_scorer_actor::behavior_type
fallback_scorer(fallback_scorer_actor::pointer self);

} // namespace riskbreaker::actors
