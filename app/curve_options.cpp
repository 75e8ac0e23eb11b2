#include "app/curve_options.hpp"

#include "config/curve_file.hpp"

#include <CLI/CLI.hpp>
#include <zmq.hpp>

#include <array>

namespace riskbreaker::app {

void add_curve_options(CLI::App& command, curve_options& options) {
  command
    .add_option("--server-key", options.server_key,
                "An encrypted daemon's public key, its NAME.key of "
                "`riskbreaker keygen`")
    ->envname("RISKBREAKER_SERVER_KEY");
  command
    .add_option("--key", options.key,
                "The key to connect to it with, a NAME.key_secret whose "
                "NAME.key the daemon lets in")
    ->envname("RISKBREAKER_KEY");
}

void use_curve(zmq::socket_t& socket, const curve_options& options) {
  if (options.server_key.empty() && options.key.empty())
    return;
  if (options.server_key.empty())
    throw curve_error{"--key needs --server-key, the daemon's public key file"};
  if (options.key.empty())
    throw curve_error{"--server-key needs --key, a secret key file that the "
                      "daemon lets in; `riskbreaker keygen NAME` makes one"};
  auto server = config::read_public_curve_key(options.server_key);
  if (!server.value)
    throw curve_error{"--server-key: " + server.problem};
  auto own = config::read_own_curve_keys(options.key);
  if (!own.problem.empty())
    throw curve_error{"--key: " + own.problem};
  std::array<char, 41> public_key{};
  zmq_curve_public(public_key.data(), own.keys.secret_key->c_str());
  socket.set(zmq::sockopt::curve_serverkey, *server.value);
  socket.set(zmq::sockopt::curve_publickey, std::string{public_key.data()});
  socket.set(zmq::sockopt::curve_secretkey, *own.keys.secret_key);
}

std::string hint_of(const curve_options& options) {
  return options.key.empty()
           ? "if it is encrypted, give --server-key and --key"
           : "if it does not let this key in, its log says so";
}

} // namespace riskbreaker::app
