#include "config/file_watch.hpp"

#include "config/curve.hpp"
#include "config/inotify.hpp"
#include "config/settings.hpp"
#include "config/small_file.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace riskbreaker::config {

namespace {

using clock = std::chrono::steady_clock;

/// Larger files are no configuration; they are seen as missing.
constexpr std::size_t max_file = 16u << 20;

/// A text's hash: secrets are not kept. Empty: the file cannot be read.
using mark = std::optional<std::size_t>;
using marks = std::map<std::string, mark>;

mark mark_of(const std::string& path) {
  auto text = read_small_file(path, max_file, "a configuration");
  if (!text.value)
    return std::nullopt;
  return std::hash<std::string>{}(*text.value);
}

} // namespace

std::vector<std::string> files_of(const settings& x,
                                  const std::vector<std::string>& files) {
  auto out = files;
  auto add = [&out](const std::string& path) {
    if (!path.empty() && std::find(out.begin(), out.end(), path) == out.end())
      out.push_back(path);
  };
  for (const auto& strategy : x.strategies.strategies)
    add(strategy->prompt_file);
  for (const auto& [endpoint, source] : x.key_sources)
    add(source.file);
  if (x.transport.curve)
    for (const auto& file : curve_files_of(*x.transport.curve))
      add(file);
  return out;
}

class file_watch::impl {
public:
  explicit impl(file_watch_timing timing) : timing_(timing) {
    // nop
  }

  void start(std::function<void()> on_change) {
    on_change_ = std::move(on_change);
    thread_ = std::thread{[this] {
      run();
    }};
  }

  void stop() {
    {
      std::lock_guard guard{mutex_};
      ended_ = true;
    }
    folders_.wake();
    if (thread_.joinable())
      thread_.join();
    on_change_ = nullptr; // and what it holds
  }

  void note(const std::vector<std::string>& paths) {
    marks noted;
    for (const auto& path : paths)
      noted[path] = mark_of(path);
    std::lock_guard guard{mutex_};
    for (auto& [path, x] : noted)
      noted_[path] = x;
  }

  void watch(std::vector<std::string> paths) {
    {
      std::lock_guard guard{mutex_};
      paths_ = std::move(paths);
      marks kept;
      for (const auto& path : paths_) {
        auto i = noted_.find(path);
        kept[path] = i != noted_.end() ? i->second : mark_of(path);
      }
      noted_ = std::move(kept);
      look_again_ = true;
    }
    folders_.wake();
  }

private:
  void run() {
    auto wait = timing_.poll;
    for (;;) {
      if (folders_.wait(wait))
        while (folders_.wait(timing_.settle) && !ended()) {
          // Not quiet yet. What never is will not be waited for.
          if (clock::now() - looked_at_ > timing_.poll)
            break;
        }
      if (ended())
        return;
      wait = look();
    }
  }

  /// Looks at the files; how long to wait for the next look.
  std::chrono::milliseconds look() {
    looked_at_ = clock::now();
    std::vector<std::string> paths;
    {
      std::lock_guard guard{mutex_};
      paths = paths_;
      look_again_ = false;
    }
    // First the watches: what changes behind them is told.
    folders_.follow(paths);
    marks now;
    for (const auto& path : paths)
      now[path] = mark_of(path);
    auto missing = std::any_of(now.begin(), now.end(),
                               [](const auto& x) { return !x.second; });
    {
      std::lock_guard guard{mutex_};
      if (ended_ || look_again_)
        return timing_.settle;
      if (now == noted_) {
        was_missing_ = false;
        return timing_.poll;
      }
      // Half of a swap, perhaps.
      if (missing && !std::exchange(was_missing_, true))
        return timing_.missing;
      was_missing_ = false;
      noted_ = std::move(now);
    }
    on_change_();
    return timing_.poll;
  }

  bool ended() {
    std::lock_guard guard{mutex_};
    return ended_;
  }

  std::function<void()> on_change_;
  file_watch_timing timing_;
  folder_events folders_;
  std::mutex mutex_;
  std::vector<std::string> paths_; // guarded by `mutex_`, and all below
  marks noted_;
  bool was_missing_ = false;
  bool look_again_ = false;
  bool ended_ = false;
  clock::time_point looked_at_{}; // the thread's own
  std::thread thread_;
};

file_watch::file_watch(file_watch_timing timing)
  : impl_(std::make_unique<impl>(timing)) {
  // nop
}

file_watch::~file_watch() {
  impl_->stop();
}

void file_watch::start(std::function<void()> on_change) {
  impl_->start(std::move(on_change));
}

void file_watch::stop() {
  impl_->stop();
}

void file_watch::note(const std::vector<std::string>& paths) {
  impl_->note(paths);
}

void file_watch::watch(std::vector<std::string> paths) {
  impl_->watch(std::move(paths));
}

} // namespace riskbreaker::config
