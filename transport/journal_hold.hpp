#pragma once

#include "transport/journal.hpp"

#include <string>
#include <utility>
#include <variant>

namespace riskbreaker::transport {

/// Holds the file against other daemons, until closed or dead. Not SQLite's
/// own lock, which would keep readers out too. Closing this descriptor would
/// drop SQLite's locks on the file: it has to outlive the database.
class file_hold {
public:
  explicit file_hold(int fd) noexcept : fd_(fd) {
    // nop
  }
  file_hold(file_hold&& x) noexcept : fd_(std::exchange(x.fd_, -1)) {
    // nop
  }
  ~file_hold();
  bool lock() const noexcept; ///< whether nobody else has it
  int fd() const noexcept {
    return fd_;
  }

private:
  int fd_;
};

/// Opens the file, or makes one that only its owner may read, and sees that it
/// is nobody else's: before SQLite looks at it, and would write.
std::variant<file_hold, journal_error> hold_journal(const std::string& path);

} // namespace riskbreaker::transport
