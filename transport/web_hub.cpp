#include "transport/web_hub.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

namespace riskbreaker::transport {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;

/// So much of a long body is made at once.
constexpr std::size_t piece_size = 64u << 10;

core::unix_ms wall_now() {
  return std::chrono::floor<core::milliseconds>(
    std::chrono::system_clock::now());
}

} // namespace

web_hub::web_hub(asio::io_context& io, const web_limits& limits)
  : io_(io), limits_(limits), news_(io), comments_(io) {
  board.on_news = [this] {
    asio::post(io_, [this] { schedule_news(); });
  };
}

void web_hub::gone(const session_ptr& x) {
  if (listening_.erase(x) > 0)
    retune();
}

/// Eyes need no more, and each look costs a write per listener.
std::chrono::milliseconds web_hub::pause() const {
  return 50ms + listening_.size() * 1ms;
}

void web_hub::latest(const session_ptr& x) {
  struct walk {
    std::string after;
    bool done = false;
    bool begun = false;
    bool any = false;
  };
  x->stream("application/json", [this, state = walk{}]() mutable {
    std::string out;
    if (!std::exchange(state.begun, true))
      out = "{\"ok\":true,\"assessments\":[";
    else if (state.done)
      return out;
    while (!state.done && out.size() < piece_size)
      for (const auto& one : board.last_values(
             state.after, bit_of(event_kind::risk), piece_size, state.done))
        out.append(std::exchange(state.any, true) ? "," : "")
          .append(json_of(one.payload));
    if (state.done)
      out += "]}";
    return out;
  });
}

void web_hub::transitions(const session_ptr& x) {
  web_reply out;
  out.text = "{\"ok\":true,\"transitions\":[";
  bool any = false;
  for (const auto& one : board.transitions(wall_now()))
    out.text.append(std::exchange(any, true) ? "," : "").append(*one);
  out.text += "]}";
  x->answer(out);
}

void web_hub::listen(const session_ptr& x, event_kinds kinds) {
  if (listening_.size() >= limits_.event_clients) {
    x->answer(refuse(503, "busy", "too many listeners; close some pages"));
    return;
  }
  // First, so that nothing new is missed while the last values go out.
  listening_.insert(x);
  retune();
  x->listen(kinds, [this, kinds, after = std::string{},
                    done = false]() mutable {
    std::string out;
    while (!done && out.empty())
      for (const auto& one : board.last_values(after, kinds, piece_size, done))
        append_event(out, one.kind, one.topic, one.payload);
    return out;
  });
  if (!x->listens()) { // a HEAD request, or it is gone already
    listening_.erase(x);
    retune();
  } else if (listening_.size() == 1) {
    keep_alive();
  }
}

/// All listeners together get so much; each at least that.
void web_hub::retune() {
  constexpr std::size_t least = 16u << 10;
  constexpr std::size_t most = 256u << 10;
  constexpr std::size_t all = 2u << 20;
  const auto n = listening_.size();
  count_ = n;
  board.listen(n == 0 ? 0 : std::clamp(all / n, least, most));
}

void web_hub::schedule_news() {
  if (std::exchange(news_due_, true))
    return;
  news_.expires_at(last_news_ + pause());
  news_.async_wait([this](error_code ec) {
    if (!ec)
      tell_news();
  });
}

void web_hub::tell_news() {
  news_due_ = false;
  last_news_ = std::chrono::steady_clock::now();
  bool more = false;
  const auto events = board.take(more);
  if (more) // first: what fails below must not end the news
    schedule_news();
  std::unordered_map<event_kinds, shared_text> texts;
  // One that is cut off leaves the set.
  for (const auto& x :
       std::vector<session_ptr>{listening_.begin(), listening_.end()}) {
    const auto kinds = x->listens().value_or(0);
    auto& text = texts[kinds];
    if (!text) {
      std::string out;
      for (const auto& one : events)
        if ((kinds & bit_of(one.kind)) != 0)
          append_event(out, one.kind, one.topic, one.payload);
      text = std::make_shared<const std::string>(std::move(out));
    }
    if (!text->empty())
      x->send(text);
  }
}

/// Middlemen close what is silent for long.
void web_hub::keep_alive() {
  comments_.expires_after(15s);
  comments_.async_wait([this](error_code ec) {
    if (ec || listening_.empty())
      return;
    const auto text = std::make_shared<const std::string>(": still here\n\n");
    for (const auto& x :
         std::vector<session_ptr>{listening_.begin(), listening_.end()})
      x->send(text);
    keep_alive();
  });
}

} // namespace riskbreaker::transport
