#include "transport/control_codec.hpp"

#include "transport/control_codec_request.hpp"
#include "transport/json_payloads.hpp"

#include <nlohmann/json.hpp>

namespace riskbreaker::transport {

namespace {

json_writer begin_reply(bool ok, const std::string& id) {
  json_writer out;
  out.begin_object().member("ok", ok);
  if (!id.empty())
    out.key("id").raw(id);
  return out;
}

std::string end_reply(json_writer& out) {
  out.end_object();
  return out.take();
}

void write_info(json_writer& out, const daemon_info& x) {
  out.member("version", x.version)
    .member("boot", x.boot)
    .member("uptime_s", to_the_millisecond(x.uptime_s));
}

void write_strategy(json_writer& out, const core::strategy_status& x,
                    core::unix_ms now) {
  out.any_key(x.name)
    .begin_object()
    .member("state", core::to_string(x.breaker.state))
    .member("state_since", epoch_ms(x.breaker.state_since))
    .member("consecutive_failures", x.breaker.consecutive_failures)
    .member("retry_in_s", seconds_until(x.breaker.retry_at, now))
    .member("in_flight", x.in_flight)
    .array("endpoints", x.endpoints)
    .member("llm_enabled", x.llm_enabled)
    .member("draining", x.draining)
    .end_object();
}

void write_series(json_writer& out, const core::series_status& x) {
  out.begin_object()
    .member("pair", x.key.pair)
    .member("timeframe", x.key.frame.name())
    .member("candles", x.candles)
    .key("last_time");
  if (x.candles > 0)
    out.value(epoch_ms(x.last_time));
  else
    out.null(); // only a forming candle so far
  out.member("filled", x.filled).array("strategies", x.strategies).end_object();
}

void write_budgets(json_writer& out,
                   const std::vector<core::budget_status>& all) {
  out.key("budgets").begin_object();
  for (const auto& x : all)
    out.any_key(x.endpoint)
      .begin_object()
      .member("calls_today", x.calls)
      .member("calls_per_day", x.limits.calls_per_day)
      .member("usd_today", x.usd)
      .member("usd_per_day", x.limits.usd_per_day)
      .end_object();
  out.end_object();
}

void write_journal(json_writer& out,
                   const std::optional<core::journal_status>& x) {
  out.key("journal");
  if (!x) {
    out.null();
    return;
  }
  out.begin_object()
    .member("ok", x->error.empty())
    .member("path", x->path)
    .member("rows_written", x->rows_written)
    .member("rows_waiting", x->rows_waiting)
    .member("rows_lost", x->rows_lost)
    .key("error");
  if (x->error.empty())
    out.null();
  else
    out.value(x->error);
  out.end_object();
}

class json_control_codec final : public control_codec {
public:
  std::variant<control_command, control_error>
  decode(std::string_view body) override {
    return read_control_request(body);
  }

  std::string error(const control_error& x) override {
    auto out = begin_reply(false, x.id);
    out.key("error")
      .begin_object()
      .member("code", x.code)
      .member("message", x.message)
      .end_object();
    return end_reply(out);
  }

  std::string ping(const std::string& id, const daemon_info& x) override {
    auto out = begin_reply(true, id);
    write_info(out, x);
    return end_reply(out);
  }

  std::string status(const std::string& id, const daemon_info& x,
                     const std::vector<core::strategy_status>& all,
                     std::uint64_t series_count,
                     const std::optional<core::journal_status>& journal,
                     core::unix_ms now) override {
    auto out = begin_reply(true, id);
    write_info(out, x);
    out.member("config_version", x.config_version)
      .key("strategies")
      .begin_object();
    for (const auto& one : all)
      write_strategy(out, one, now);
    out.end_object().member("series_count", series_count);
    write_journal(out, journal);
    write_budgets(out, x.budgets);
    out.key("faults").begin_object();
    for (const auto& [actor, count] : x.faults)
      out.member(actor.c_str(), count);
    out.end_object();
    return end_reply(out);
  }

  std::string series(const std::string& id,
                     const std::vector<core::series_status>& all) override {
    auto out = begin_reply(true, id);
    out.key("series").begin_array();
    for (const auto& one : all)
      write_series(out, one);
    out.end_array();
    return end_reply(out);
  }

  std::string
  stats(const std::string& id, const std::vector<strategy_statistics>& all,
        const core::ingest_counts& ingest, core::unix_ms now) override {
    auto out = begin_reply(true, id);
    out.key("strategies").begin_object();
    for (const auto& [snapshot, state] : all) {
      out.any_key(snapshot.strategy).begin_object();
      write_statistics(out, snapshot, state, now);
      out.end_object();
    }
    out.end_object()
      .key("candles")
      .begin_object()
      .member("accepted", ingest.accepted)
      .member("duplicates", ingest.duplicates)
      .member("revisions", ingest.revisions)
      .member("late", ingest.late)
      .member("filled", ingest.filled)
      .member("forming", ingest.forming)
      .member("restarts", ingest.restarts)
      .member("dropped_series", ingest.dropped_series)
      .member("refused", ingest.refused)
      .key("refused_by_reason")
      .begin_object();
    for (std::size_t i = 0; i < ingest.refused_by_reason.size(); ++i)
      if (ingest.refused_by_reason[i] > 0)
        out.member(core::to_string(static_cast<core::refusal_reason>(i)),
                   ingest.refused_by_reason[i]);
    out.end_object().end_object();
    return end_reply(out);
  }

  std::string breaker(const std::string& id,
                      core::breaker_state state) override {
    auto out = begin_reply(true, id);
    out.member("state", core::to_string(state));
    return end_reply(out);
  }

  std::string log_level(const std::string& id,
                        std::string_view level) override {
    auto out = begin_reply(true, id);
    out.member("level", level);
    return end_reply(out);
  }

  std::string reload(const std::string& id,
                     const core::config_report& x) override {
    auto out = begin_reply(x.ok, id);
    if (!x.ok) {
      auto message = x.errors.empty() ? std::string{"the file was refused"}
                                      : x.errors.front();
      if (x.errors.size() > 1)
        message += " (and " + std::to_string(x.errors.size() - 1) + " more)";
      out.key("error")
        .begin_object()
        .member("code", "bad_config")
        .member("message", message + "; the running configuration stays")
        .end_object();
    }
    out.member("version", x.version)
      .array("changes", x.changes)
      .array("needs_restart", x.needs_restart);
    if (!x.ok)
      out.array("errors", x.errors);
    return end_reply(out);
  }

  std::string config(const std::string& id,
                     std::string_view effective) override {
    // Parsed and written anew: a reply is one line, whatever the text was.
    auto tree = nlohmann::ordered_json::parse(effective, nullptr, false);
    if (tree.is_discarded())
      return error({"internal", "the effective configuration is no JSON", id});
    auto out = begin_reply(true, id);
    out.key("config").raw(tree.dump(
      -1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    return end_reply(out);
  }

  std::string assess(const std::string& id, const core::assessment& x,
                     const std::string& boot) override {
    auto out = begin_reply(true, id);
    out.key("assessment");
    write_assessment(out, x, boot, std::nullopt);
    return end_reply(out);
  }

  std::string history(const std::string& id,
                      const std::vector<core::past_assessment>& all) override {
    auto out = begin_reply(true, id);
    out.key("assessments").begin_array();
    for (const auto& x : all)
      write_assessment(out, x.what, x.boot, x.seq, x.reasons);
    out.end_array();
    return end_reply(out);
  }
};

} // namespace

std::unique_ptr<control_codec> make_control_codec() {
  return std::make_unique<json_control_codec>();
}

} // namespace riskbreaker::transport
