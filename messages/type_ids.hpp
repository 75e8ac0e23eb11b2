#pragma once

// The one place where message types and atoms are announced to CAF. Messages
// share immutable data by pointer and never leave the process, so they need no
// wire format; one that shall travel gets an `inspect` and a type ID here.

#include "messages/control.hpp"
#include "messages/errc.hpp"
#include "messages/events.hpp"
#include "messages/journal.hpp"
#include "messages/llm.hpp"
#include "messages/market.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::core::config_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::core::history_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::answers_published)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::assess_command)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::assessments)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::breaker_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::breaker_command)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::breaker_counted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::breaker_reply)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::breaker_saved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::budget_saved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::call_finished)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::call_started)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::candles_refused)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::config_text)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::control_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::frame_batch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::history_listing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::http_done)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::ingest_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::llm_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::llm_result)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::metrics_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::private_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::risk_requests)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::risk_scores)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::series_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::series_listing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::series_moved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::series_saved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::stats_listing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::stats_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::strategies_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riskbreaker::messages::strategy_listing)

#define RISKBREAKER_ADD_TYPE_ID(type) CAF_ADD_TYPE_ID(riskbreaker, type)
#define RISKBREAKER_ADD_ATOM(name, text)                                       \
  CAF_ADD_ATOM(riskbreaker, riskbreaker::atom, name, text)

CAF_BEGIN_TYPE_ID_BLOCK(riskbreaker, caf::first_custom_type_id)

  RISKBREAKER_ADD_TYPE_ID((riskbreaker::messages::errc))

  // Texts: [a-z0-9_], at most 10 characters; CAF 0.17 packs them in 64 bit.
  RISKBREAKER_ADD_ATOM(beat, "beat")     // the publisher's heartbeat
  RISKBREAKER_ADD_ATOM(config, "config") // asks for the effective config
  RISKBREAKER_ADD_ATOM(flush, "flush")   // tells ingest's held-back refusals
  RISKBREAKER_ADD_ATOM(query, "query")   // asks for a listing
  RISKBREAKER_ADD_ATOM(reload, "reload") // reads the files again
  RISKBREAKER_ADD_ATOM(resume, "resume") // a retry's wait is over
  RISKBREAKER_ADD_ATOM(prune, "prune")   // the journal deletes old rows
  RISKBREAKER_ADD_ATOM(save, "save")     // series are due for the journal
  RISKBREAKER_ADD_ATOM(series, "series") // asks ingest for its series
  RISKBREAKER_ADD_ATOM(shutdown, "shutdown") // answers all that is open
  RISKBREAKER_ADD_ATOM(tick, "tick")         // a timer came due

CAF_END_TYPE_ID_BLOCK(riskbreaker)

#undef RISKBREAKER_ADD_ATOM
#undef RISKBREAKER_ADD_TYPE_ID
