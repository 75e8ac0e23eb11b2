#include "transport/zmq_reactor_mailbox.hpp"

#include <cerrno>
#include <stdexcept>
#include <string>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace riskbreaker::transport {

reactor_mailbox::reactor_mailbox()
  : event_fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (event_fd_ < 0)
    throw std::runtime_error("cannot make an eventfd: "
                             + std::generic_category().message(errno));
}

reactor_mailbox::~reactor_mailbox() {
  close(event_fd_);
}

template <class Change>
void reactor_mailbox::change(Change apply) {
  bool wake = false;
  {
    const std::lock_guard guard{mutex_};
    apply(mail_);
    news_ = true;
    wake = std::exchange(armed_, false);
  }
  // Can only fail when the counter is at its end: then it is readable anyway.
  if (wake)
    eventfd_write(event_fd_, 1);
}

void reactor_mailbox::publish(out_frames frames) {
  change([&frames](mail& x) {
    if (x.running)
      x.frames.push_back(std::move(frames));
  });
}

void reactor_mailbox::reply(control_reply reply) {
  change([&reply](mail& x) {
    if (x.running)
      x.replies.push_back(std::move(reply));
  });
}

void reactor_mailbox::release(std::uint32_t credits) {
  change([credits](mail& x) { x.credits += credits; });
}

void reactor_mailbox::ping(std::function<void()> answer) {
  change([&answer](mail& x) {
    if (x.running)
      x.pings.push_back(std::move(answer));
  });
}

void reactor_mailbox::stop_reading() {
  change([](mail& x) { x.reading = false; });
}

void reactor_mailbox::stop() {
  change([](mail& x) { x.reading = x.running = false; });
}

bool reactor_mailbox::wait_reading_over(std::chrono::milliseconds limit) {
  std::unique_lock guard{mutex_};
  return reading_ended_.wait_for(guard, limit,
                                 [this] { return reading_over_; });
}

void reactor_mailbox::reading_is_over() {
  {
    const std::lock_guard guard{mutex_};
    reading_over_ = true;
  }
  reading_ended_.notify_all();
}

void reactor_mailbox::take(mail& out) {
  out.frames.clear();
  out.replies.clear();
  out.pings.clear();
  const std::lock_guard guard{mutex_};
  out.frames.swap(mail_.frames);
  out.replies.swap(mail_.replies);
  out.pings.swap(mail_.pings);
  out.credits = std::exchange(mail_.credits, 0);
  out.reading = mail_.reading;
  out.running = mail_.running;
  news_ = false;
}

bool reactor_mailbox::arm() {
  const std::lock_guard guard{mutex_};
  armed_ = !news_;
  return armed_;
}

void reactor_mailbox::disarm(bool rang) {
  {
    const std::lock_guard guard{mutex_};
    armed_ = false;
  }
  eventfd_t ignored = 0;
  if (rang)
    eventfd_read(event_fd_, &ignored);
}

} // namespace riskbreaker::transport
