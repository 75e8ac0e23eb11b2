#pragma once

#include "transport/journal.hpp"
#include "transport/sqlite.hpp"

#include <string>
#include <string_view>
#include <unordered_map>

namespace riskbreaker::transport {

/// Puts rows in, inside a transaction that the caller begins and ends. Throws
/// `sqlite_failure`.
class journal_writer {
public:
  explicit journal_writer(sqlite_database& db);

  void put(const journal_answer& x, std::int64_t boot);
  void put(const breaker_report& x);
  void put(const journal_call& x);
  void put(const journal_refusal& x);
  void put(const core::series_delta& x, core::unix_ms at);
  void put(const std::string& strategy, const core::breaker_memory& x,
           core::unix_ms at);
  void put(const std::string& endpoint, const core::budget_memory& x);

  /// After a transaction that came to nothing: forgets the rows it had made.
  void forget();

private:
  std::int64_t topic_of(const core::assessment& x);
  std::int64_t series_of(const core::series_delta& x, core::unix_ms at);

  sqlite_database& db_;
  sqlite_statement assessment_, transition_, call_, refusal_, breaker_, budget_;
  sqlite_statement find_topic_, add_topic_;
  sqlite_statement find_series_, add_series_, update_series_;
  sqlite_statement drop_candles_, candle_;
  std::unordered_map<std::string, std::int64_t> topics_;
  std::unordered_map<std::string, std::int64_t> series_;
  std::string scratch_; ///< the key being looked up
};

} // namespace riskbreaker::transport
