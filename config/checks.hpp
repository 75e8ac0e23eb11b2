#pragma once

#include "config/fields.hpp"

#include <string>
#include <string_view>

namespace riskbreaker::config {

/// Endpoint and strategy names: 1–64 of A-Z a-z 0-9 _ -.
complaint check_name(std::string_view x);

/// A ccxt pair or a shell-style pattern of pairs.
complaint check_pair(const std::string& x);

/// The base URL of an endpoint.
complaint check_url(const std::string& x);

complaint check_proxy(const std::string& x);

/// A host, a domain or a network that is reached without the proxy.
complaint check_no_proxy(const std::string& x);

/// "tcp://HOST:PORT" or "ipc://PATH".
complaint check_socket(const std::string& x);

/// "HOST:PORT".
complaint check_http_bind(const std::string& x);
complaint check_host_name(const std::string& x);

/// The name of an environment variable.
complaint check_variable(const std::string& x);

/// A whole header line that is none of ours and holds no secret.
complaint check_header(const std::string& x);

/// Something that can stand in an HTTP header.
complaint check_secret(const std::string& x);

/// A text that is not blank and has no control characters.
complaint check_words(const std::string& x);

/// Whether only this machine reaches an address ("tcp://…", "ipc://…" or
/// "HOST:PORT").
bool is_local(std::string_view address);

/// Whether a URL's host is this machine.
bool is_local_url(std::string_view url);

} // namespace riskbreaker::config
