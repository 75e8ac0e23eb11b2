#pragma once

#include "tests/support/catch.hpp"
#include "transport/http_client.hpp"
#include "transport/llm_simulator.hpp"

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace riskbreaker::transport {

using namespace std::chrono_literals;

inline std::future<core::http_reply> send(http_client& client,
                                          http_request request) {
  auto promise = std::make_shared<std::promise<core::http_reply>>();
  client.submit(std::move(request), [promise](core::http_reply&& reply) {
    promise->set_value(std::move(reply)); // throws if called twice
  });
  return promise->get_future();
}

/// Waits with a bound, so that a lost reply fails the test that lost it.
inline core::http_reply take(std::future<core::http_reply>& reply) {
  REQUIRE(reply.wait_for(20s) == std::future_status::ready);
  return reply.get();
}

inline core::http_reply fetch(http_client& client, http_request request) {
  auto reply = send(client, std::move(request));
  return take(reply);
}

inline std::string chat_body(const std::string& user = "closes: 100.5 101.2 "
                                                       "99.8 100.1") {
  return R"({"model":"m-1","messages":[{"role":"system","content":"Be brief."},)"
         R"({"role":"user","content":")"
         + user + R"("}]})";
}

inline http_request chat(const llm_simulator& server,
                         core::milliseconds timeout = 5s) {
  http_request request;
  request.url = server.url() + "/chat/completions";
  request.body = chat_body();
  request.headers = {"Authorization: Bearer sk-test-123456"};
  request.timeout = timeout;
  return request;
}

inline http_request get(std::string url) {
  http_request request;
  request.url = std::move(url);
  request.timeout = 5s;
  return request;
}

inline std::string header_of(const core::http_reply& reply,
                             std::string_view name) {
  for (const auto& [key, value] : reply.headers)
    if (key == name)
      return value;
  return {};
}

/// A simulator that runs from its construction on.
struct running_simulator : llm_simulator {
  explicit running_simulator(const std::string& fault = "ok")
    : llm_simulator{llm_simulator_config{}} {
    start();
    REQUIRE(!set_fault(fault));
  }
};

} // namespace riskbreaker::transport
