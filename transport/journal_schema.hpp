#pragma once

#include "transport/sqlite.hpp"

#include <cstdint>
#include <string>

namespace riskbreaker::transport {

/// "risb": tells our files from those of other programs.
inline constexpr std::int64_t journal_application_id = 0x72697362;

/// The version that this program writes. One more for every change of the
/// tables, with a step in `bring_up_to_date` that gets the older ones there.
inline constexpr std::int64_t journal_schema_version = 1;

/// Makes the tables, or changes older ones, in one transaction. Says what
/// speaks against it, or nothing.
std::string bring_up_to_date(sqlite_database& db);

} // namespace riskbreaker::transport
