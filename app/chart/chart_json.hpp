#pragma once

#include "app/chart/chart.hpp"

namespace riskbreaker::app {

/// The chart as JSON for the page: the series as columns, what is not available
/// as null, numbers in the shortest form that reads back the same. Holds no `<`
/// and no `>` and so may stand inside an HTML element.
std::string chart_json(const chart& x);

} // namespace riskbreaker::app
