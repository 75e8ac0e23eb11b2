#pragma once

#include "actors/journal_sink.hpp"
#include "transport/journal_file.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace riskbreaker::actors {

struct journal_config {
  /// Null: it could not be opened; `open` is tried again.
  std::shared_ptr<transport::journal> file;
  std::function<transport::journal_opening()> open;
  std::shared_ptr<journal_board> board;
  wall_clock now;
  /// Older rows are deleted; absent: none is.
  std::optional<core::milliseconds> keep;
  /// What comes within that time shares a transaction: longer loses more to a
  /// `kill -9`, shorter costs more.
  std::chrono::milliseconds commit_delay{50};
  /// So many rows are not waited for. Well under what the credits let in.
  std::size_t commit_rows = 1'000;
  /// The same for candles, which are small and come in windows.
  std::size_t commit_candles = 20'000;
  /// After a failure, how long the disk is left alone.
  std::chrono::milliseconds retry_delay{1'000};
  std::chrono::milliseconds prune_interval{600'000};
  std::chrono::milliseconds prune_pause{20}; ///< between two steps
};

class journal_state {
public:
  static inline const char* name = "journal";

  explicit journal_state(journal_actor::pointer ptr) : self(ptr) {
    // nop
  }

  void keep(const messages::answers_published& x);
  void keep(const messages::breaker_changed& x);
  void keep(const messages::candles_refused& x);
  void keep(const messages::call_finished& x);
  void keep(const messages::series_moved& x, series_source_actor source);
  /// Of those the newest counts, and is kept until it could be written.
  transport::journal_batch& restartable();

  /// Writes what has come together; returns when it is written or dropped.
  void commit();
  void on_tick(std::uint64_t commit);
  void prune();

  journal_actor::pointer self;
  journal_config cfg;

private:
  /// Rows came in: commits if there are many, else soon.
  void came(std::size_t rows);
  bool ready();
  void tell(const std::optional<transport::journal_error>& bad);

  transport::journal_batch pending_;
  std::size_t rows_ = 0; ///< of `pending_`, that count
  std::size_t candles_ = 0;
  std::vector<series_source_actor> sources_;
  std::uint64_t commits_ = 0;
  bool armed_ = false;
  bool broken_ = false;
  std::size_t lost_ = 0; ///< since it broke
  core::steady_time retry_at_{};
};

journal_actor::behavior_type
journal(journal_actor::stateful_pointer<journal_state> self,
        journal_config cfg);

/// Answers `history` from a connection of its own.
history_actor::behavior_type history(history_actor::pointer self,
                                     std::string path);

} // namespace riskbreaker::actors
