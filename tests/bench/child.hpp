#pragma once

#include <cstdio>
#include <functional>
#include <unistd.h>

namespace riskbreaker::bench {

/// Runs `body` in a process of its own, so that each side of a comparison has
/// its own memory, threads and processor time. Returns the child's id.
inline pid_t in_child(const std::function<void()>& body) {
  std::fflush(nullptr); // or the child would print it again
  auto pid = fork();
  if (pid != 0)
    return pid;
  body();
  _exit(0);
}

} // namespace riskbreaker::bench
