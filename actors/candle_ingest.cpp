#include "actors/candle_ingest.hpp"

#include "actors/contain.hpp"
#include "actors/event_log.hpp"

#include <algorithm>
#include <utility>

// From frames to requests, and for operators; what becomes of one candle is in
// candle_ingest_candles.cpp.

namespace riskbreaker::actors {

// -- from frames to requests
// ---------------------------------------------------

messages::risk_batch
candle_ingest_state::digest(const messages::frame_batch& frames) {
  // Should the clock fail, the last batch's time is the next best.
  survives(self, cfg.faults, [&] { wall = cfg.now(); });
  steady = self->clock().now();
  // Told with what comes next: where nothing comes, nobody needs to know yet.
  if (auto more = gaps.take(steady))
    log_info("candle_gap")
      .with("more", more->gaps)
      .with("filled", more->filled)
      .say();
  messages::risk_batch out;
  out.credits = frames.credits;
  out.requests.reserve(frames.ends.size());
  std::size_t begin = 0;
  for (auto end : frames.ends) {
    asking_.clear();
    std::string_view frame{frames.buffer.data() + begin, end - begin};
    begin = end;
    if (!survives(self, cfg.faults, [&] { decoder->decode(frame, *this); })) {
      // Candles before the bad place count; the rest of the message is told.
      decoder = cfg.make_decoder();
      on_refusal({core::refusal_reason::malformed,
                  "the daemon failed on this message; please report it"},
                 frame);
    }
    for (auto* entry : asking_) {
      entry->asks = false;
      for (const auto& strategy : entry->watchers)
        add_request(out.requests, *entry, strategy);
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

messages::risk_request& candle_ingest_state::add_request(
  std::vector<messages::risk_request>& to, watched_series& x,
  const std::shared_ptr<const core::strategy>& strategy) {
  auto& out = to.emplace_back(); // in its place: it is half a kilobyte
  out.id = next_id_++;
  out.strategy = strategy;
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

void candle_ingest_state::after_fault() {
  for (auto* entry : asking_)
    entry->asks = false;
  asking_.clear();
  decoder = cfg.make_decoder();
  if (refusals.summary_due()) // its timer may be the message that failed
    self->send(self, atom::flush_v);
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
  add_request(batch->requests, i->second, strategy).ticket = x.ticket;
  self->send(supervisor, messages::risk_requests{std::move(batch)});
  return x.ticket;
}

messages::ingest_report candle_ingest_state::report() const {
  messages::ingest_report out{counts, series_count(), {}};
  out.counts.refused_by_reason = refusals.totals();
  const auto now = self->clock().now();
  const auto today = cfg.now();
  for (const auto& [key, entry] : all_) {
    const auto& frame = key.frame; // clang 14 cannot capture `key`
    auto i = std::find_if(out.timeframes.begin(), out.timeframes.end(),
                          [&frame](const auto& x) { return x.frame == frame; });
    if (i == out.timeframes.end())
      i = out.timeframes.insert(i, {key.frame, 0, {}});
    ++i->series;
    auto came
      = today - std::chrono::ceil<core::milliseconds>(now - entry.last_seen);
    i->last_candle = std::max(i->last_candle, came);
  }
  std::sort(out.timeframes.begin(), out.timeframes.end(),
            [](const auto& a, const auto& b) {
              return a.frame.length() < b.frame.length();
            });
  return out;
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
  auto contain = container_of(self);
  return {
    contain([self](const messages::frame_batch& frames) {
      auto& me = self->state;
      auto held_before = me.refusals.summary_due().has_value();
      auto batch = std::make_shared<messages::risk_batch>(me.digest(frames));
      if (!held_before)
        me.tell_refusals();
      if (!batch->requests.empty())
        self->send(me.supervisor, messages::risk_requests{std::move(batch)});
    }),
    contain([self](const messages::strategies_changed& x) {
      self->state.table = x.table;
      self->state.watch_all();
    }),
    contain([self](const messages::assess_command& x) {
      return self->state.assess(x);
    }),
    contain([self](atom::series) { return self->state.list(); }),
    contain([self](atom::query) { return self->state.report(); }),
    contain([self](atom::flush) { self->state.tell_refusals(); }),
    contain([self](const messages::series_saved& x) {
      self->state.keeper.on_saved(self, x.lost);
    }),
    contain([self](atom::shutdown) -> std::uint64_t {
      return self->state.keeper.tell_all(self);
    }),
    contain([self](atom::save) { self->state.keeper.on_time(self); }),
  };
}

} // namespace riskbreaker::actors
