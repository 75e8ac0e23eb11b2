#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace riskbreaker::config {

/// What a CURVE certificate holds: the format of CZMQ's zcert and pyzmq's
/// `zmq.auth`, which `riskbreaker keygen` writes too.
struct curve_certificate {
  std::optional<std::string> public_key; ///< Z85, 40 characters
  std::optional<std::string> secret_key; ///< Z85, 40 characters
};

/// Whether `x` is Z85 (ZeroMQ RFC 32) of 32 bytes.
bool is_curve_key(std::string_view x);

/// Finds the keys in a certificate's text; what is no key is left out.
curve_certificate parse_curve_certificate(std::string_view text);

/// The certificate's text, with or without the secret key.
std::string write_curve_certificate(const curve_certificate& x);

struct curve_key {
  std::optional<std::string> value; ///< Z85
  std::string problem; ///< why there is none; names the file, never a secret
};

/// The public key of a file. One with a secret key in it is refused: it should
/// not have left the machine of its owner.
curve_key read_public_curve_key(const std::string& path);

/// The certificate of a file that only its owner can read (0600), both keys or
/// the secret one alone.
struct own_curve_keys {
  curve_certificate keys;
  std::string problem; ///< empty: there is a secret key
};
own_curve_keys read_own_curve_keys(const std::string& path);

} // namespace riskbreaker::config
