#pragma once

#include "tests/support/published.hpp"
#include "transport/reactor.hpp"

#include <zmq.hpp>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

/// No wait in these tests lasts longer than this.
inline constexpr std::chrono::milliseconds patience{10'000};
/// How long something that must not happen gets to happen.
inline constexpr std::chrono::milliseconds quiet{150};

/// What the reactor handed in, kept together with its credits.
class taken_batches {
public:
  void take(riskbreaker::transport::raw_batch&& x) {
    const std::lock_guard guard{mutex_};
    std::uint32_t begin = 0;
    for (const auto end : x.ends) {
      frames_.push_back(x.buffer.substr(begin, end - begin));
      begin = end;
    }
    multipart_ += x.multipart;
    oversized_.insert(oversized_.end(), x.oversized.begin(), x.oversized.end());
    padded_ = padded_
              && x.buffer.size() - begin
                   == riskbreaker::transport::raw_batch::padding;
    sizes_.push_back(x.ends.size());
    if (holding_)
      credits_.push_back(std::move(x.credits));
    changed_.notify_all();
  }

  /// Whether `n` frames came in time.
  bool wait_for(std::size_t n) {
    return wait([&] { return frames_.size() >= n; });
  }

  template <class Predicate>
  bool wait(Predicate done, std::chrono::milliseconds timeout = patience) {
    std::unique_lock guard{mutex_};
    return changed_.wait_for(guard, timeout, done);
  }

  /// While held, no credit goes back.
  void hold() {
    const std::lock_guard guard{mutex_};
    holding_ = true;
  }

  std::vector<riskbreaker::transport::credit_ptr> let_go() {
    const std::lock_guard guard{mutex_};
    holding_ = false;
    return std::exchange(credits_, {});
  }

  std::vector<std::string> frames() {
    const std::lock_guard guard{mutex_};
    return frames_;
  }

  // Read these only when nothing comes in any more, or inside of `wait`.
  std::vector<std::string> frames_;
  std::vector<std::string> oversized_;
  std::vector<std::size_t> sizes_;
  std::uint32_t multipart_ = 0;
  bool padded_ = true;

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool holding_ = false;
  std::vector<riskbreaker::transport::credit_ptr> credits_;
};

/// Who was not let in.
class told_strangers {
public:
  void add(const riskbreaker::transport::stranger& x) {
    const std::lock_guard guard{mutex_};
    all_.push_back(x);
    changed_.notify_all();
  }

  /// The first `n`, or fewer if they did not come in time.
  std::vector<riskbreaker::transport::stranger> wait_for(std::size_t n) {
    std::unique_lock guard{mutex_};
    changed_.wait_for(guard, patience, [&] { return all_.size() >= n; });
    return all_;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<riskbreaker::transport::stranger> all_;
};

/// A reactor on free ports, with peers that give up after `patience`. Control
/// requests are answered with "re:" and their body.
class reactor_fixture {
public:
  explicit reactor_fixture(riskbreaker::transport::reactor_config config = {}) {
    config.candles_bind = config.results_bind = config.control_bind
      = "tcp://127.0.0.1:*";
    reactor = riskbreaker::transport::make_reactor(std::move(config));
    reactor->start({[this](riskbreaker::transport::raw_batch&& x) {
                      batches.take(std::move(x));
                    },
                    [this](std::vector<std::string> route, std::string body) {
                      reactor->reply({std::move(route), "re:" + body});
                    },
                    [this](const riskbreaker::transport::stranger& x) {
                      strangers.add(x);
                    }});
  }

  ~reactor_fixture() {
    reactor->stop(); // before anything goes that its handlers use
  }

  zmq::socket_t peer(zmq::socket_type type, const std::string& endpoint) {
    zmq::socket_t result{context, type};
    result.set(zmq::sockopt::linger, 0);
    result.set(zmq::sockopt::rcvtimeo, static_cast<int>(patience.count()));
    result.set(zmq::sockopt::sndtimeo, static_cast<int>(patience.count()));
    result.set(zmq::sockopt::rcvhwm, 0);
    result.connect(endpoint);
    return result;
  }

  zmq::socket_t push() {
    return peer(zmq::socket_type::push, reactor->candles_endpoint());
  }

  zmq::socket_t sub(const std::string& prefix) {
    auto result = peer(zmq::socket_type::sub, reactor->results_endpoint());
    result.set(zmq::sockopt::subscribe, prefix);
    return result;
  }

  void publish(std::string_view topic, std::string_view payload,
               bool keep = true) {
    reactor->publish(riskbreaker::tests::frame_of(topic, payload, keep));
  }

  /// Returns when all is sent that was published. Who subscribes while it is on
  /// its way may get it live and then as a last value.
  void settle() {
    auto req = peer(zmq::socket_type::req, reactor->control_endpoint());
    zmq::message_t answer;
    if (!req.send(zmq::str_buffer("settle")) || !req.recv(answer))
      throw std::runtime_error("the reactor does not answer");
  }

  /// A subscriber that is known to be connected: it saw a message.
  zmq::socket_t joined_sub(const std::string& prefix) {
    publish(prefix, "hello");
    settle();
    auto result = sub(prefix);
    receive(result);
    return result;
  }

  /// "topic=payload", or nothing when none came in time.
  static std::optional<std::string>
  receive(zmq::socket_t& sub, std::chrono::milliseconds timeout = patience) {
    sub.set(zmq::sockopt::rcvtimeo, static_cast<int>(timeout.count()));
    zmq::message_t topic;
    zmq::message_t payload;
    if (!sub.recv(topic) || !topic.more() || !sub.recv(payload))
      return std::nullopt;
    return topic.to_string() + '=' + payload.to_string();
  }

  zmq::context_t context;
  taken_batches batches;
  told_strangers strangers;
  std::unique_ptr<riskbreaker::transport::reactor> reactor;
};

inline bool send(zmq::socket_t& socket, const std::string& frame) {
  return socket.send(zmq::buffer(frame)).has_value();
}
