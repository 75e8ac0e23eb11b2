#pragma once

#include "transport/journal.hpp"

#include <optional>
#include <vector>

namespace riskbreaker::tests {

/// A disk that can be told to fail. Holds what was written, without the leases.
struct fake_disk {
  std::vector<transport::journal_batch> written;
  std::optional<transport::journal_error> failure;
  int tries = 0;
  int prunes = 0;
  int more_to_prune = 0;
  core::unix_ms pruned_before{};

  std::size_t answers() const {
    std::size_t out = 0;
    for (const auto& x : written)
      out += x.answers.size();
    return out;
  }

  std::size_t candles() const {
    std::size_t out = 0;
    for (const auto& batch : written)
      for (const auto& list : batch.series)
        for (const auto& x : *list)
          out += x.changes.candles.size();
    return out;
  }
};

class fake_journal final : public transport::journal {
public:
  explicit fake_journal(fake_disk& disk) : disk_(disk) {
    // nop
  }

  std::optional<transport::journal_error>
  write(const transport::journal_batch& batch) override {
    ++disk_.tries;
    if (disk_.failure)
      return disk_.failure;
    auto copy = batch;
    for (auto& x : copy.answers)
      x.what = std::make_shared<const core::assessment>(*x.what);
    disk_.written.push_back(std::move(copy));
    return std::nullopt;
  }

  std::variant<bool, transport::journal_error>
  prune(core::unix_ms before) override {
    ++disk_.prunes;
    disk_.pruned_before = before;
    return disk_.more_to_prune-- > 0;
  }

  std::variant<transport::journal_memory, transport::journal_error>
  load(const transport::journal_limits&) override {
    return transport::journal_memory{};
  }

private:
  fake_disk& disk_;
};

} // namespace riskbreaker::tests
