#pragma once

// The typed interface of every actor. Read this file first: it is the whole
// protocol. Handles are ordered so that each one only names earlier ones.

#include "messages/type_ids.hpp"

#include <caf/typed_actor.hpp>

#include <functional>

namespace riskbreaker::actors {

/// Wall time for actors: the system's clock, or a test's.
using wall_clock = std::function<core::unix_ms()>;

/// Is told when what it sent to the journal is on disk.
using series_source_actor
  = caf::typed_actor<caf::reacts_to<messages::series_saved>>;

/// Keeps what happened on disk, and what a restart needs. Waits for the disk:
/// spawn detached. Where it cannot write, it says so and drops: never fails.
using journal_actor = caf::typed_actor<
  // Keeps answers, with their numbers on their topics.
  caf::reacts_to<messages::answers_published>,
  // Keeps a transition.
  caf::reacts_to<messages::breaker_changed>,
  // Keeps refusals.
  caf::reacts_to<messages::candles_refused>,
  // Keeps a finished LLM call.
  caf::reacts_to<messages::call_finished>,
  // Keep what comes back after a restart; the newest of each name counts.
  caf::reacts_to<messages::breaker_saved>,
  caf::reacts_to<messages::budget_saved>,
  // Keeps what moved in series, then tells their source.
  caf::reacts_to<messages::series_moved, series_source_actor>,
  // Replies once all that was sent before is written or given up.
  caf::replies_to<atom::flush>::with<atom::flush>,
  // INTERNAL: What has come together since the given commit is due.
  caf::reacts_to<atom::tick, std::uint64_t>,
  // INTERNAL: Deletes a few of the rows that are too old.
  caf::reacts_to<atom::prune>>;

/// Looks up past assessments. Waits for the disk: spawn detached.
using history_actor = caf::typed_actor<
  caf::replies_to<core::history_query>::with<messages::history_listing>>;

/// Numbers and encodes what is published, and hands it to the transport. Never
/// replies, never fails, never blocks a sender.
using publisher_actor = caf::typed_actor<
  // Publishes answers on `risk.*` and `risk_provisional.*`.
  caf::reacts_to<messages::assessments>,
  // Publishes a transition on `breaker.*`.
  caf::reacts_to<messages::breaker_changed>,
  // Publishes one strategy's numbers on `stats.*`.
  caf::reacts_to<messages::stats_report>,
  // Publishes refusals on `ingest.rejected`.
  caf::reacts_to<messages::candles_refused>,
  // Publishes the result of a load or reload on `config`.
  caf::reacts_to<core::config_report>,
  // Follows a reload: topics of strategies that are gone are kept no more.
  caf::reacts_to<messages::strategies_changed>,
  // Keeps the topics of a series no more.
  caf::reacts_to<messages::series_ended>,
  // Replies once all that was sent before has been handed over.
  caf::replies_to<atom::flush>::with<atom::flush>,
  // INTERNAL: The heartbeat of every second.
  caf::reacts_to<atom::beat>>;

/// Counts what happened. Never fails, never blocks a sender.
using stats_actor = caf::typed_actor<
  // Counts requests and answers.
  caf::reacts_to<messages::assessments>,
  // Counts a transition and publishes the strategy's numbers at once.
  caf::reacts_to<messages::breaker_changed>,
  // Keeps a breaker's numbers up to date between transitions.
  caf::reacts_to<messages::breaker_counted>,
  // Counts a call as open.
  caf::reacts_to<messages::call_started>,
  // Counts a finished call, its time, tokens and cost.
  caf::reacts_to<messages::call_finished>,
  // At the start and after a reload: strategies and their endpoints begin at
  // zero, gone ones are dropped.
  caf::reacts_to<messages::strategies_changed>,
  // Replies with the numbers of all strategies.
  caf::replies_to<atom::query>::with<messages::stats_listing>,
  // INTERNAL: Publishes all strategies' numbers.
  caf::reacts_to<atom::tick>>;

/// Turns candles' indicators into scores. Never fails.
using fallback_scorer_actor = caf::typed_actor<
  // Replies with one score per request, in order.
  caf::replies_to<messages::risk_requests>::with<messages::risk_scores>>;

/// Takes the results of LLM calls.
using call_client_actor = caf::typed_actor<
  // The end of one `llm_call`.
  caf::reacts_to<messages::llm_result>>;

/// Talks to the model endpoints. Blocks nobody: the HTTP client has a thread of
/// its own. Sends exactly one `llm_result` per call, unless it dies.
using llm_caller_actor = caf::typed_actor<
  // Makes one logical call with its attempts and waits.
  caf::reacts_to<messages::llm_call, call_client_actor>,
  // INTERNAL: An HTTP exchange is over.
  caf::reacts_to<messages::http_done>,
  // INTERNAL: The wait before the given attempt of the given call is over.
  caf::reacts_to<atom::resume, std::uint64_t, std::uint32_t>>;

/// Takes the answers to `assess` commands.
using ticket_holder_actor
  = caf::typed_actor<caf::reacts_to<messages::private_answer>>;

/// Decides for each request whether the LLM may be asked, and sees to it that
/// each gets exactly one final answer, in time.
using breaker_supervisor_actor = caf::typed_actor<
  // Answers each request of the batch.
  caf::reacts_to<messages::risk_requests>,
  // The fallback's scores of a batch that was sent to it.
  caf::reacts_to<messages::risk_scores>,
  // The end of an LLM call; may come too late.
  caf::reacts_to<messages::llm_result>,
  // Applies a reload; open requests keep the strategy they were made with.
  caf::reacts_to<messages::strategies_changed>,
  // Where answers of tickets go.
  caf::reacts_to<ticket_holder_actor>,
  // Forces or resets a breaker. Fails with `errc::unknown_strategy`.
  caf::replies_to<messages::breaker_command>::with<messages::breaker_reply>,
  // Replies with what every breaker looks like.
  caf::replies_to<atom::query>::with<messages::strategy_listing>,
  // Answers all that is open with the fallback, and from now on everything at
  // once. Replies, when nothing is left, with the number of calls cut short.
  caf::replies_to<atom::shutdown>::with<std::uint64_t>,
  // INTERNAL: A deadline, lease or retry time of the given epoch came due.
  caf::reacts_to<atom::tick, std::uint64_t>>;

/// Decodes, validates and keeps candles, and asks for assessments.
using candle_ingest_actor = caf::typed_actor<
  // Takes in what the socket read.
  caf::reacts_to<messages::frame_batch>,
  // Applies a reload: who watches what, and the limits.
  caf::reacts_to<messages::strategies_changed>,
  // Asks for the newest candle once more, for a control client alone. Replies
  // with the ticket, or fails with an `errc` that says what is not known.
  caf::replies_to<messages::assess_command>::with<std::uint64_t>,
  // Replies with all series.
  caf::replies_to<atom::series>::with<messages::series_listing>,
  // Replies with what was counted.
  caf::replies_to<atom::query>::with<messages::ingest_report>,
  // INTERNAL: Tells how many refusals were held back.
  caf::reacts_to<atom::flush>,
  // The journal has written what it was sent last, or has not.
  caf::reacts_to<messages::series_saved>,
  // Hands everything that moved to the journal, however much; to shut down.
  caf::replies_to<atom::shutdown>::with<std::uint64_t>,
  // INTERNAL: Hands what moved lately to the journal.
  caf::reacts_to<atom::save>>;

/// Keeps the configuration files. Reads the disk: spawn detached.
using config_keeper_actor = caf::typed_actor<
  // Reads the files again and applies them, all or nothing.
  caf::replies_to<atom::reload>::with<core::config_report>,
  // Replies with the effective configuration.
  caf::replies_to<atom::config>::with<messages::config_text>>;

/// Answers control clients, one reply per request.
using control_actor = ticket_holder_actor::extend<
  // Who keeps the configuration; `reload` and `config` fail until then.
  caf::reacts_to<config_keeper_actor>,
  // Answers the request, now or when those who know have replied.
  caf::reacts_to<messages::control_request>,
  // Answers with the metrics when those who know have replied.
  caf::reacts_to<messages::metrics_request>,
  // INTERNAL: A ticket that was not answered in time.
  caf::reacts_to<atom::tick, std::uint64_t>,
  // Keeps the version of the configuration that is in force.
  caf::reacts_to<core::config_report>>;

} // namespace riskbreaker::actors
