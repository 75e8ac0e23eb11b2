#include "config/ca_file.hpp"

#include "config/paths.hpp"
#include "config/small_file.hpp"

#include <algorithm>
#include <string_view>

namespace riskbreaker::config {

namespace {

// The certificates of all the world's authorities are a quarter of a megabyte.
constexpr std::size_t max_file = 4U << 20U;

bool is_base64(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
         || (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=';
}

bool is_line_end(char c) {
  return c == '\n' || c == '\r' || c == ' ' || c == '\t';
}

/// Whether a block's text can be a certificate: base64 of a DER sequence.
bool is_plausible(std::string_view block) {
  auto begin = std::find_if_not(block.begin(), block.end(), is_line_end);
  return std::string_view{begin, block.end()}.starts_with("MI")
         && std::all_of(begin, block.end(),
                        [](char c) { return is_base64(c) || is_line_end(c); });
}

/// The block that begins behind `from`, without its marks, and where it ends.
struct block {
  std::string_view text;
  std::size_t end = 0;
};

/// The next certificate from `at` on; its text is empty if it has no end.
std::optional<block> next_block(std::string_view pem, std::size_t at) {
  // OpenSSL's three names for it.
  for (;;) {
    at = pem.find("-----BEGIN ", at);
    if (at == pem.npos)
      return std::nullopt;
    at += 11;
    auto rest = pem.substr(at);
    for (std::string_view label :
         {"CERTIFICATE-----", "TRUSTED CERTIFICATE-----",
          "X509 CERTIFICATE-----"}) {
      if (!rest.starts_with(label))
        continue;
      rest.remove_prefix(label.size());
      auto end = rest.find("-----END " + std::string{label});
      if (end == rest.npos)
        return block{{}, pem.size()};
      return block{rest.substr(0, end), at + label.size() + end};
    }
  }
}

std::optional<std::string> trouble_with(std::string_view pem) {
  std::size_t count = 0;
  std::size_t at = 0;
  while (auto found = next_block(pem, at)) {
    ++count;
    if (!is_plausible(found->text))
      return "has a damaged certificate, number " + std::to_string(count);
    at = found->end;
  }
  if (count > 0)
    return std::nullopt;
  if (pem.starts_with("\x30\x82"))
    return "is in DER form, must be in PEM form; convert it: openssl x509 "
           "-inform der -in OLD -out NEW";
  return "holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)";
}

} // namespace

void check_ca_file(llm_settings& x, const node& root, findings& out) {
  const auto* llm = root.find("llm");
  const auto* named = llm != nullptr ? llm->find("ca_file") : nullptr;
  if (x.ca_file.empty() || named == nullptr)
    return;
  x.ca_file = resolved(x.ca_file, named->where);
  auto text = read_small_file(x.ca_file, max_file, "a list of certificates");
  if (!text.value) {
    out.error(named->where, named->pointer,
              text.problem
                + "; its path starts at the folder of the file that names it; "
                  "null: the system's certificates");
    return;
  }
  auto whole = "the file \"" + x.ca_file + "\" ";
  if (auto bad = trouble_with(*text.value))
    out.error(named->where, named->pointer, whole + *bad);
  else if (text.value->find("PRIVATE KEY-----") != std::string::npos)
    out.warn(named->where, named->pointer,
             whole
               + "holds a private key too; the certificate alone is enough, "
                 "and the key should not be on this machine");
}

} // namespace riskbreaker::config
