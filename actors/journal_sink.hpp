#pragma once

#include "actors/interfaces.hpp"
#include "core/stats/status.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>

namespace riskbreaker::actors {

/// What is known of the journal without asking it: it may be waiting for the
/// disk. Shared by the journal, those who send to it, and control.
class journal_board {
public:
  explicit journal_board(std::string path);

  /// Whether `rows` more may wait; counted as dropped if not. Most rows carry
  /// credits, which bound them; this bounds the others.
  bool admit(std::size_t rows);

  // -- the journal's own
  void took(std::size_t rows) noexcept; ///< they wait no more
  void written(std::size_t rows);
  void lost(std::size_t rows);
  void failed(std::string why);

  core::journal_status status() const;

  static constexpr std::size_t max_waiting = 50'000;

private:
  mutable std::mutex mutex_;
  core::journal_status status_;
  std::atomic<std::size_t> waiting_{0};
};

/// Where to send what the journal is to keep; does nothing without a journal.
struct journal_sink {
  journal_actor to;
  std::shared_ptr<journal_board> board;

  explicit operator bool() const noexcept {
    return board != nullptr;
  }

  template <class Self, class Message>
  void send(Self* self, Message&& x, std::size_t rows = 1) const {
    if (board && board->admit(rows))
      self->send(to, std::forward<Message>(x));
  }
};

} // namespace riskbreaker::actors
