#include "actors/llm_request.hpp"

#include <algorithm>
#include <utility>

namespace riskbreaker::actors {

namespace {

std::vector<std::string> headers_for(const core::endpoint& x) {
  std::vector<std::string> out{"Content-Type: application/json",
                               "Accept: application/json"};
  if (!x.api_key.empty())
    out.push_back("Authorization: Bearer " + x.api_key);
  out.insert(out.end(), x.headers.begin(), x.headers.end());
  return out;
}

std::string chat_url(const core::endpoint& x) {
  auto url = x.url;
  while (!url.empty() && url.back() == '/')
    url.pop_back();
  return url + "/chat/completions";
}

} // namespace

core::prompt prompt_of(const messages::llm_call& x) {
  std::vector<core::prompt_data> pairs;
  for (std::size_t n = 0; n < x.batch->requests.size(); ++n) {
    const auto& request = x.batch->requests[n];
    core::prompt_data data;
    data.pair = request.series->pair;
    data.timeframe = request.series->frame.name();
    data.candle_time = request.candle_time;
    data.candles = request.window.get();
    data.market = request.market;
    data.fallback = x.fallbacks[n];
    data.scoring = request.strategy->scoring;
    data.own = request.strategy->prompt ? &*request.strategy->prompt : nullptr;
    pairs.push_back(data);
  }
  return core::make_shared_prompt(std::move(pairs));
}

std::vector<std::string_view> pairs_of(const messages::llm_call& x) {
  std::vector<std::string_view> out;
  for (const auto& request : x.batch->requests)
    out.emplace_back(request.series->pair);
  return out;
}

transport::http_request
request_of(const core::endpoint& x, const core::prompt& prompt,
           const transport::chat_options& options, core::milliseconds timeout) {
  transport::http_request out;
  out.url = chat_url(x);
  out.body = transport::encode_chat(x.model, prompt, options);
  out.headers = headers_for(x);
  out.timeout = timeout;
  out.connect_timeout = std::min(out.connect_timeout, timeout);
  return out;
}

} // namespace riskbreaker::actors
