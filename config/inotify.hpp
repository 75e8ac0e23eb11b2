#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace riskbreaker::config {

/// Linux's inotify, for the folders through which paths lead.
class folder_events {
public:
  /// Throws `std::system_error`.
  folder_events();
  folder_events(const folder_events&) = delete;
  folder_events& operator=(const folder_events&) = delete;
  ~folder_events();

  /// Watches the folder of each path, and of every link on its way; no others
  /// any more. A folder that is not there is left out.
  void follow(const std::vector<std::string>& paths);

  /// Waits until something happened in a folder, or `wake` was called; false
  /// when neither did for `limit`.
  bool wait(std::chrono::milliseconds limit);

  /// From any thread.
  void wake();

private:
  int events_ = -1;
  int wake_ = -1;
  std::map<std::string, int> watched_; ///< folder to inotify's number
};

} // namespace riskbreaker::config
