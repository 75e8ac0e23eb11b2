#include "actors/journal.hpp"

#include "actors/contain.hpp"
#include "actors/event_log.hpp"

#include <utility>

namespace riskbreaker::actors {

// -- what comes in
// -----------------------------------------------------------

void journal_state::keep(const messages::answers_published& x) {
  for (const auto& one : x.which)
    // Each holds the whole batch, and so its credits.
    pending_.answers.push_back(
      {{x.batch, &x.batch->items[one.index]}, one.seq});
  came(x.which.size());
}

void journal_state::keep(const messages::breaker_changed& x) {
  pending_.transitions.push_back({x.strategy, x.change, x.at, x.now.retry_at});
  came(1);
}

void journal_state::keep(const messages::candles_refused& x) {
  auto at = cfg.now();
  for (const auto& one : x.items)
    pending_.refusals.push_back({at, {one.what, one.excerpt, one.count}});
  came(x.items.size());
}

void journal_state::keep(const messages::call_finished& x) {
  pending_.calls.push_back(
    {x.strategy, x.at, x.requests, x.verdict, x.why, x.report});
  came(1);
}

void journal_state::keep(const messages::series_moved& x,
                         series_source_actor source) {
  pending_.series.push_back(x.items);
  sources_.push_back(std::move(source));
  for (const auto& one : *x.items)
    candles_ += one.changes.candles.size();
  came(0);
}

transport::journal_batch& journal_state::restartable() {
  came(0);
  return pending_;
}

void journal_state::came(std::size_t rows) {
  rows_ += rows;
  if (rows_ >= cfg.commit_rows || candles_ >= cfg.commit_candles) {
    commit();
  } else if (!armed_) {
    armed_ = true;
    self->delayed_send(self, cfg.commit_delay, atom::tick_v, commits_);
  }
}

// -- what goes out
// -----------------------------------------------------------

void journal_state::on_tick(std::uint64_t commit_number) {
  if (commit_number == commits_)
    commit();
}

void journal_state::commit() {
  ++commits_; // a tick that is under way comes for nothing
  armed_ = false;
  if (pending_.empty())
    return;
  pending_.at = cfg.now();
  std::optional<transport::journal_error> bad;
  auto tried = ready();
  if (tried)
    bad = cfg.file->write(pending_);
  auto written = tried && !bad;
  auto done = std::exchange(pending_, {});
  auto rows = std::exchange(rows_, 0);
  candles_ = 0;
  cfg.board->took(rows);
  if (!written)
    give_up(std::move(done), rows);
  if (tried)
    tell(bad);
  if (written)
    cfg.board->written(rows);
  tell_sources(!written);
  if (!pending_.empty()) // tried again though nothing more may come
    self->delayed_send(self, cfg.retry_delay, atom::tick_v, commits_);
}

void journal_state::give_up(transport::journal_batch&& x, std::size_t rows) {
  // What is bounded waits for better times; the rest would grow.
  pending_.breakers = std::move(x.breakers);
  pending_.budgets = std::move(x.budgets);
  lost_ += rows;
  cfg.board->lost(rows);
}

void journal_state::tell_sources(bool lost) {
  for (auto& source : std::exchange(sources_, {}))
    self->send(source, messages::series_saved{lost});
}

void journal_state::after_fault() {
  // What failed may stand in the batch: it would fail again.
  auto rows = std::exchange(rows_, 0);
  cfg.board->took(rows);
  give_up(std::exchange(pending_, {}), rows);
  tell_sources(true);
}

/// Whether it is worth a try.
bool journal_state::ready() {
  auto now = self->clock().now();
  if (broken_ && now < retry_at_)
    return false;
  if (cfg.file)
    return true;
  auto opened = cfg.open();
  if (auto* bad = std::get_if<transport::journal_error>(&opened)) {
    tell(*bad);
    return false;
  }
  cfg.file = std::get<std::unique_ptr<transport::journal>>(std::move(opened));
  return true;
}

/// Says once that it does not work, and once that it works again.
void journal_state::tell(const std::optional<transport::journal_error>& bad) {
  if (bad) {
    if (!broken_)
      log_error("journal_failed")
        .with("detail", bad->message)
        .say("scoring goes on, what is not written is lost");
    broken_ = true;
    retry_at_ = self->clock().now() + cfg.retry_delay;
    cfg.board->failed(bad->message);
  } else if (std::exchange(broken_, false)) {
    log_warning("journal_works_again")
      .with("rows_lost", std::exchange(lost_, 0))
      .say();
  }
}

void journal_state::prune() {
  auto pause = cfg.prune_interval;
  if (cfg.keep && cfg.file && !broken_) {
    auto more = cfg.file->prune(cfg.now() - *cfg.keep);
    if (auto* bad = std::get_if<transport::journal_error>(&more))
      tell(*bad);
    else if (std::get<bool>(more))
      pause = cfg.prune_pause;
  }
  self->delayed_send(self, pause, atom::prune_v);
}

// -- the actors
// --------------------------------------------------------------

journal_actor::behavior_type
journal(journal_actor::stateful_pointer<journal_state> self,
        journal_config cfg) {
  auto& st = self->state;
  st.cfg = std::move(cfg);
  self->delayed_send(self, st.cfg.prune_pause, atom::prune_v);
  auto contain = container_of(self);
  return {
    contain(
      [self](const messages::answers_published& x) { self->state.keep(x); }),
    contain(
      [self](const messages::breaker_changed& x) { self->state.keep(x); }),
    contain(
      [self](const messages::candles_refused& x) { self->state.keep(x); }),
    contain([self](const messages::call_finished& x) { self->state.keep(x); }),
    contain([self](const messages::breaker_saved& x) {
      self->state.restartable().breakers[x.strategy] = x.memory;
    }),
    contain([self](const messages::budget_saved& x) {
      self->state.restartable().budgets[x.endpoint] = x.memory;
    }),
    contain([self](const messages::series_moved& x,
                   const series_source_actor& source) {
      self->state.keep(x, source);
    }),
    contain([self](atom::flush) {
      self->state.commit();
      return atom::flush_v;
    }),
    contain([self](atom::tick, std::uint64_t commit) {
      self->state.on_tick(commit);
    }),
    contain([self](atom::prune) { self->state.prune(); }),
  };
}

history_actor::behavior_type history(history_actor::pointer, std::string path) {
  std::shared_ptr<transport::journal_reader> reader
    = transport::make_journal_reader(std::move(path));
  return {
    [reader](const core::history_query& x) {
      messages::history_listing out;
      auto got = reader->history(x);
      if (auto* bad = std::get_if<transport::journal_error>(&got))
        out.error = bad->message;
      else
        out.items = std::make_shared<const std::vector<core::past_assessment>>(
          std::get<std::vector<core::past_assessment>>(std::move(got)));
      return out;
    },
  };
}

} // namespace riskbreaker::actors
