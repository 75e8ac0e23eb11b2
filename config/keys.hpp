#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace riskbreaker::config {

/// A key of the configuration and what stands below it.
struct key_node {
  enum class kind {
    leaf,
    section,
    table, ///< its children stand below any name
  };

  std::string name;
  kind what = kind::section;
  std::vector<key_node> children;

  std::vector<std::string> child_names() const;
};

/// All keys there are.
const key_node& known_keys();

/// Where a key of that name has its place ("strategies.NAME.breaker"), for
/// those who put it elsewhere.
std::vector<std::string> places_of(std::string_view name);

} // namespace riskbreaker::config
