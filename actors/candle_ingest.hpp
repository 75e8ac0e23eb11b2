#pragma once

#include "actors/fault_ledger.hpp"
#include "actors/series_keeper.hpp"
#include "core/market/gap_meter.hpp"
#include "core/market/refusal_meter.hpp"
#include "transport/candle_decoder.hpp"
#include "transport/journal.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace riskbreaker::actors {

struct candle_ingest_config {
  core::milliseconds max_clock_skew{60'000};
  core::series_limits series;
  std::size_t max_series = 10'000;
  std::size_t max_frame = 4u << 20;
  /// Candles shown to a model.
  std::size_t prompt_candles = 30;
  wall_clock now;
  /// Tests replace it, for instance to make ingest slow.
  std::function<std::unique_ptr<transport::candle_decoder>()> make_decoder
    = transport::make_candle_decoder;
  std::shared_ptr<fault_ledger> faults{};
  journal_sink journal{};
  /// As they were when the last run ended; taken by the actor.
  std::shared_ptr<std::vector<transport::restored_series>> restored{};
};

/// A series with who watches it.
struct watched_series {
  std::shared_ptr<const core::series_key> key;
  core::series candles;
  std::vector<std::shared_ptr<const core::strategy>> watchers;
  bool asks = false;             ///< in the message at hand: assess the newest
  core::steady_time last_seen{}; ///< when its last candle came
};

class candle_ingest_state : public transport::candle_sink {
public:
  static inline const char* name = "candle_ingest";

  explicit candle_ingest_state(candle_ingest_actor::pointer ptr) : self(ptr) {
    // nop
  }

  const std::shared_ptr<fault_ledger>& faults() const {
    return cfg.faults;
  }
  void after_fault();

  void on_candle(const transport::decoded_candle& x) override;
  void on_refusal(const core::refusal& x, std::string_view excerpt) override;

  /// Decodes all frames; the requests they lead to, with the batch's lease.
  messages::risk_batch digest(const messages::frame_batch& frames);

  /// Goes on with the series of the last run.
  void restore();
  void watch(watched_series& x) const;
  void watch_all();
  std::size_t series_count() const {
    return all_.size();
  }
  /// Adds a request for the newest candle of `x` to `out`.
  messages::risk_request&
  add_request(std::vector<messages::risk_request>& out, watched_series& x,
              const std::shared_ptr<const core::strategy>& strategy);
  caf::result<std::uint64_t> assess(const messages::assess_command& x);
  messages::series_listing list() const;
  messages::ingest_report report() const;
  /// Sends what the meter let through; arms the summary where it held back.
  void tell_refusals();

  candle_ingest_actor::pointer self;
  candle_ingest_config cfg;
  publisher_actor publisher;
  breaker_supervisor_actor supervisor;
  std::shared_ptr<const core::strategy_table> table;
  std::unique_ptr<transport::candle_decoder> decoder;
  core::ingest_counts counts;
  core::refusal_meter refusals;
  core::gap_meter gaps;
  series_keeper keeper;
  core::unix_ms wall{};       ///< of the batch at hand
  core::steady_time steady{}; ///< of the batch at hand

private:
  struct key_view {
    std::string_view pair;
    core::timeframe frame;
  };
  struct key_hash {
    using is_transparent = void;
    std::size_t operator()(const key_view& x) const noexcept {
      return std::hash<std::string_view>{}(x.pair)
             ^ (std::hash<const void*>{}(x.frame.name().data()) << 1);
    }
    std::size_t operator()(const core::series_key& x) const noexcept {
      return (*this)(key_view{x.pair, x.frame});
    }
  };
  struct key_equal {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(const A& a, const B& b) const noexcept {
      return a.frame == b.frame
             && std::string_view{a.pair} == std::string_view{b.pair};
    }
  };

  watched_series* find(const transport::decoded_candle& x, core::timeframe tf);
  void refuse(const core::refusal& x, const transport::decoded_candle& candle);
  void count(const core::arrival_report& x);
  /// Makes room for a series more; false when all are in use.
  bool drop_longest_idle();

  std::unordered_map<core::series_key, watched_series, key_hash, key_equal>
    all_;
  std::vector<watched_series*> asking_;  ///< series of the message at hand
  core::steady_time none_idle_before_{}; ///< when all series are taken
  std::uint64_t next_id_ = 1;
};

/// Takes candles in. Every batch's lease travels with the requests it led to.
candle_ingest_actor::behavior_type
candle_ingest(candle_ingest_actor::stateful_pointer<candle_ingest_state> self,
              candle_ingest_config cfg,
              std::shared_ptr<const core::strategy_table> table,
              publisher_actor publisher, breaker_supervisor_actor supervisor);

} // namespace riskbreaker::actors
