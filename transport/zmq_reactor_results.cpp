#include "transport/zmq_reactor_results.hpp"

#include <algorithm>
#include <utility>

namespace riskbreaker::transport {

namespace {

constexpr char subscribe
  = 1; ///< first byte of a subscription; a prefix follows

} // namespace

void results_port::send(std::string_view topic, std::string_view payload) {
  xpub_.send(zmq::buffer(topic),
             zmq::send_flags::sndmore | zmq::send_flags::dontwait);
  xpub_.send(zmq::buffer(payload), zmq::send_flags::dontwait);
}

void results_port::publish(const out_frame& x) {
  if (x.forget) {
    cache_.forget(x.topic);
    return;
  }
  send(x.topic, x.payload);
  if (x.keep)
    cache_.put(x.topic, x.payload);
}

void results_port::read(int n) {
  zmq::message_t frame;
  for (; n > 0 && xpub_.recv(frame, zmq::recv_flags::dontwait); --n) {
    const bool first = !std::exchange(inside_message_, frame.more());
    const auto text = frame.to_string_view();
    if (first && !text.empty() && text.front() == subscribe)
      request_replay(text.substr(1));
  }
}

void results_port::request_replay(std::string_view prefix) {
  const auto waits = [&](const replay_job& x) {
    return !x.last && x.prefix == prefix;
  };
  // One that has not begun serves all who asked for it.
  if (cache_.next(prefix, std::nullopt)
      && std::none_of(replays_.begin(), replays_.end(), waits))
    replays_.push_back({std::string{prefix}});
}

void results_port::replay(int n) {
  while (n > 0 && !replays_.empty()) {
    auto& job = replays_.front();
    const auto x = cache_.next(job.prefix, job.last);
    if (!x) {
      replays_.pop_front();
      continue;
    }
    send(x->topic, *x->payload);
    job.last = x->topic;
    --n;
  }
}

} // namespace riskbreaker::transport
