#pragma once

#include "transport/web_routes.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace riskbreaker::transport {

/// How long a body is, where that is known before it is sent.
enum class web_length { known, chunked, until_close };

/// The head of a reply with the headers that keep a browser safe.
struct web_head {
  unsigned status = 200;
  std::string_view type;
  web_length how = web_length::known;
  std::size_t length = 0;
  bool keep_alive = true;
  bool page = false; ///< may be kept, but is asked for again
  std::string_view etag{};
  std::string_view allow{};
};

std::string make_head(const web_head& x);

} // namespace riskbreaker::transport
