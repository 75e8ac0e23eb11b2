#include "actors/publisher.hpp"

#include <utility>

namespace riskbreaker::actors {

topic_state& publisher_state::topic(const std::string& topic_name) {
  auto& entry = topics[topic_name];
  if (!entry.name)
    entry.name = std::make_shared<const std::string>(topic_name);
  return entry;
}

transport::out_frame publisher_state::encode(const core::assessment& x,
                                             std::uint64_t& seq) {
  scratch.assign(x.final ? "risk." : "risk_provisional.");
  scratch += x.strategy->name;
  scratch += '.';
  scratch += x.series->pair;
  scratch += '.';
  scratch += x.series->frame.name();
  auto& entry = topic(scratch);
  // An answer that was overtaken by a newer candle's is published, but late
  // subscribers are told the newer one.
  auto keep = x.final && x.candle_time >= entry.newest;
  if (keep)
    entry.newest = x.candle_time;
  seq = ++entry.seq;
  return {entry.name, encoder->assessment(x, seq), keep};
}

void publisher_state::send(
  std::string topic_name, bool keep,
  const std::function<std::string(std::uint64_t)>& encode_with) {
  auto& entry = topic(topic_name);
  std::vector<transport::out_frame> frames;
  frames.push_back({entry.name, encode_with(++entry.seq), keep});
  cfg.out->publish(std::move(frames));
}

publisher_actor::behavior_type
publisher(publisher_actor::stateful_pointer<publisher_state> self,
          publisher_config cfg) {
  auto& st = self->state;
  st.cfg = std::move(cfg);
  st.encoder = st.cfg.make_encoder(st.cfg.boot);
  st.started = self->clock().now();
  self->send(self, atom::beat_v);
  return {
    [self](const messages::assessments& x) {
      std::vector<transport::out_frame> frames;
      frames.reserve(x.batch->items.size());
      auto& me = self->state;
      messages::answers_published kept{x.batch, {}};
      std::uint64_t seq = 0;
      for (const auto& item : x.batch->items) {
        frames.push_back(me.encode(item, seq));
        if (me.cfg.journal && core::is_journaled(item, me.cfg.journaled))
          kept.which.push_back(
            {static_cast<std::uint32_t>(frames.size() - 1), seq});
      }
      me.cfg.out->publish(std::move(frames));
      if (auto rows = kept.which.size(); rows > 0)
        me.cfg.journal.send(self, std::move(kept), rows);
    },
    [self](const messages::breaker_changed& x) {
      transport::breaker_report report{x.strategy, x.change, x.at,
                                       x.now.retry_at};
      self->state.send("breaker." + x.strategy, true, [&](std::uint64_t seq) {
        return self->state.encoder->breaker(report, seq);
      });
      self->state.cfg.journal.send(self, x);
    },
    [self](const messages::stats_report& x) {
      self->state.send(
        "stats." + x.counts.strategy, true, [&](std::uint64_t seq) {
          return self->state.encoder->stats(x.counts, x.breaker, x.at, seq);
        });
    },
    [self](const messages::candles_refused& x) {
      for (const auto& item : x.items) {
        transport::refusal_report report{item.what, item.excerpt, item.count};
        self->state.send("ingest.rejected", false, [&](std::uint64_t seq) {
          return self->state.encoder->refused(report, seq);
        });
      }
      self->state.cfg.journal.send(self, x, x.items.size());
    },
    [self](const core::config_report& x) {
      self->state.send("config", true, [&](std::uint64_t seq) {
        return self->state.encoder->config(x, seq);
      });
    },
    [](atom::flush) { return atom::flush_v; },
    [self](atom::beat) {
      auto& me = self->state;
      self->delayed_send(self, me.cfg.heartbeat, atom::beat_v);
      auto uptime
        = std::chrono::duration<double>(self->clock().now() - me.started);
      me.send("heartbeat", false, [&](std::uint64_t seq) {
        return me.encoder->heartbeat(uptime.count(), seq);
      });
    },
  };
}

} // namespace riskbreaker::actors
