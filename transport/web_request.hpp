#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace riskbreaker::transport {

/// A request to the HTTP server, read and not yet judged.
struct web_request {
  std::string method;
  std::string target; ///< as it came: path and query
  std::string host;
  bool has_host = false;
  std::optional<std::string> origin;
  std::string authorization;
  std::string content_type;
  std::string if_none_match;
  std::string body;
  bool keep_alive = true;  ///< the client may ask more by this connection
  bool old_client = false; ///< HTTP/1.0, which knows no chunks
};

/// The path and the decoded parameters of a request's target.
struct web_target {
  std::string path;
  std::vector<std::pair<std::string, std::string>> parameters;

  /// The first of that name; null if there is none.
  const std::string* find(std::string_view name) const noexcept;
};

/// Nothing when it is no path or holds a broken escape.
std::optional<web_target> parse_target(std::string_view target);

/// Whether a browser may have been meant to come here by the name in `Host`. A
/// page of somebody else whose name was made to point at this machine (DNS
/// rebinding) brings that name: so only addresses, this machine's own names and
/// `bind_host` are taken, and names without a dot where others may come at all,
/// since containers call each other so.
bool host_is_ours(std::string_view host, std::string_view bind_host,
                  const std::vector<std::string>& more = {});

/// Whether `origin` is the site that `host` names.
bool origin_is_ours(std::string_view origin, std::string_view host);

/// Compares in a time that tells nothing of where the two differ.
bool same_secret(std::string_view given, std::string_view expected) noexcept;

/// The address without port and brackets.
std::string_view host_part(std::string_view host_and_port) noexcept;

} // namespace riskbreaker::transport
