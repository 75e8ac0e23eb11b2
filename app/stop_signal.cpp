#include "app/stop_signal.hpp"

#include <cerrno>
#include <sys/signalfd.h>
#include <system_error>
#include <unistd.h>

namespace riskbreaker::app {

stop_signal::stop_signal() {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &stop, &previous_);
  fd_ = signalfd(-1, &stop, SFD_NONBLOCK | SFD_CLOEXEC);
  if (fd_ < 0) {
    auto reason = errno;
    pthread_sigmask(SIG_SETMASK, &previous_, nullptr);
    throw std::system_error{reason, std::system_category(), "signalfd"};
  }
}

stop_signal::~stop_signal() {
  close(fd_);
  pthread_sigmask(SIG_SETMASK, &previous_, nullptr);
}

bool stop_signal::raised() noexcept {
  signalfd_siginfo info;
  if (!raised_ && read(fd_, &info, sizeof(info)) == sizeof(info))
    raised_ = true;
  return raised_;
}

} // namespace riskbreaker::app
