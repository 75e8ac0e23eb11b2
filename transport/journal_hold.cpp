#include "transport/journal_hold.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace riskbreaker::transport {

namespace {

using kind = journal_error::kind;

journal_error refusal(kind what, const std::string& path,
                      const std::string& why) {
  return {what, "journal " + path + " " + why};
}

/// Why the file could not be opened or made, for the user.
journal_error refusal(const std::string& path, int number) {
  std::string why = std::strerror(number);
  switch (number) {
    case ENOENT:
    case ENOTDIR:
      return refusal(kind::unusable, path,
                     "cannot be made: its folder does not exist; create the "
                     "folder or set another journal.path");
    case EISDIR:
      return refusal(kind::unusable, path,
                     "is a folder; name a file in journal.path");
    case EACCES:
    case EPERM:
    case EROFS:
      return refusal(kind::unusable, path,
                     "cannot be written (" + why
                       + "); make it and its folder writable, or set another "
                         "journal.path (null: no journal)");
    default:
      return refusal(kind::unavailable, path, "cannot be opened: " + why);
  }
}

/// Looks at the first bytes, before SQLite does and would write.
std::optional<journal_error> foreign(const std::string& path, int fd) {
  static constexpr std::string_view magic{"SQLite format 3\0", 16};
  std::array<char, 16> head{};
  auto got = ::pread(fd, head.data(), head.size(), 0);
  if (got == 0)
    return std::nullopt; // new
  std::string_view text{head.data(),
                        got > 0 ? static_cast<std::size_t>(got) : 0};
  if (text == magic)
    return std::nullopt;
  // What a power cut may leave of a file.
  if (text.find_first_not_of('\0') == text.npos)
    return refusal(kind::damaged, path, "holds nothing but zeros");
  return refusal(kind::unusable, path,
                 "is no SQLite database; set another journal.path");
}

} // namespace

file_hold::~file_hold() {
  if (fd_ >= 0)
    ::close(fd_);
}

bool file_hold::lock() const noexcept {
  return ::flock(fd_, LOCK_EX | LOCK_NB) == 0;
}

std::variant<file_hold, journal_error> hold_journal(const std::string& path) {
  // SQLite would make it readable for all.
  file_hold out{
    ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  if (out.fd() < 0)
    return refusal(path, errno);
  if (!out.lock())
    return refusal(kind::unusable, path,
                   "is in use by another riskbreaker; stop that one or set "
                   "another journal.path");
  if (auto bad = foreign(path, out.fd()))
    return std::move(*bad);
  return out;
}

} // namespace riskbreaker::transport
