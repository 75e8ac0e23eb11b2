#include "transport/reactor.hpp"
#include "transport/zmq_reactor_control.hpp"
#include "transport/zmq_reactor_intake.hpp"
#include "transport/zmq_reactor_mailbox.hpp"
#include "transport/zmq_reactor_results.hpp"
#include "transport/zmq_reactor_sockets.hpp"

#include <zmq.hpp>

#include <array>
#include <chrono>
#include <csignal>
#include <mutex>
#include <thread>
#include <utility>

namespace riskbreaker::transport {

namespace {

// What one round may take in of each kind, so that none starves the others.
constexpr int max_subscriptions = 64;
constexpr int max_requests = 32;
constexpr int max_questions = 32;
constexpr int max_replayed = 512;

/// What runs on the thread in which the sockets live from `start` on.
class reactor_loop {
public:
  reactor_loop(reactor_sockets& sockets, const reactor_config& config,
               std::shared_ptr<reactor_mailbox> mailbox,
               const guest_list& guests, reactor_handlers handlers)
    : mailbox_(std::move(mailbox)),
      guests_(guests),
      handlers_(std::move(handlers)),
      sockets_(sockets),
      intake_(sockets.pull, config,
              [box = mailbox_](std::uint32_t n) { box->release(n); }),
      results_(sockets.xpub),
      control_(sockets.router) {
    // nop
  }

  void run() {
    reactor_mailbox::mail mail;
    mailbox_->take(mail);
    for (send(mail); mail.running; send(mail)) {
      results_.replay(max_replayed);
      if (mail.reading || intake_.held_is_due())
        read_candles();
      if (!mail.reading && !intake_.holds())
        mailbox_->reading_is_over();
      const bool wants_candles = mail.reading && intake_.wants_more();
      wait(wants_candles);
      mailbox_->take(mail);
    }
  }

private:
  enum : std::size_t { wake_up, xpub, router, door };

  /// Frames first: they made room for the candles that the credits let in.
  void send(reactor_mailbox::mail& mail) {
    for (const auto& frames : mail.frames)
      for (const auto& frame : frames)
        results_.publish(frame);
    for (const auto& reply : mail.replies)
      control_.reply(reply);
    intake_.release(mail.credits);
    for (const auto& answer : mail.pings)
      answer();
  }

  void read_candles() {
    if (auto batch = intake_.read())
      handlers_.candles(std::move(*batch));
  }

  /// Sleeps until there is something to do, then takes in subscriptions and
  /// requests.
  void wait(bool wants_candles) {
    std::array<zmq_pollitem_t, 5> items{{
      {nullptr, mailbox_->event_fd(), ZMQ_POLLIN, 0},
      {sockets_.xpub.handle(), 0, ZMQ_POLLIN, 0},
      {sockets_.router.handle(), 0, ZMQ_POLLIN, 0},
    }};
    int count = 3;
    auto add = [&](zmq::socket_t& socket) {
      items[static_cast<std::size_t>(count++)]
        = {socket.handle(), 0, ZMQ_POLLIN, 0};
    };
    if (sockets_.door)
      add(sockets_.door->questions()); // stands at `door`
    if (wants_candles)
      add(sockets_.pull);
    const bool sleep = mailbox_->arm() && !results_.replaying();
    zmq_poll(items.data(), count, sleep ? -1 : 0);
    mailbox_->disarm(items[wake_up].revents != 0);
    if (items[xpub].revents != 0)
      results_.read(max_subscriptions);
    if (items[router].revents != 0)
      control_.read(max_requests, handlers_.control);
    if (sockets_.door)
      watch_door(items[door].revents != 0);
  }

  /// Every call of ours wakes ZeroMQ's; a look around once a second is enough.
  void watch_door(bool asked) {
    if (asked)
      sockets_.door->answer(max_questions, guests_, handlers_.refused);
    auto now = core::steady_time::clock::now();
    if (now < next_look_)
      return;
    next_look_ = now + std::chrono::seconds{1};
    sockets_.door->look_out(handlers_.refused);
  }

  std::shared_ptr<reactor_mailbox> mailbox_;
  const guest_list& guests_;
  core::steady_time next_look_{};
  reactor_handlers handlers_;
  reactor_sockets& sockets_;
  candle_intake intake_;
  results_port results_;
  control_port control_;
};

/// Its handlers must not call `stop`, which waits for them.
class zmq_reactor final : public reactor {
public:
  explicit zmq_reactor(reactor_config config)
    : config_(std::move(config)),
      guests_(config_.curve ? config_.curve->clients : core::client_lists{}),
      mailbox_(std::make_shared<reactor_mailbox>()),
      sockets_(std::make_unique<reactor_sockets>(config_)),
      candles_endpoint_(endpoint_of(sockets_->pull)),
      results_endpoint_(endpoint_of(sockets_->xpub)),
      control_endpoint_(endpoint_of(sockets_->router)) {
    // nop
  }

  ~zmq_reactor() override {
    stop();
  }

  void start(reactor_handlers handlers) override {
    // Signals are for the main thread, and would interrupt calls into ZeroMQ.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread{[this, x = std::move(handlers)]() mutable {
      pthread_setname_np(pthread_self(), "reactor");
      reactor_loop{*sockets_, config_, mailbox_, guests_, std::move(x)}.run();
    }};
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  void publish(out_frames frames) override {
    mailbox_->publish(std::move(frames));
  }

  void reply(control_reply reply) override {
    mailbox_->reply(std::move(reply));
  }

  void ping(std::function<void()> answer) override {
    mailbox_->ping(std::move(answer));
  }

  void stop_reading() override {
    mailbox_->stop_reading();
    const std::lock_guard guard{stop_mutex_};
    if (thread_.joinable())
      mailbox_->wait_reading_over(std::chrono::milliseconds{500});
  }

  void admit(core::client_lists clients) override {
    guests_.replace(std::move(clients));
  }

  void stop() override {
    const std::lock_guard guard{stop_mutex_};
    mailbox_->stop();
    if (thread_.joinable())
      thread_.join();
    sockets_.reset(); // waits for what is queued, as long as `linger` allows
  }

  std::string candles_endpoint() const override {
    return candles_endpoint_;
  }

  std::string results_endpoint() const override {
    return results_endpoint_;
  }

  std::string control_endpoint() const override {
    return control_endpoint_;
  }

private:
  const reactor_config config_;
  guest_list guests_;
  const std::shared_ptr<reactor_mailbox> mailbox_;
  std::unique_ptr<reactor_sockets> sockets_;
  const std::string candles_endpoint_;
  const std::string results_endpoint_;
  const std::string control_endpoint_;
  std::mutex stop_mutex_;
  std::thread thread_;
};

} // namespace

std::unique_ptr<reactor> make_reactor(reactor_config config) {
  return std::make_unique<zmq_reactor>(std::move(config));
}

} // namespace riskbreaker::transport
