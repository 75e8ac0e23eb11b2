#pragma once

#include "transport/journal_scores.hpp"

#include <string>

namespace riskbreaker::app {

/// The line of column names; empty for NDJSON.
std::string export_header(bool json);

/// One candle as a line. Numbers have the fewest digits that give the same
/// double back.
void append_export_row(std::string& out, const transport::score_topic& topic,
                       const transport::candle_score& x, bool json);

} // namespace riskbreaker::app
