#pragma once

// Catch2 2 (Debian 12) and 3 (Debian 13) behind one include.

#if __has_include(<catch2/catch_all.hpp>)
#  include <catch2/catch_all.hpp>
namespace Catch {
using Matchers::Contains;
using Matchers::EndsWith;
using Matchers::StartsWith;
} // namespace Catch
#else
#  include <catch2/catch.hpp>
#endif
