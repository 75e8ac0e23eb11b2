#include "actors/candle_ingest.hpp"

#include "core/market/validate.hpp"
#include "transport/excerpt.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

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
  // The clock is asked for gaps alone: most candles leave none.
  if ((report.filled > 0 || report.restarted)
      && gaps.admit(report, self->clock().now()))
    spdlog::info(
      "candle_ingest gap pair={} timeframe={} filled={} restarted={}", x.pair,
      x.timeframe, report.filled, report.restarted);
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
  if (!refusals.admit(x.reason, self->clock().now()))
    return;
  auto printable = transport::printable_excerpt(excerpt);
  spdlog::warn("candle_ingest refused reason={} detail=\"{}\" excerpt={}",
               core::to_string(x.reason), x.detail, printable);
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
  if (all_.size() >= cfg.max_series) {
    refuse({core::refusal_reason::too_many_series,
            "limits.max_series (" + std::to_string(cfg.max_series)
              + ") is reached; raise it or push fewer pairs"},
           x);
    return nullptr;
  }
  core::series_key key{std::string{x.pair}, tf};
  auto shared = std::make_shared<const core::series_key>(key);
  auto [i, added] = all_.emplace(
    std::move(key),
    watched_series{shared, core::series{tf, cfg.series}, {}, false});
  watch(i->second);
  return &i->second;
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

// -- from frames to requests
// ---------------------------------------------------

messages::risk_batch
candle_ingest_state::digest(const messages::frame_batch& frames) {
  wall = cfg.now();
  // Told with what comes next: where nothing comes, nobody needs to know yet.
  if (auto more = gaps.take(self->clock().now()))
    spdlog::info("candle_ingest gaps more={} filled={}", more->gaps,
                 more->filled);
  messages::risk_batch out;
  out.credits = frames.credits;
  out.requests.reserve(frames.ends.size());
  std::size_t begin = 0;
  for (auto end : frames.ends) {
    asking_.clear();
    decoder->decode({frames.buffer.data() + begin, end - begin}, *this);
    begin = end;
    for (auto* entry : asking_) {
      entry->asks = false;
      for (const auto& strategy : entry->watchers)
        out.requests.push_back(make_request(*entry, strategy));
    }
  }
  for (std::uint32_t i = 0; i < frames.multipart; ++i)
    on_refusal({core::refusal_reason::multipart,
                "a message of several frames; send one frame per message"},
               {});
  for (const auto& beginning : frames.oversized)
    on_refusal({core::refusal_reason::too_large,
                "the frame is over limits.max_frame ("
                  + std::to_string(cfg.max_frame)
                  + " bytes); send fewer candles per message"},
               beginning);
  return out;
}

messages::risk_request candle_ingest_state::make_request(
  watched_series& x, std::shared_ptr<const core::strategy> strategy) {
  messages::risk_request out;
  out.id = next_id_++;
  out.strategy = std::move(strategy);
  out.series = x.key;
  out.candle_time = x.candles.last_time();
  out.requested_at = wall;
  out.market = x.candles.view();
  if (table->llm_enabled(*out.strategy))
    out.window = std::make_shared<const std::vector<core::candle>>(
      x.candles.newest(cfg.prompt_candles));
  return out;
}

void candle_ingest_state::watch(watched_series& x) const {
  x.watchers.clear();
  for (const auto& strategy : table->strategies)
    if (strategy->watches(x.key->pair, x.key->frame))
      x.watchers.push_back(strategy);
}

void candle_ingest_state::watch_all() {
  for (auto& [key, entry] : all_)
    watch(entry);
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
    spdlog::warn("candle_ingest refused reason={} more={}",
                 core::to_string(x.reason), x.count);
    out.items.push_back(
      {{x.reason, "more of the same within a second, not told one by one"},
       "",
       x.count});
  }
  self->send(publisher, std::move(out));
}

// -- for operators
// ---------------------------------------------------------------

caf::result<std::uint64_t>
candle_ingest_state::assess(const messages::assess_command& x) {
  using messages::errc;
  auto strategy = table->find(x.strategy);
  if (!strategy)
    return caf::make_error(errc::unknown_strategy);
  auto tf = core::timeframe::parse(x.timeframe);
  if (!tf)
    return caf::make_error(errc::bad_timeframe);
  auto i = all_.find(key_view{x.pair, *tf});
  if (i == all_.end() || i->second.candles.size() == 0)
    return caf::make_error(errc::unknown_series);
  if (!strategy->watches(x.pair, *tf))
    return caf::make_error(errc::not_watched);
  wall = cfg.now();
  auto batch = std::make_shared<messages::risk_batch>();
  batch->requests.push_back(make_request(i->second, strategy));
  batch->requests.back().ticket = x.ticket;
  self->send(supervisor, messages::risk_requests{std::move(batch)});
  return x.ticket;
}

messages::series_listing candle_ingest_state::list() const {
  messages::series_listing out;
  for (const auto& [key, entry] : all_) {
    core::series_status status;
    status.key = key;
    status.candles = entry.candles.size();
    if (status.candles > 0)
      status.last_time = entry.candles.last_time();
    status.filled = entry.candles.filled_total();
    for (const auto& strategy : entry.watchers)
      status.strategies.push_back(strategy->name);
    out.series.push_back(std::move(status));
  }
  std::sort(out.series.begin(), out.series.end(),
            [](const auto& a, const auto& b) {
              return std::pair{a.key.pair, a.key.frame.length()}
                     < std::pair{b.key.pair, b.key.frame.length()};
            });
  return out;
}

candle_ingest_actor::behavior_type
candle_ingest(candle_ingest_actor::stateful_pointer<candle_ingest_state> self,
              candle_ingest_config cfg,
              std::shared_ptr<const core::strategy_table> table,
              publisher_actor publisher, breaker_supervisor_actor supervisor) {
  auto& st = self->state;
  st.cfg = std::move(cfg);
  st.decoder = st.cfg.make_decoder();
  st.table = std::move(table);
  st.publisher = std::move(publisher);
  st.supervisor = std::move(supervisor);
  st.restore();
  return {
    [self](const messages::frame_batch& frames) {
      auto& me = self->state;
      auto held_before = me.refusals.summary_due().has_value();
      auto batch = std::make_shared<messages::risk_batch>(me.digest(frames));
      if (!held_before)
        me.tell_refusals();
      if (!batch->requests.empty())
        self->send(me.supervisor, messages::risk_requests{std::move(batch)});
    },
    [self](const messages::strategies_changed& x) {
      self->state.table = x.table;
      self->state.watch_all();
    },
    [self](const messages::assess_command& x) { return self->state.assess(x); },
    [self](atom::series) { return self->state.list(); },
    [self](atom::query) {
      return messages::ingest_report{self->state.counts,
                                     self->state.series_count()};
    },
    [self](atom::flush) { self->state.tell_refusals(); },
    [self](const messages::series_saved& x) {
      self->state.keeper.on_saved(self, x.lost);
    },
    [self](atom::shutdown) -> std::uint64_t {
      return self->state.keeper.tell_all(self);
    },
    [self](atom::save) { self->state.keeper.on_time(self); },
  };
}

} // namespace riskbreaker::actors
