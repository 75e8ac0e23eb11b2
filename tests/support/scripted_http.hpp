#pragma once

#include "transport/http_client.hpp"

#include <deque>
#include <map>
#include <string>
#include <vector>

namespace riskbreaker::tests {

/// An HTTP client without a network: records what it is asked and answers from
/// a script, at once or when the test says so.
class scripted_http final : public transport::http_client {
public:
  std::uint64_t submit(transport::http_request request,
                       callback done) override {
    auto id = ++last_;
    requests.push_back(std::move(request));
    if (script.empty()) {
      open_.emplace(id, std::move(done));
      return id;
    }
    auto reply = std::move(script.front());
    script.pop_front();
    done(std::move(reply));
    return id;
  }

  void cancel(std::uint64_t id) override {
    cancelled.push_back(id);
    open_.erase(id);
  }

  /// Answers the oldest request that hangs.
  void release(core::http_reply reply) {
    auto i = open_.begin();
    auto done = std::move(i->second);
    open_.erase(i);
    done(std::move(reply));
  }

  std::size_t hanging() const {
    return open_.size();
  }

  /// Replies for the next requests; a request that finds none hangs.
  std::deque<core::http_reply> script;
  std::vector<transport::http_request> requests;
  std::vector<std::uint64_t> cancelled;

private:
  std::map<std::uint64_t, callback> open_;
  std::uint64_t last_ = 0;
};

inline core::http_reply http(long status, std::string body) {
  core::http_reply out;
  out.status = status;
  out.body = std::move(body);
  out.headers = {{"content-type", "application/json"}};
  return out;
}

inline core::http_reply fault(core::http_fault what) {
  core::http_reply out;
  out.fault = what;
  return out;
}

inline core::http_reply answer(const std::string& score = "40",
                               const std::string& confidence = "0.8") {
  return http(200, R"({"model":"m-1","choices":[{"finish_reason":"stop",)"
                   R"("message":{"content":"{\"risk_score\":)"
                     + score + R"(,\"confidence\":)" + confidence
                     + R"(,\"reasoning\":\"calm\"}"}}],)"
                       R"("usage":{"prompt_tokens":100,)"
                       R"("completion_tokens":20}})");
}

} // namespace riskbreaker::tests
