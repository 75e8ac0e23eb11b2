#pragma once

#include <stdexcept>
#include <string>

namespace CLI {
class App;
} // namespace CLI

namespace zmq {
class socket_t;
} // namespace zmq

namespace riskbreaker::app {

/// A line for the user: which key file, what is wrong with it, what to do.
struct curve_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The key files with which a command connects to an encrypted daemon.
struct curve_options {
  std::string server_key; ///< the daemon's public key, NAME.key
  std::string key;        ///< the command's own, NAME.key_secret
};

/// Declares `--server-key` and `--key`, which the environment may give too.
void add_curve_options(CLI::App& command, curve_options& options);

/// Before connecting. Does nothing where no key is named. Throws `curve_error`.
void use_curve(zmq::socket_t& socket, const curve_options& options);

/// What to add to "nobody answers": keys that are refused look like silence.
std::string hint_of(const curve_options& options);

} // namespace riskbreaker::app
