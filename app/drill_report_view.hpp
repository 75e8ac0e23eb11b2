#pragma once

#include "app/drill_record.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace riskbreaker::app {

/// What a drill was about.
struct drill_subject {
  std::string strategy;
  std::string pair;
  std::string timeframe;
  std::string fault;
};

/// The report for a person: a table and the times, without the verdict.
std::string drill_text(const drill_report& x);

/// The report for a program; times in seconds, null where a thing never
/// happened.
nlohmann::ordered_json drill_json(const drill_report& x,
                                  const drill_subject& about);

} // namespace riskbreaker::app
