#include "config/checks.hpp"
#include "config/diff.hpp"
#include "config/print.hpp"
#include "tests/config/support.hpp"

using namespace riskbreaker::tests;
using riskbreaker::config::check_no_proxy;

namespace fs = std::filesystem;

namespace {

// The form of one; nobody here reads what is inside.
const std::string certificate = "-----BEGIN CERTIFICATE-----\n"
                                "MIIBszCCAVmgAwIBAgIUJw==\n"
                                "-----END CERTIFICATE-----\n";

std::string llm_text(const std::string& keys) {
  return R"({"llm": {)" + keys + "}}";
}

std::string proxy_text(const std::string& proxy) {
  return llm_text(R"("proxy": ")" + proxy + '"');
}

std::string ca_text(const std::string& path) {
  return llm_text(R"("ca_file": ")" + path + '"');
}

} // namespace

TEST_CASE("a proxy, its exceptions and own certificates hold for all endpoints",
          "[route]") {
  scratch_dir dir;
  auto ca = dir.write("ca.pem", certificate);
  auto x = good(llm_text(R"("proxy": "socks5h://127.0.0.1:9050",
    "no_proxy": ["localhost", "10.0.0.0/8"], "ca_file": ")"
                         + ca + '"'));
  CHECK(x.llm.proxy == "socks5h://127.0.0.1:9050");
  CHECK(x.llm.no_proxy == std::vector<std::string>{"localhost", "10.0.0.0/8"});
  CHECK(x.llm.ca_file == ca);
  auto none
    = good(llm_text(R"("proxy": null, "no_proxy": [], "ca_file": null)"));
  CHECK(none.llm == good("{}").llm);
  CHECK(none.llm.proxy.empty());
}

TEST_CASE("a proxy has one of four schemes, a host and a port", "[route]") {
  for (auto fine : {"http://proxy.example:3128", "https://[::1]:443",
                    "socks5://10.0.0.1:1080", "socks5h://p:1/"})
    CHECK(good(proxy_text(fine)).llm.proxy == fine);
  for (auto bad : {"", "127.0.0.1:9050", "ftp://p:1", "socks4://p:1", "http://",
                   "http://p", "http://[::1]", "http://p:x", "http://p:1/way",
                   "http://p:1?x", "http://p :1"}) {
    CAPTURE(bad);
    CHECK_THAT(error_of(proxy_text(bad)), Contains("/llm/proxy: "));
  }
}

TEST_CASE("credentials of a proxy are refused and not repeated", "[route]") {
  for (auto bad : {"http://joe:s3cret@p:1", "socks5h://s3cret@p:1",
                   "https://s3cret:@[::1]:1"})
    CHECK_THAT(error_of(proxy_text(bad)),
               Contains("must not hold credentials") && !Contains("s3cret"));
  CHECK_THAT(
    error_of("{}", {{"RISKBREAKER__LLM__PROXY", "http://joe:s3cret@p:1"}}),
    Contains("must not hold credentials") && !Contains("s3cret"));
}

TEST_CASE("an exception is a host, a domain, an address or a network",
          "[route]") {
  for (auto fine :
       {"localhost", "lan.example", ".lan.example", "a_b-c", "*", "127.0.0.1",
        "::1", "fe80::1", "10.0.0.0/8", "fd00::/8", "192.168.1.1/32"}) {
    CAPTURE(fine);
    CHECK_FALSE(check_no_proxy(fine));
  }
  for (auto bad : {"", ".", "http://h", "h:80", "[::1]", "*.example", "a,b",
                   "a b", "h/path", "10.0.0.0/0", "10.0.0.0/33", "10.0.0.0/x",
                   "10.0.0/8", "fd00::/129", "h\x01"}) {
    CAPTURE(bad);
    CHECK(check_no_proxy(bad));
  }
  CHECK_THAT(error_of(llm_text(R"("no_proxy": ["h", "h:80"])")),
             Contains("/llm/no_proxy/1: must be without a port")
               && Contains("\"h:80\""));
}

TEST_CASE("exceptions without a proxy are warned about", "[route]") {
  CHECK_THAT(warnings_of(llm_text(R"("no_proxy": ["h"])")),
             Contains("/llm/no_proxy: has no effect"));
  CHECK_THAT(
    warnings_of(llm_text(R"("no_proxy": ["h"], "proxy": "http://p:1")")),
    !Contains("no effect"));
}

TEST_CASE("a file of certificates is looked into when it is named", "[route]") {
  scratch_dir dir;
  auto refused = [&](const std::string& text) {
    return error_of(ca_text(dir.write("ca.pem", text)));
  };
  good(ca_text(dir.write("ca.pem", "# ours\n" + certificate + certificate)));
  CHECK_THAT(error_of(ca_text(dir.path("none.pem"))),
             Contains("/llm/ca_file: ") && Contains("none.pem\" is not there"));
  CHECK_THAT(error_of(ca_text(dir.path())), Contains("no regular file"));
  CHECK_THAT(refused(""), Contains("holds no certificate in PEM form"));
  CHECK_THAT(refused("-----BEGIN PRIVATE KEY-----\nMII=\n"
                     "-----END PRIVATE KEY-----\n"),
             Contains("holds no certificate"));
  CHECK_THAT(refused("\x30\x82\x01"), Contains("DER form"));
  auto cut = certificate.substr(0, certificate.size() - 30);
  CHECK_THAT(refused(certificate + cut),
             Contains("damaged certificate, number 2"));
  for (auto inside : {"", "\n", "hello", "MII\x01", "AAAA"})
    CHECK_THAT(refused("-----BEGIN CERTIFICATE-----\n" + std::string{inside}
                       + "\n-----END CERTIFICATE-----\n"),
               Contains("damaged certificate, number 1"));
  CHECK_THAT(refused(certificate + std::string(5u << 20u, ' ')),
             Contains("too large"));
}

TEST_CASE("OpenSSL's other names for a certificate are taken", "[route]") {
  scratch_dir dir;
  for (std::string label : {"TRUSTED CERTIFICATE", "X509 CERTIFICATE"})
    good(ca_text(dir.write("ca.pem", "-----BEGIN " + label + "-----\r\nMIIB\r\n"
                                       + "-----END " + label + "-----\r\n")));
}

TEST_CASE("a key beside the certificate is warned about", "[route]") {
  scratch_dir dir;
  auto path = dir.write("ca.pem", certificate
                                    + "-----BEGIN PRIVATE KEY-----\nMIGs3cret\n"
                                      "-----END PRIVATE KEY-----\n");
  CHECK_THAT(warnings_of(ca_text(path)),
             Contains("holds a private key too") && !Contains("s3cret"));
}

TEST_CASE("certificates are looked for beside the file that names them",
          "[route]") {
  scratch_dir dir;
  dir.write("ca.pem", certificate);
  auto file = dir.write("riskbreaker.json", ca_text("ca.pem"));
  auto loaded = riskbreaker::config::load({file}, {});
  REQUIRE(loaded.value);
  CHECK(loaded.value->llm.ca_file == dir.path("ca.pem"));
}

TEST_CASE("how endpoints are reached is printed, and changes at a restart",
          "[route]") {
  auto x = good(
    llm_text(R"("proxy": "http://p:1", "no_proxy": ["localhost", "::1"])"));
  auto shown = nlohmann::json::parse(riskbreaker::config::print_effective(x));
  CHECK(shown["llm"]["proxy"] == "http://p:1");
  CHECK(shown["llm"]["no_proxy"] == nlohmann::json{"localhost", "::1"});
  CHECK(shown["llm"]["ca_file"].is_null());
  auto all = riskbreaker::config::diff(good("{}"), x);
  REQUIRE(all.size() == 2);
  for (const auto& change : all)
    CHECK(change.needs_restart);
  CHECK(all[1].pointer == "/llm/no_proxy");
  CHECK(all[1].after == R"(["localhost","::1"])");
}
