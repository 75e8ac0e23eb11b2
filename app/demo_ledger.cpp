#include "app/demo_ledger.hpp"

#include <nlohmann/json.hpp>
#include <zmq.hpp>

#include <algorithm>
#include <utility>

namespace riskbreaker::app {

namespace {

using json = nlohmann::json;

bool starts_with(const std::string& text, std::string_view prefix) {
  return text.compare(0, prefix.size(), prefix) == 0;
}

} // namespace

demo_ledger::demo_ledger(const std::string& endpoint,
                         const std::string& strategy, on_transition tell)
  : tell_(std::move(tell)),
    thread_([this, endpoint, strategy] { run(endpoint, strategy); }) {
  // nop
}

demo_ledger::~demo_ledger() {
  {
    std::lock_guard guard{mutex_};
    stop_ = true;
  }
  thread_.join();
}

void demo_ledger::run(const std::string& endpoint,
                      const std::string& strategy) {
  zmq::context_t context;
  zmq::socket_t socket{context, zmq::socket_type::sub};
  socket.set(zmq::sockopt::rcvtimeo, 50);
  socket.set(zmq::sockopt::linger, 0);
  for (const auto& topic : {"risk." + strategy, "risk_provisional." + strategy,
                            "breaker." + strategy})
    socket.set(zmq::sockopt::subscribe, topic);
  socket.connect(endpoint);
  for (;;) {
    {
      std::lock_guard guard{mutex_};
      if (stop_)
        return;
    }
    zmq::message_t topic;
    zmq::message_t payload;
    if (socket.recv(topic) && socket.recv(payload))
      book(topic.to_string(), payload.to_string());
  }
}

void demo_ledger::book(const std::string& topic, const std::string& payload) {
  auto x = json::parse(payload);
  std::lock_guard guard{mutex_};
  auto& last = seqs_[topic];
  auto seq = x["seq"].get<std::uint64_t>();
  if (seq <= last)
    return; // the last value, replayed to somebody
  gaps_ += last == 0 ? 0 : seq - last - 1;
  last = seq;
  if (starts_with(topic, "breaker.")) {
    if (x["from"] == x["to"]) {
      subscribed_ = true; // the state at the start, kept for late subscribers
    } else {
      transitions_.push_back(
        {x["from"], x["to"], x["cause"], std::chrono::steady_clock::now()});
      tell_(transitions_.back());
    }
  } else if (starts_with(topic, "risk_provisional.")) {
    ++provisional_;
  } else {
    demo_answer got{x["pair"],
                    x["timeframe"],
                    x["candle_time"],
                    x["score"],
                    x["verdict"],
                    x["source"],
                    x["cause"].is_null() ? "" : x["cause"].get<std::string>()};
    if (++seen_[topic + ' ' + std::to_string(got.candle_time)] > 1)
      ++repeated_;
    answers_.push_back(std::move(got));
  }
  changed_.notify_all();
}

bool demo_ledger::wait_subscribed(std::chrono::milliseconds limit) {
  std::unique_lock guard{mutex_};
  return changed_.wait_for(guard, limit, [this] { return subscribed_; });
}

bool demo_ledger::wait_answers(std::size_t count,
                               std::chrono::milliseconds limit) {
  std::unique_lock guard{mutex_};
  return changed_.wait_for(guard, limit,
                           [&] { return answers_.size() >= count; });
}

bool demo_ledger::wait_state(const std::string& state, std::size_t skip,
                             std::chrono::milliseconds limit) {
  std::unique_lock guard{mutex_};
  return changed_.wait_for(guard, limit, [&] {
    return transitions_.size() > skip
           && std::any_of(transitions_.begin() + static_cast<long>(skip),
                          transitions_.end(),
                          [&](const auto& x) { return x.to == state; });
  });
}

std::vector<demo_answer> demo_ledger::answers() const {
  std::lock_guard guard{mutex_};
  return answers_;
}

std::vector<demo_transition> demo_ledger::transitions() const {
  std::lock_guard guard{mutex_};
  return transitions_;
}

std::size_t demo_ledger::repeated() const {
  std::lock_guard guard{mutex_};
  return repeated_;
}

std::size_t demo_ledger::gaps() const {
  std::lock_guard guard{mutex_};
  return gaps_;
}

std::size_t demo_ledger::provisional() const {
  std::lock_guard guard{mutex_};
  return provisional_;
}

} // namespace riskbreaker::app
