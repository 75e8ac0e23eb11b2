#include "transport/json_payloads.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace riskbreaker::transport {

namespace {

/// Our own boots are far shorter; what a journal file holds may be anything.
constexpr std::size_t usual_boot = 40;

void write_id(json_writer& out, std::string_view boot, std::uint64_t number) {
  std::array<char, usual_boot + 24> buffer;
  out.key("id");
  if (boot.size() > usual_boot) {
    out.value(std::string{boot} + '-' + std::to_string(number));
    return;
  }
  auto end = std::copy(boot.begin(), boot.end(), buffer.data());
  *end++ = '-';
  end = std::to_chars(end, buffer.data() + buffer.size(), number).ptr;
  out.value(std::string_view{buffer.data(), end});
}

void write_factors(json_writer& out, const core::fallback_score& x) {
  out.key("factors").begin_object();
  for (const auto& factor : x.factors)
    out.key(core::to_string(factor.kind))
      .begin_object()
      .member("value", factor.value)
      .member("points", factor.points)
      .member("weight", factor.weight)
      .member("available", factor.available)
      .end_object();
  out.end_object();
}

void write_llm(json_writer& out, const core::llm_report* x) {
  out.key("llm");
  if (!x) {
    out.null();
    return;
  }
  out.begin_object()
    .member("endpoint", x->endpoint)
    .member("model", x->model)
    .member("latency_ms", x->latency.count())
    .member("attempts", x->attempts)
    .member("prompt_tokens", x->prompt_tokens)
    .member("completion_tokens", x->completion_tokens)
    .member("cost_usd", x->cost_usd)
    .member("tokens_estimated", x->tokens_estimated)
    .end_object();
}

} // namespace

void write_reasons(json_writer& out, const core::assessment& x) {
  out.begin_array();
  if (x.source != core::answer_source::fallback) {
    if (x.llm && !x.llm->reasoning.empty())
      out.value(x.llm->reasoning);
  } else {
    std::string sentence;
    sentence.reserve(80);
    for (const auto& factor : x.fallback.factors) {
      if (factor.available && factor.points == 0)
        continue; // says nothing about the score
      sentence.clear();
      core::append_reason(sentence, factor, x.strategy->scoring);
      if (!sentence.empty())
        out.word(sentence);
    }
  }
  out.end_array();
}

void write_assessment(json_writer& out, const core::assessment& x,
                      std::string_view boot, std::optional<std::uint64_t> seq,
                      std::optional<std::string_view> reasons) {
  out.begin_object().member("v", 1).member("boot", boot).member("seq", seq);
  write_id(out, boot, x.id);
  out.member("final", x.final)
    .member("strategy", x.strategy->name)
    .member("pair", x.series->pair)
    .key("timeframe")
    .word(x.series->frame.name())
    .member("candle_time", epoch_ms(x.candle_time))
    .member("requested_at", epoch_ms(x.requested_at))
    .member("issued_at", epoch_ms(x.issued_at))
    .member("valid_until", epoch_ms(x.valid_until))
    .member("score", x.score)
    .member("confidence", x.confidence)
    .key("verdict")
    .word(core::to_string(x.verdict))
    .key("source")
    .word(core::to_string(x.source))
    .key("cause");
  if (x.cause)
    out.word(core::to_string(*x.cause));
  else
    out.null();
  out.key("reasons");
  if (reasons)
    out.raw(*reasons);
  else
    write_reasons(out, x);
  write_factors(out, x.fallback);
  out.key("breaker").word(core::to_string(x.breaker));
  write_llm(out, x.llm.get());
  out.end_object();
}

} // namespace riskbreaker::transport
