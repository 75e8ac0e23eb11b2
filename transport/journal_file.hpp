#pragma once

#include "transport/journal.hpp"

#include <memory>
#include <string>
#include <variant>

namespace riskbreaker::transport {

struct journal_file_config {
  std::string path;
  std::string boot;    ///< of this run
  std::string version; ///< of the program
  core::unix_ms started{};
};

using journal_opening = std::variant<std::unique_ptr<journal>, journal_error>;

/// Opens the SQLite file, or makes one that only its owner may read. It is
/// ours alone until it is closed, or the process ends in whatever way.
journal_opening open_journal_file(const journal_file_config& config);

/// Renames a damaged file, with what belongs to it, and says the new name; or
/// says nothing if that fails.
std::string move_journal_aside(const std::string& path, core::unix_ms now);

/// Opens the file with the first question.
std::unique_ptr<journal_reader> make_journal_reader(std::string path);

} // namespace riskbreaker::transport
