#include "app/keygen.hpp"

#include "app/serve.hpp"
#include "config/curve_file.hpp"

#include <zmq.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <ostream>
#include <unistd.h>

namespace riskbreaker::app {

namespace {

/// Writes a file that was not there before; the reason why it could not.
std::string write_new(const std::string& path, const std::string& text,
                      mode_t mode) {
  auto fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd < 0)
    return std::strerror(errno);
  auto written = ::write(fd, text.data(), text.size());
  std::string problem;
  if (written < 0 || static_cast<std::size_t>(written) != text.size())
    problem = written < 0 ? std::strerror(errno) : "the disk is full";
  if (::close(fd) != 0 && problem.empty())
    problem = std::strerror(errno);
  if (!problem.empty())
    ::unlink(path.c_str());
  return problem;
}

bool exists(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

} // namespace

int run_keygen(const keygen_options& options, console con) {
  auto complain = [&con](const std::string& what) {
    con.err << "riskbreaker keygen: " << terminal_safe(what) << '\n';
    return exit_failure;
  };
  auto public_file = options.name + ".key";
  auto secret_file = options.name + ".key_secret";
  std::array<char, 41> public_key{};
  std::array<char, 41> secret_key{};
  if (zmq_curve_keypair(public_key.data(), secret_key.data()) != 0)
    return complain("this libzmq was built without CURVE; install Debian's "
                    "libzmq5");
  for (const auto& file : {secret_file, public_file}) {
    if (!exists(file))
      continue;
    if (!options.force)
      return complain(file
                      + " is there already, and whoever uses it would be shut "
                        "out; choose another name, or give --force");
    if (::unlink(file.c_str()) != 0)
      return complain("cannot replace " + file + ": " + std::strerror(errno));
  }
  config::curve_certificate keys{public_key.data(), secret_key.data()};
  // The secret one first: a public key without it is of no use to anybody.
  if (auto bad
      = write_new(secret_file, config::write_curve_certificate(keys), 0600);
      !bad.empty())
    return complain("cannot write " + secret_file + ": " + bad);
  keys.secret_key.reset();
  if (auto bad
      = write_new(public_file, config::write_curve_certificate(keys), 0644);
      !bad.empty())
    return complain("cannot write " + public_file + ": " + bad);
  con.out << public_file << ": public key " << public_key.data()
          << "\n  give it to the other side: a client's to the daemon "
             "(transport.curve.clients),\n  the daemon's to its clients "
             "(--server-key)\n"
          << secret_file
          << ": secret key\n  keep it: for the daemon "
             "transport.curve.secret_key_file, for a client --key\n";
  return exit_ok;
}

void add_keygen_command(CLI::App& root, std::function<int()>& selected) {
  auto options = std::make_shared<keygen_options>();
  auto* command = root.add_subcommand(
    "keygen", "Make a CURVE key pair for an encrypted daemon or a client");
  command
    ->add_option("NAME", options->name,
                 "Writes NAME.key, to be given to others, and NAME.key_secret, "
                 "to be kept")
    ->required();
  command->add_flag("--force", options->force, "Replaces keys that are there");
  command->footer(
    "The files are those of CZMQ and pyzmq (zmq.auth.load_certificate).\n\n"
    "Example, a daemon and a bot that may push and follow:\n"
    "  riskbreaker keygen server && riskbreaker keygen bot\n"
    "and in the daemon's configuration:\n"
    "  \"transport\": {\"curve\": {\"secret_key_file\": "
    "\"server.key_secret\",\n"
    "    \"clients\": {\"candles\": [\"bot.key\"], \"results\": "
    "[\"bot.key\"]}}}\n"
    "then, with the two files of keys at hand:\n"
    "  riskbreaker watch --server-key server.key --key bot.key_secret");
  command->callback([options, &selected] {
    selected = [options] {
      return run_keygen(*options);
    };
  });
}

} // namespace riskbreaker::app
