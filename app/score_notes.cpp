#include "app/score_notes.hpp"

#include "app/console.hpp"

namespace riskbreaker::app {

void score_notes::note(tally& x, std::uint64_t line) {
  if (x.count++ == 0)
    x.first = line;
}

void score_notes::add(const core::arrival_report& x, std::uint64_t line) {
  switch (x.what) {
    case core::arrival::newest:
      break;
    case core::arrival::duplicate:
      note(duplicates_, line);
      return;
    case core::arrival::revision:
      note(revisions_, line);
      return;
    case core::arrival::late:
      note(late_, line);
      return;
    case core::arrival::too_old:
      return; // refused, and told as such
  }
  if (x.filled > 0) {
    note(gaps_, line);
    filled_ += x.filled;
  }
  if (x.restarted)
    note(restarts_, line);
}

void score_notes::add_forming(std::uint64_t line) {
  note(forming_, line);
}

std::vector<std::string> score_notes::sentences() const {
  std::vector<std::string> out;
  auto say = [&out](const tally& x, const char* one, const char* many,
                    const std::string& what) {
    if (x.count > 0)
      out.push_back(grouped(x.count) + ' ' + (x.count == 1 ? one : many)
                    + ", the first at line " + std::to_string(x.first) + ": "
                    + what);
  };
  say(gaps_, "gap", "gaps",
      grouped(filled_)
        + (filled_ == 1 ? " missing candle was" : " missing candles were")
        + " filled in flat for the indicators, without rows of their own");
  say(restarts_, "gap", "gaps",
      "too long to fill, so the indicators began anew behind it");
  say(duplicates_, "duplicate", "duplicates", "ignored");
  say(revisions_, "revision", "revisions",
      "later scores follow it, the row that was written stays");
  say(late_, "late candle", "late candles",
      "later scores follow it, but it has no row; sort the file by time");
  say(forming_, "candle that is not closed", "candles that are not closed",
      "no score");
  return out;
}

} // namespace riskbreaker::app
