#include "actors/publisher.hpp"

#include "actors/contain.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace riskbreaker::actors {

namespace {

/// Bytes of an assessment and its topic, mostly.
constexpr std::size_t usual_size = 900;

} // namespace

std::pair<const std::string, topic_state>&
publisher_state::topic(const std::string& topic_name) {
  auto [i, added] = topics.try_emplace(topic_name);
  if (added)
    i->second.seq = first_seq;
  return *i;
}

void publisher_state::set_risk_topic(bool final, const core::strategy& strategy,
                                     const core::series_key& series) {
  scratch.assign(final ? "risk." : "risk_provisional.");
  scratch += strategy.name;
  scratch += '.';
  scratch += series.pair;
  scratch += '.';
  scratch += series.frame.name();
}

publisher_state::topic_map::value_type&
publisher_state::topic_of(const core::assessment& x) {
  const owners key{x.strategy.get(), x.series.get()};
  if (x.final)
    if (auto i = shortcuts_.find(key); i != shortcuts_.end())
      return *i->second.topic;
  set_risk_topic(x.final, *x.strategy, *x.series);
  auto& found = topic(scratch);
  auto& entry = found.second;
  if (!entry.series) {
    entry.strategy = x.strategy->name;
    entry.series = x.series;
    entry.placed = has_place(entry);
  }
  if (x.final)
    shortcuts_.insert_or_assign(key, shortcut{x.strategy, x.series, &found});
  return found;
}

void publisher_state::encode(const core::assessment& x,
                             transport::out_frames& out, std::uint64_t& seq) {
  auto& [topic_name, entry] = topic_of(x);
  // An answer that was overtaken by a newer candle's is published, but late
  // subscribers are told the newer one.
  auto keep = x.final && x.candle_time >= entry.newest && entry.placed;
  if (keep)
    entry.newest = x.candle_time;
  // A number is used up by what was really encoded, or its gap would look like
  // a loss.
  out.add(topic_name, encoder->assessment(x, entry.seq + 1), keep);
  seq = ++entry.seq;
}

void publisher_state::publish(const messages::assessments& x) {
  transport::out_frames frames;
  frames.reserve(x.batch->items.size(), x.batch->items.size() * usual_size);
  messages::answers_published kept{x.batch, {}};
  std::uint64_t seq = 0;
  auto try_one = [&](const core::assessment& item) {
    return survives(self, cfg.faults, [&] { encode(item, frames, seq); });
  };
  for (std::size_t i = 0; i < x.batch->items.size(); ++i) {
    const auto& item = x.batch->items[i];
    // Somebody waits for exactly this answer: once more with new tools, and
    // then without the texts that a model wrote.
    auto out = try_one(item);
    if (!out) {
      survives(self, cfg.faults, [&] { after_fault(); });
      out = try_one(item);
    }
    if (!out) {
      auto bare = item;
      bare.llm = nullptr;
      out = try_one(bare);
    }
    if (out && cfg.journal && core::is_journaled(item, cfg.journaled))
      kept.which.push_back({static_cast<std::uint32_t>(i), seq});
  }
  cfg.out->publish(std::move(frames));
  if (auto rows = kept.which.size(); rows > 0)
    cfg.journal.send(self, std::move(kept), rows);
}

void publisher_state::after_fault() {
  encoder = cfg.make_encoder(cfg.boot);
}

void publisher_state::send(
  std::string topic_name, bool keep, const std::string& strategy,
  const std::function<std::string_view(std::uint64_t)>& encode_with) {
  auto& entry = topic(topic_name).second;
  if (entry.strategy != strategy) {
    entry.strategy = strategy;
    entry.placed = has_place(entry);
  }
  transport::out_frames frames;
  frames.add(topic_name, encode_with(entry.seq + 1), keep && entry.placed);
  ++entry.seq;
  cfg.out->publish(std::move(frames));
}

// -- the end of topics

bool publisher_state::has_place(const topic_state& x) const {
  if (!table || x.strategy.empty())
    return true;
  auto found = table->find(x.strategy);
  return found
         && (!x.series || found->watches(x.series->pair, x.series->frame));
}

publisher_state::topic_map::iterator
publisher_state::drop(topic_map::iterator x, transport::out_frames& out) {
  out.forget(x->first);
  shortcuts_.clear();
  first_seq = std::max(first_seq, x->second.seq);
  return topics.erase(x);
}

void publisher_state::apply(std::shared_ptr<const core::strategy_table> next) {
  table = std::move(next);
  shortcuts_.clear(); // or they would hold the strategies of before
  transport::out_frames out;
  // What is not dropped has a place, also where it had none before.
  for (auto i = topics.begin(); i != topics.end();) {
    i->second.placed = has_place(i->second);
    i = i->second.placed ? std::next(i) : drop(i, out);
  }
  cfg.out->publish(std::move(out));
}

void publisher_state::end(const messages::series_ended& x) {
  transport::out_frames out;
  for (const auto& strategy : x.watchers)
    for (bool final : {true, false}) {
      set_risk_topic(final, *strategy, *x.series);
      if (auto i = topics.find(scratch); i != topics.end())
        drop(i, out);
    }
  cfg.out->publish(std::move(out));
}

publisher_actor::behavior_type
publisher(publisher_actor::stateful_pointer<publisher_state> self,
          publisher_config cfg) {
  auto& st = self->state;
  st.cfg = std::move(cfg);
  st.encoder = st.cfg.make_encoder(st.cfg.boot);
  st.started = self->clock().now();
  self->send(self, atom::beat_v);
  auto contain = container_of(self);
  return {
    contain([self](const messages::assessments& x) { self->state.publish(x); }),
    contain([self](const messages::breaker_changed& x) {
      transport::breaker_report report{x.strategy, x.change, x.at,
                                       x.now.retry_at};
      self->state.send("breaker." + x.strategy, true, x.strategy,
                       [&](std::uint64_t seq) {
                         return self->state.encoder->breaker(report, seq);
                       });
      self->state.cfg.journal.send(self, x);
    }),
    contain([self](const messages::stats_report& x) {
      self->state.send("stats." + x.counts.strategy, true, x.counts.strategy,
                       [&](std::uint64_t seq) {
                         return self->state.encoder->stats(x.counts, x.breaker,
                                                           x.at, seq);
                       });
    }),
    contain([self](const messages::candles_refused& x) {
      for (const auto& item : x.items) {
        transport::refusal_report report{item.what, item.excerpt, item.count};
        self->state.send("ingest.rejected", false, {}, [&](std::uint64_t seq) {
          return self->state.encoder->refused(report, seq);
        });
      }
      self->state.cfg.journal.send(self, x, x.items.size());
    }),
    contain([self](const core::config_report& x) {
      self->state.send("config", true, {}, [&](std::uint64_t seq) {
        return self->state.encoder->config(x, seq);
      });
    }),
    contain([self](const messages::strategies_changed& x) {
      self->state.apply(x.table);
    }),
    contain([self](const messages::series_ended& x) { self->state.end(x); }),
    contain([](atom::flush) { return atom::flush_v; }),
    contain([self](atom::beat) {
      auto& me = self->state;
      self->delayed_send(self, me.cfg.heartbeat, atom::beat_v);
      auto uptime
        = std::chrono::duration<double>(self->clock().now() - me.started);
      me.send("heartbeat", false, {}, [&](std::uint64_t seq) {
        return me.encoder->heartbeat(uptime.count(), me.cfg.now(), seq);
      });
    }),
  };
}

} // namespace riskbreaker::actors
