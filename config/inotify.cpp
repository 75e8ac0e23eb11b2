#include "config/inotify.hpp"

#include <array>
#include <cerrno>
#include <filesystem>
#include <poll.h>
#include <set>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <system_error>
#include <unistd.h>

namespace riskbreaker::config {

namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t interesting
  = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO
    | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

/// Links in a row that are followed; more are a circle.
constexpr int max_links = 40;

/// Adds the folder of `path` and those that links in it lead to. A link may
/// stand anywhere in a path: Kubernetes mounts `config.json`, a link to
/// `..data/config.json`, where `..data` is the link that it swaps.
void add_folders(fs::path path, std::set<std::string>& out, int& left) {
  std::error_code ec;
  path = fs::absolute(path, ec).lexically_normal();
  fs::path walked;
  for (const auto& part : path) {
    auto here = walked / part;
    if (fs::is_symlink(here, ec) && left-- > 0) {
      out.insert(walked.string());
      auto target = fs::read_symlink(here, ec);
      if (!ec)
        add_folders(walked / target, out, left);
      // What stands behind the link is found below its target.
      auto real = fs::weakly_canonical(here, ec);
      walked = ec ? here : real;
    } else {
      walked = here;
    }
  }
  out.insert(walked.parent_path().string());
}

} // namespace

folder_events::folder_events() {
  events_ = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (events_ < 0)
    throw std::system_error(errno, std::generic_category(),
                            "inotify (fs.inotify.max_user_instances)");
  wake_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (wake_ < 0) {
    auto why = errno;
    close(events_);
    throw std::system_error(why, std::generic_category(), "eventfd");
  }
}

folder_events::~folder_events() {
  close(events_);
  close(wake_);
}

void folder_events::follow(const std::vector<std::string>& paths) {
  std::set<std::string> folders;
  for (const auto& path : paths) {
    auto left = max_links;
    add_folders(path, folders, left);
  }
  // Added anew each time: a folder of the same name may be another by now.
  std::map<std::string, int> next;
  for (const auto& folder : folders)
    if (auto number = inotify_add_watch(events_, folder.c_str(), interesting);
        number >= 0)
      next.emplace(folder, number);
  std::set<int> used;
  for (const auto& [folder, number] : next)
    used.insert(number);
  for (const auto& [folder, number] : watched_)
    if (used.count(number) == 0)
      inotify_rm_watch(events_, number);
  watched_ = std::move(next);
}

bool folder_events::wait(std::chrono::milliseconds limit) {
  std::array<pollfd, 2> fds{{{events_, POLLIN, 0}, {wake_, POLLIN, 0}}};
  if (poll(fds.data(), fds.size(), static_cast<int>(limit.count())) <= 0)
    return false;
  std::array<char, 4'096> ignored;
  while (read(events_, ignored.data(), ignored.size()) > 0) {
    // What happened does not matter: the files are looked at.
  }
  eventfd_t count = 0;
  eventfd_read(wake_, &count);
  return true;
}

void folder_events::wake() {
  eventfd_write(wake_, 1);
}

} // namespace riskbreaker::config
