#include "config/load.hpp"

#include "config/read.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <tuple>

namespace riskbreaker::config {

namespace {

// A larger file is no configuration; /dev/zero would never end.
constexpr std::size_t max_file = 16U << 20U;

std::optional<std::string> read_file(const std::string& path, findings& out) {
  auto fail = [&](std::string message) {
    out.error({std::make_shared<const std::string>(path), 0, 0}, "",
              std::move(message));
    return std::nullopt;
  };
  std::error_code ec;
  if (std::filesystem::is_directory(path, ec))
    return fail("is a directory; give the file itself");
  errno = 0;
  std::ifstream in{path, std::ios::binary};
  if (!in)
    return fail(std::string{"cannot be opened: "} + std::strerror(errno));
  std::string text;
  for (std::string part(65'536, '\0');
       in.read(part.data(), static_cast<std::streamsize>(part.size())),
       in.gcount() > 0;) {
    text.append(part, 0, static_cast<std::size_t>(in.gcount()));
    if (text.size() > max_file)
      return fail("is larger than 16 MiB; that is no configuration");
  }
  if (in.bad())
    return fail("cannot be read to its end");
  return text;
}

// In the order in which an editor shows them; the environment comes last.
void sort(std::vector<config_error>& all,
          const std::vector<std::string>& files) {
  auto rank = [&](const config_error& x) {
    auto i = std::find(files.begin(), files.end(), x.file);
    return std::tuple{i - files.begin(), x.line, x.column};
  };
  std::stable_sort(all.begin(), all.end(), [&](const auto& a, const auto& b) {
    return rank(a) < rank(b);
  });
}

load_result finish(const std::vector<std::string>& files,
                   const std::vector<source>& texts, const environment& env,
                   findings found) {
  std::optional<node> root;
  for (const auto& text : texts) {
    auto tree = parse_file(text, found);
    if (!tree)
      continue;
    if (root)
      lay_over(*root, *tree);
    else
      root = std::move(tree);
  }
  load_result out;
  // With a file missing, the rest would be called wrong for no fault of its
  // own.
  if (found.errors.empty() && root) {
    apply_environment(*root, env, found);
    auto value = read_settings(*root, env, found);
    if (found.errors.empty())
      out.value = std::move(value);
  }
  sort(found.errors, files);
  sort(found.warnings, files);
  out.errors = std::move(found.errors);
  out.warnings = std::move(found.warnings);
  return out;
}

} // namespace

load_result load(const std::vector<std::string>& files,
                 const environment& env) {
  findings found;
  std::vector<source> texts;
  if (files.empty())
    found.error({}, "", "no configuration file is given; name one with -c");
  for (const auto& path : files)
    if (auto text = read_file(path, found))
      texts.push_back({path, std::move(*text)});
  return finish(files, texts, env, std::move(found));
}

load_result load_text(const std::vector<source>& texts,
                      const environment& env) {
  std::vector<std::string> names;
  for (const auto& x : texts)
    names.push_back(x.name);
  return finish(names, texts, env, {});
}

load_result load_text(const std::string& text, const environment& env) {
  return load_text({{"riskbreaker.json", text}}, env);
}

} // namespace riskbreaker::config
