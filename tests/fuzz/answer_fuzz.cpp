// Feeds whole replies to the answer reader: the first byte picks status, fault
// and content type, the rest is the body: once as the answer about one pair,
// once about two.

#include "core/llm/answer.hpp"
#include "transport/json_parser.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace riskbreaker;

namespace {

void require(bool holds) {
  if (!holds)
    std::abort();
}

core::http_reply make_reply(const std::uint8_t* data, std::size_t size) {
  constexpr std::array<long, 8> statuses{200, 200, 200, 204,
                                         400, 401, 429, 503};
  constexpr std::array<const char*, 3> types{"application/json", "text/html",
                                             "text/event-stream"};
  core::http_reply reply;
  auto pick = size > 0 ? data[0] : std::uint8_t{0};
  reply.status = statuses[pick % statuses.size()];
  reply.headers.emplace_back("content-type", types[(pick >> 3) % types.size()]);
  if (pick >> 6 == 3)
    reply.fault = core::http_fault::lost;
  if (size > 1)
    reply.body.assign(reinterpret_cast<const char*>(data + 1), size - 1);
  // The body doubles as a header, so that dates and numbers are met as well.
  reply.headers.emplace_back("retry-after", reply.body.substr(0, 64));
  return reply;
}

void check(const core::model_answer& x) {
  require(x.risk_score >= 0 && x.risk_score <= 100);
  require(x.confidence >= 0 && x.confidence <= 1);
  require(x.reasoning.size() <= 4'000);
}

void check(const core::shared_answer& x) {
  require(x.pairs.size() == 2 && (x.pairs[0] || x.pairs[1]));
  for (const auto& one : x.pairs)
    if (one) {
      require(one->risk_score >= 0 && one->risk_score <= 100);
      require(one->confidence >= 0 && one->confidence <= 1);
      require(one->reasoning.size() <= 4'000);
    }
}

void check(const core::call_failure& x) {
  require(x.verdict != core::call_verdict::success);
  require(x.detail.size() < 300);
  require(!x.retry_after || x.retry_after->count() >= 0);
  for (auto c : x.detail)
    require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  constexpr core::unix_ms wall{core::milliseconds{1'700'000'000'000}};
  auto result = core::read_reply(make_reply(data, size), "BTC/USDT",
                                 transport::parse_json, wall);
  std::visit([](auto& x) { check(x); }, result);
  auto shared
    = core::read_shared_reply(make_reply(data, size), {"BTC/USDT", "ETH/USDT"},
                              transport::parse_json, wall);
  std::visit([](auto& x) { check(x); }, shared);
  return 0;
}
