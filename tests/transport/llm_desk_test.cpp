#include "tests/support/catch.hpp"
#include "transport/llm_desk.hpp"

using namespace riskbreaker::transport;

namespace {

constexpr std::string_view chat_target = "/v1/chat/completions";
constexpr std::string_view question
  = R"({"model":"m-1","messages":[{"role":"user","content":"100 101 99"}]})";

llm_fault fault_of(std::string_view text) {
  return std::get<llm_fault>(parse_llm_fault(text));
}

/// All that would be sent at once.
std::string text_of(const desk_reply& reply) {
  std::string text;
  for (const auto& step : reply.script.steps)
    text += step.bytes;
  return text;
}

std::string ask(llm_desk& desk, std::string_view method,
                std::string_view target, std::string_view body = {}) {
  return text_of(desk.answer({method, target, body}));
}

} // namespace

TEST_CASE("equal requests get equal bytes", "[llm_simulator]") {
  llm_desk one{7, {}}, other{7, {}}, third{8, {}};
  const auto answer = ask(one, "POST", chat_target, question);
  CHECK(answer == ask(other, "POST", chat_target, question));
  CHECK(answer != ask(third, "POST", chat_target, question));
  CHECK_THAT(answer, Catch::StartsWith("HTTP/1.1 200 OK\r\n"));
  CHECK_THAT(answer, Catch::Contains(R"("model":"m-1")"));
  CHECK_THAT(answer, Catch::Contains(R"("prompt_tokens":3)"));
}

TEST_CASE("a chat request that is none gets a 400", "[llm_simulator]") {
  llm_desk desk{1, {}};
  for (const auto* body :
       {"", "{", "[]", "{}", R"({"messages":[]})", R"({"messages":["x"]})",
        R"({"messages":[{"role":"user"}]})"})
    CHECK_THAT(ask(desk, "POST", chat_target, body),
               Catch::StartsWith("HTTP/1.1 400 "));
}

TEST_CASE("content may be text or parts, and roles may be anything",
          "[llm_simulator]") {
  llm_desk desk{1, {}};
  for (
    const auto* body :
    {R"({"messages":[{"role":"user","content":[{"type":"text","text":"5"}]}]})",
     R"({"model":3,"messages":[{"role":7,"content":null}]})"})
    CHECK_THAT(ask(desk, "POST", chat_target, body),
               Catch::StartsWith("HTTP/1.1 200 "));
}

TEST_CASE("unknown addresses and methods are told apart", "[llm_simulator]") {
  llm_desk desk{1, fault_of("status:500")};
  CHECK_THAT(ask(desk, "GET", "/"), Catch::StartsWith("HTTP/1.1 404 "));
  CHECK_THAT(ask(desk, "GET", chat_target), Catch::StartsWith("HTTP/1.1 405 "));
  CHECK_THAT(ask(desk, "POST", "/_sim"), Catch::StartsWith("HTTP/1.1 405 "));
  CHECK_THAT(ask(desk, "GET", "/_sim/fault"),
             Catch::StartsWith("HTTP/1.1 405 "));
  CHECK_THAT(ask(desk, "GET", "/healthz"), Catch::StartsWith("HTTP/1.1 200 "));
  CHECK_THAT(ask(desk, "GET", "/_sim/?x=1"),
             Catch::StartsWith("HTTP/1.1 200 "));
}

TEST_CASE("every N-th request is a flaky server's failure", "[llm_simulator]") {
  llm_desk desk{1, {}};
  ask(desk, "POST", chat_target, question);
  desk.set_fault(fault_of("flaky:3"));
  std::string seen;
  for (int i = 0; i < 7; ++i)
    seen += ask(desk, "POST", chat_target, question)[9];
  CHECK(seen == "2252252");
}

TEST_CASE("faults are set and counts read over HTTP", "[llm_simulator]") {
  llm_desk desk{1, {}};
  CHECK_THAT(ask(desk, "PUT", "/_sim/fault", "status:503"),
             Catch::Contains(R"("fault":"status:503")"));
  CHECK_THAT(ask(desk, "POST", chat_target, question),
             Catch::StartsWith("HTTP/1.1 503 "));
  CHECK_THAT(ask(desk, "POST", "/_sim/fault", "explode"),
             Catch::StartsWith("HTTP/1.1 400 ")
               && Catch::Contains("unknown fault"));
  CHECK_THAT(ask(desk, "GET", "/_sim"),
             Catch::Contains(R"("received":1)")
               && Catch::Contains(R"("in_flight":1)")
               && Catch::Contains(R"("by_fault":{"status":1})"));
  CHECK_THAT(ask(desk, "POST", "/_sim/reset"),
             Catch::Contains(R"("received":0)")
               && Catch::Contains(R"("in_flight":1)"));
  desk.finished(false);
  CHECK(desk.counts().in_flight == 0);
}

TEST_CASE("a control request with odd bytes is answered", "[llm_simulator]") {
  llm_desk desk{1, {}};
  CHECK_THAT(ask(desk, "PUT", "/_sim/fault", "\xff\xfe"),
             Catch::StartsWith("HTTP/1.1 400 "));
  CHECK_THAT(ask(desk, "PUT", "/_sim/fault", "status:500+retry_after=\xff"),
             Catch::StartsWith("HTTP/1.1 200 "));
}

TEST_CASE("faults of an answer's text do not touch the list of models",
          "[llm_simulator]") {
  const auto* fault
    = GENERATE("malformed", "no_choices", "out_of_range", "empty");
  llm_desk desk{1, fault_of(fault)};
  CHECK_THAT(ask(desk, "GET", "/v1/models"),
             Catch::StartsWith("HTTP/1.1 200 ")
               && Catch::Contains(R"("object":"list")"));
}

TEST_CASE("a client that asks for it gets its connection closed",
          "[llm_simulator]") {
  llm_desk desk{1, {}};
  const auto reply = desk.answer({"POST", chat_target, question, false, false});
  CHECK(reply.script.end == reply_end::close);
  CHECK_THAT(text_of(reply), Catch::Contains("Connection: close\r\n"));
}
