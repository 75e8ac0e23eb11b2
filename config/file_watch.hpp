#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace riskbreaker::config {

struct settings;

/// The files that a configuration is made of: `files`, the prompts and the
/// secrets that it names.
std::vector<std::string> files_of(const settings& x,
                                  const std::vector<std::string>& files);

struct file_watch_timing {
  /// Nothing must have happened for so long before the files are looked at:
  /// editors and `kubectl` swap files in several steps.
  std::chrono::milliseconds settle{250};
  /// A file that is missing is looked at once more after this.
  std::chrono::milliseconds missing{1'000};
  /// Looked at anyway: network drives and some containers tell nothing.
  std::chrono::milliseconds poll{10'000};
};

/// Tells when what stands in files has changed, on a thread of its own. It
/// watches their folders and those that symbolic links lead through, so that a
/// file which is replaced, moved over or linked anew is seen as well as one
/// that is written in place. The same text again is no change.
class file_watch {
public:
  /// Throws `std::system_error` when the kernel has no watch to give.
  explicit file_watch(file_watch_timing timing = {});
  file_watch(const file_watch&) = delete;
  file_watch& operator=(const file_watch&) = delete;
  ~file_watch();

  /// Calls `on_change` from now on, until `stop`. Once.
  void start(std::function<void()> on_change);

  /// Waits for an `on_change` that runs, and drops it. For ever.
  void stop();

  /// Notes what stands in `paths` now. Call before the files are read and
  /// `watch` after it, or a change in between would be missed.
  void note(const std::vector<std::string>& paths);

  /// Watches `paths` instead of those before. One whose text is not what was
  /// noted has changed. From any thread.
  void watch(std::vector<std::string> paths);

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace riskbreaker::config
