#include "actors/candle_ingest.hpp"
#include "actors/event_log.hpp"
#include "core/market/validate.hpp"
#include "transport/excerpt.hpp"

#include <algorithm>
#include <utility>

// What becomes of one candle: a place in its series, or a refusal.

namespace riskbreaker::actors {

namespace {

std::string describe(const transport::decoded_candle& x) {
  std::string text{x.pair};
  text += ' ';
  text += x.timeframe;
  text += ' ';
  text += std::to_string(x.bar.time.time_since_epoch().count());
  return text;
}

} // namespace

// -- what the decoder finds
// ----------------------------------------------------

void candle_ingest_state::on_candle(const transport::decoded_candle& x) {
  auto tf = core::timeframe::parse(x.timeframe);
  if (!tf) {
    refuse({core::refusal_reason::bad_timeframe,
            "timeframe \"" + std::string{x.timeframe} + "\" is not one of "
              + core::timeframe::valid_names()},
           x);
    return;
  }
  if (auto bad
      = core::validate(x.bar, *tf, x.closed, wall, cfg.max_clock_skew)) {
    refuse(*bad, x);
    return;
  }
  auto* entry = find(x, *tf);
  if (!entry)
    return;
  entry->last_seen = steady;
  if (!x.closed) {
    entry->candles.update_forming(x.bar);
    ++counts.forming;
    return;
  }
  auto listed = entry->candles.has_changes();
  auto report = entry->candles.add(x.bar);
  count(report);
  if (cfg.journal && !listed && entry->candles.has_changes())
    keeper.changed(self, {entry->key, &entry->candles});
  if ((report.filled > 0 || report.restarted) && gaps.admit(report, steady))
    log_info("candle_gap")
      .with("pair", x.pair)
      .with("timeframe", x.timeframe)
      .with("filled", report.filled)
      .with("restarted", report.restarted)
      .say();
  if (report.what == core::arrival::too_old) {
    refuse({core::refusal_reason::too_old,
            "the candle is older than the " + std::to_string(cfg.series.window)
              + " that are kept; push history before newer candles"},
           x);
    return;
  }
  if (report.what == core::arrival::newest && !x.history && !entry->asks) {
    entry->asks = true;
    asking_.push_back(entry);
  }
}

void candle_ingest_state::on_refusal(const core::refusal& x,
                                     std::string_view excerpt) {
  ++counts.refused;
  if (!refusals.admit(x.reason, steady))
    return;
  auto printable = transport::printable_excerpt(excerpt);
  log_warning("candle_refused")
    .with("reason", core::to_string(x.reason))
    .with("detail", x.detail)
    .with("excerpt", printable)
    .say();
  self->send(publisher, messages::candles_refused{{{x, printable, 1}}});
}

void candle_ingest_state::refuse(const core::refusal& x,
                                 const transport::decoded_candle& candle) {
  on_refusal(x, candle.text.empty() ? std::string_view{describe(candle)}
                                    : candle.text);
}

watched_series* candle_ingest_state::find(const transport::decoded_candle& x,
                                          core::timeframe tf) {
  if (auto i = all_.find(key_view{x.pair, tf}); i != all_.end())
    return &i->second;
  // Only a pair that is new needs to be looked at.
  if (auto bad = core::validate_pair(x.pair)) {
    refuse(*bad, x);
    return nullptr;
  }
  if (all_.size() >= cfg.max_series && !drop_longest_idle()) {
    refuse({core::refusal_reason::too_many_series,
            "limits.max_series (" + std::to_string(cfg.max_series)
              + ") is reached and none of them is idle; raise it or push fewer "
                "pairs"},
           x);
    return nullptr;
  }
  core::series_key key{std::string{x.pair}, tf};
  auto shared = std::make_shared<const core::series_key>(key);
  auto [i, added] = all_.emplace(
    std::move(key),
    watched_series{shared, core::series{tf, cfg.series}, {}, false, steady});
  watch(i->second);
  return &i->second;
}

bool candle_ingest_state::drop_longest_idle() {
  if (steady < none_idle_before_)
    return false;
  auto longest = all_.end();
  auto soonest = core::steady_time::max();
  for (auto i = all_.begin(); i != all_.end(); ++i) {
    auto idle_from = core::idle_from(i->second.last_seen, i->first.frame);
    soonest = std::min(soonest, idle_from);
    if (idle_from <= steady
        && (longest == all_.end()
            || i->second.last_seen < longest->second.last_seen))
      longest = i;
  }
  if (longest == all_.end()) {
    none_idle_before_ = soonest; // no need to look again until then
    return false;
  }
  auto& x = longest->second;
  auto idle = std::chrono::floor<std::chrono::seconds>(steady - x.last_seen);
  log_info("series_dropped")
    .with("pair", x.key->pair)
    .with("timeframe", x.key->frame.name())
    .with("idle_s", idle.count())
    .with("max_series", cfg.max_series)
    .say("it was idle longest and makes room for another");
  ++counts.dropped_series;
  self->send(publisher, messages::series_ended{x.key, std::move(x.watchers)});
  asking_.erase(std::remove(asking_.begin(), asking_.end(), &x), asking_.end());
  keeper.forget(&x.candles);
  all_.erase(longest);
  return true;
}

void candle_ingest_state::count(const core::arrival_report& x) {
  switch (x.what) {
    case core::arrival::newest:
      ++counts.accepted;
      break;
    case core::arrival::duplicate:
      ++counts.duplicates;
      break;
    case core::arrival::revision:
      ++counts.revisions;
      break;
    case core::arrival::late:
      ++counts.late;
      break;
    case core::arrival::too_old:
      break; // counted as refused
  }
  counts.filled += x.filled;
  counts.restarts += x.restarted ? 1 : 0;
}

void candle_ingest_state::tell_refusals() {
  auto due = refusals.summary_due();
  if (!due)
    return;
  auto now = self->clock().now();
  if (now < *due) {
    self->delayed_send(self, *due - now, atom::flush_v);
    return;
  }
  messages::candles_refused out;
  for (const auto& x : refusals.take_summaries(now)) {
    log_warning("candle_refused")
      .with("reason", core::to_string(x.reason))
      .with("more", x.count)
      .say();
    out.items.push_back(
      {{x.reason, "more of the same within a second, not told one by one"},
       "",
       x.count});
  }
  self->send(publisher, std::move(out));
}

} // namespace riskbreaker::actors
