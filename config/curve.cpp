#include "config/curve.hpp"

#include "config/curve_file.hpp"
#include "config/paths.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>

namespace riskbreaker::config {

namespace {

namespace fs = std::filesystem;

constexpr const char* anyone = "*";

const node* find_path(const node& root,
                      std::initializer_list<const char*> keys) {
  const auto* at = &root;
  for (const auto* key : keys)
    if (at = at->find(key); at == nullptr)
      return nullptr;
  return at;
}

/// The public key files of a folder, sorted by name. One that cannot be read to
/// its end sets `ec`: a client that is listed must not be shut out silently.
std::vector<std::string> key_files_in(const std::string& folder,
                                      std::error_code& ec) {
  std::vector<std::string> out;
  for (fs::directory_iterator i{folder, ec}, end; !ec && i != end;
       i.increment(ec))
    if (i->path().extension() == ".key")
      out.push_back(i->path().string());
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> key_files_of(const std::string& path,
                                      std::error_code& ec) {
  std::error_code ignored;
  return fs::is_directory(path, ignored) ? key_files_in(path, ec)
                                         : std::vector<std::string>{path};
}

class list_fetcher {
public:
  list_fetcher(const node& root, findings& out) : root_(root), out_(out) {
    // nop
  }

  void fetch(const char* socket, std::vector<std::string>& from,
             core::client_list& to) {
    const auto* named
      = find_path(root_, {"transport", "curve", "clients", socket});
    const auto* entries
      = named != nullptr ? std::get_if<node::array>(&named->value) : nullptr;
    for (std::size_t i = 0; i < from.size(); ++i) {
      if (from[i] == anyone) {
        to.anyone = true;
        continue;
      }
      const auto& at
        = entries != nullptr && i < entries->size() ? (*entries)[i] : root_;
      from[i] = resolved(from[i], at.where);
      take(from[i], at, to);
    }
    std::sort(to.keys.begin(), to.keys.end());
    to.keys.erase(std::unique(to.keys.begin(), to.keys.end()), to.keys.end());
    if (!to.anyone && to.keys.empty()) {
      const auto& at
        = named != nullptr ? *named : *find_path(root_, {"transport", "curve"});
      out_.warn(at.where, "/transport/curve/clients/" + std::string{socket},
                "names no client's key: nobody can connect there; name key "
                "files or folders of them, or \"*\" for everyone who has the "
                "server's public key");
    }
  }

private:
  void take(const std::string& path, const node& at, core::client_list& to) {
    std::error_code ec;
    auto files = key_files_of(path, ec);
    if (ec)
      out_.error(at.where, at.pointer,
                 "the folder " + quote(path)
                   + " cannot be read: " + ec.message());
    for (const auto& file : files) {
      auto key = read_public_curve_key(file);
      if (key.value)
        to.keys.push_back(std::move(*key.value));
      else
        out_.error(at.where, at.pointer, key.problem);
    }
  }

  const node& root_;
  findings& out_;
};

} // namespace

void fetch_curve_keys(transport_settings& x, const node& root, findings& out) {
  if (!x.curve)
    return;
  auto& curve = *x.curve;
  const auto& section = *find_path(root, {"transport", "curve"});
  const auto* named = section.find("secret_key_file");
  if (named != nullptr && !curve.secret_key_file.empty()) {
    curve.secret_key_file = resolved(curve.secret_key_file, named->where);
    auto own = read_own_curve_keys(curve.secret_key_file);
    if (own.problem.empty())
      curve.secret_key = *own.keys.secret_key;
    else
      out.error(named->where, named->pointer, own.problem);
  }
  list_fetcher lists{root, out};
  lists.fetch("candles", curve.clients_from.candles, curve.clients.candles);
  lists.fetch("results", curve.clients_from.results, curve.clients.results);
  lists.fetch("control", curve.clients_from.control, curve.clients.control);
}

std::vector<std::string> curve_files_of(const curve_settings& x) {
  std::vector<std::string> out;
  if (!x.secret_key_file.empty())
    out.push_back(x.secret_key_file);
  for (const auto* list : {&x.clients_from.candles, &x.clients_from.results,
                           &x.clients_from.control})
    for (const auto& path : *list)
      if (path != anyone) {
        std::error_code ignored;
        auto files = key_files_of(path, ignored);
        std::move(files.begin(), files.end(), std::back_inserter(out));
      }
  return out;
}

} // namespace riskbreaker::config
