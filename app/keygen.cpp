#include "app/keygen.hpp"

#include "app/serve.hpp"
#include "config/curve_file.hpp"

#include <zmq.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <ostream>
#include <unistd.h>
#include <utility>

namespace riskbreaker::app {

namespace {

/// A file that is written under another name and then takes its own.
class new_file {
public:
  explicit new_file(std::string path)
    : path_(std::move(path)), draft_(path_ + ".new") {
    // nop
  }
  ~new_file() {
    if (written_)
      ::unlink(draft_.c_str());
  }
  new_file(const new_file&) = delete;
  new_file& operator=(const new_file&) = delete;

  /// What is wrong, if anything.
  std::string write(const std::string& text, mode_t mode) {
    ::unlink(draft_.c_str()); // of a run that was interrupted
    auto fd
      = ::open(draft_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
      return "cannot write " + path_ + ": " + std::strerror(errno);
    written_ = true;
    auto got = ::write(fd, text.data(), text.size());
    std::string why;
    if (got < 0 || static_cast<std::size_t>(got) != text.size())
      why = got < 0 ? std::strerror(errno) : "the disk is full";
    if (::close(fd) != 0 && why.empty())
      why = std::strerror(errno);
    return why.empty() ? why : "cannot write " + path_ + ": " + why;
  }

  std::string put_in_place() {
    if (::rename(draft_.c_str(), path_.c_str()) != 0)
      return "cannot write " + path_ + ": " + std::strerror(errno);
    written_ = false;
    return {};
  }

private:
  std::string path_;
  std::string draft_;
  bool written_ = false;
};

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
  for (const auto& file : {secret_file, public_file})
    if (!options.force && exists(file))
      return complain(file
                      + " is there already, and whoever uses it would be shut "
                        "out; choose another name, or give --force");
  // Both are whole beside the old ones before either takes its place.
  config::curve_certificate keys{public_key.data(), secret_key.data()};
  new_file secret{secret_file};
  new_file open{public_file};
  auto bad = secret.write(config::write_curve_certificate(keys), 0600);
  keys.secret_key.reset();
  if (bad.empty())
    bad = open.write(config::write_curve_certificate(keys), 0644);
  if (bad.empty())
    bad = secret.put_in_place();
  if (bad.empty())
    bad = open.put_in_place();
  if (!bad.empty())
    return complain(bad);
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
