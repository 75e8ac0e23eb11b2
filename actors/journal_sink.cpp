#include "actors/journal_sink.hpp"

#include <utility>

namespace riskbreaker::actors {

journal_board::journal_board(std::string path) {
  status_.path = std::move(path);
}

bool journal_board::admit(std::size_t rows) {
  if (waiting_.load(std::memory_order_relaxed) + rows <= max_waiting) {
    waiting_.fetch_add(rows, std::memory_order_relaxed);
    return true;
  }
  lost(rows);
  return false;
}

void journal_board::took(std::size_t rows) noexcept {
  waiting_.fetch_sub(rows, std::memory_order_relaxed);
}

void journal_board::written(std::size_t rows) {
  std::lock_guard guard{mutex_};
  status_.rows_written += rows;
  status_.error.clear();
}

void journal_board::lost(std::size_t rows) {
  std::lock_guard guard{mutex_};
  status_.rows_lost += rows;
}

void journal_board::failed(std::string why) {
  std::lock_guard guard{mutex_};
  status_.error = std::move(why);
}

core::journal_status journal_board::status() const {
  std::lock_guard guard{mutex_};
  auto out = status_;
  out.rows_waiting = waiting_.load(std::memory_order_relaxed);
  return out;
}

} // namespace riskbreaker::actors
