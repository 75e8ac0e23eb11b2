#include "tests/config/support.hpp"

using namespace riskbreaker::tests;

namespace {

std::string socket_text(const std::string& bind, const std::string& more = "") {
  return R"({"transport": {"candles": {"bind": ")" + bind + "\"}" + more + "}}";
}

std::string http_text(const std::string& bind, const std::string& more = "") {
  return R"({"http": {"bind": ")" + bind + '"' + more + "}}";
}

constexpr auto insecure = R"(, "allow_insecure": true)";

} // namespace

TEST_CASE("sockets bind to tcp or ipc addresses", "[address]") {
  for (auto fine : {"tcp://127.0.0.1:0", "tcp://127.0.0.1:*",
                    "tcp://127.0.0.1:65535", "tcp://[::1]:5555",
                    "tcp://localhost:1", "ipc://x", "ipc://@abstract"}) {
    CAPTURE(fine);
    CHECK(good(socket_text(fine)).transport.candles_bind == fine);
  }
  for (auto bad : {"127.0.0.1:5555", "udp://127.0.0.1:1", "tcp://127.0.0.1",
                   "tcp://:1", "tcp://127.0.0.1:", "tcp://127.0.0.1:65536",
                   "tcp://127.0.0.1:x", "tcp://::1:5555", "tcp://[]:1",
                   "ipc://", "tcp://127.0.0.1:1/x", "", "tcp://127.0.0.1 :1"}) {
    CAPTURE(bad);
    CHECK_THAT(error_of(socket_text(bad, insecure)),
               Contains("/transport/candles/bind: must "));
  }
  good(socket_text("ipc://" + std::string(107, 'x')));
  CHECK_THAT(error_of(socket_text("ipc://" + std::string(108, 'x'))),
             Contains("107"));
}

TEST_CASE("a socket that others reach is refused unless allowed", "[address]") {
  for (auto open :
       {"tcp://0.0.0.0:5555", "tcp://*:5555", "tcp://192.168.1.2:5555",
        "tcp://[::]:5555", "tcp://eth0:5555", "tcp://127.example.com:5555",
        "tcp://localhost.example.com:1"}) {
    CAPTURE(open);
    CHECK_THAT(error_of(socket_text(open)),
               Contains("/transport/candles/bind: ")
                 && Contains("open to other machines")
                 && Contains("transport.allow_insecure"));
    CHECK(good(socket_text(open, insecure)).transport.candles_bind == open);
  }
  for (auto own : {"tcp://127.0.0.1:5", "tcp://127.1.2.3:5", "ipc://x"})
    good(socket_text(own));
}

TEST_CASE("every socket has its own address", "[address]") {
  CHECK_THAT(error_of(socket_text("tcp://127.0.0.1:5556")),
             Contains("/transport/candles/bind: ")
               || Contains("transport.candles already"));
  good(R"({"transport": {"candles": {"bind": "tcp://127.0.0.1:0"},
                         "results": {"bind": "tcp://127.0.0.1:0"},
                         "control": {"bind": "tcp://127.0.0.1:0"}}})");
}

TEST_CASE("the encoding is json or msgpack", "[address]") {
  CHECK(good(R"({"transport": {"results": {"encoding": "msgpack"}}})")
          .transport.results_encoding
        == riskbreaker::config::encoding::msgpack);
  CHECK_THAT(error_of(R"({"transport": {"results": {"encoding": "cbor"}}})"),
             Contains("must be one of json, msgpack, is \"cbor\""));
}

TEST_CASE("the HTTP server binds to a host and port", "[address]") {
  for (auto fine : {"127.0.0.1:0", "[::1]:8090", "localhost:65535"})
    CHECK(good(http_text(fine)).http.bind == fine);
  for (auto bad : {"8090", ":8090", "127.0.0.1", "http://127.0.0.1:8090",
                   "::1:8090", "127.0.0.1:65536", "127.0.0.1:*", ""}) {
    CAPTURE(bad);
    CHECK_THAT(error_of(http_text(bad)), Contains("/http/bind: "));
  }
  CHECK_FALSE(good(R"({"http": {"bind": null}})").http.bind);
}

TEST_CASE("an HTTP server that others reach is refused unless allowed",
          "[address]") {
  CHECK_THAT(error_of(http_text("0.0.0.0:8090")),
             Contains("http.allow_insecure"));
  CHECK(good(http_text("0.0.0.0:8090", insecure)).http.bind == "0.0.0.0:8090");
}

TEST_CASE("further names of the HTTP server are names in full", "[address]") {
  auto hosts = [](const std::string& list) {
    return http_text("127.0.0.1:0", R"(, "hosts": [)" + list + ']');
  };
  CHECK(good(hosts("")).http.hosts.empty());
  CHECK(good(hosts(R"("risk.example.org", "box_2-a")")).http.hosts
        == std::vector<std::string>{"risk.example.org", "box_2-a"});
  for (auto bad :
       {"", ".", ".example.org", "example.org.", "*.example.org", "*",
        "example.org:443", "https://example.org", "a/b", "a b", "é"}) {
    CAPTURE(bad);
    CHECK_THAT(error_of(hosts('"' + std::string{bad} + '"')),
               Contains("/http/hosts/0: "));
  }
}

// -- the token
// -------------------------------------------------------------------

TEST_CASE("a token comes from the file, a variable or a file of its own",
          "[address]") {
  scratch_dir dir;
  auto path = dir.write("token", "from-file\n");
  CHECK(good(R"({"http": {"token": "direct"}})").http.token == "direct");
  auto env = R"({"http": {"token_env": "T"}})";
  CHECK(good(env, {{"T", "from-env"}}).http.token == "from-env");
  auto file = R"({"http": {"token_file": ")" + path + "\"}}";
  CHECK(good(file).http.token == "from-file");
  CHECK(good(file, {{"RISKBREAKER__HTTP__TOKEN", "wins"}}).http.token
        == "wins");
}

TEST_CASE("a token that is not there leaves the server read-only",
          "[address]") {
  auto text = R"({"http": {"token_env": "T"}})";
  CHECK(good(text).http.token.empty());
  CHECK_THAT(warnings_of(text),
             Contains("/http/token_env: ") && Contains("read-only"));
}

TEST_CASE("a token must fit in a header and is not repeated", "[address]") {
  for (std::string bad : {"", "s3cret s3cret", "s3cret\\n", "s3cretä"}) {
    CAPTURE(bad);
    CHECK_THAT(error_of(R"({"http": {"token": ")" + bad + "\"}}"),
               Contains("/http/token: ") && !Contains("s3cret"));
  }
  CHECK_THAT(error_of(R"({"http": {"token": 12345}})"), !Contains("12345"));
}

TEST_CASE("a named token must fit in a header as well", "[address]") {
  scratch_dir dir;
  for (std::string bad : {"s3cret s3cret", "s3cret\ts3cret", "s3cretä"}) {
    CAPTURE(bad);
    CHECK_THAT(error_of(R"({"http": {"token_env": "T"}})", {{"T", bad}}),
               Contains("/http/token_env: ") && Contains("printable ASCII")
                 && !Contains("s3cret"));
    auto path = dir.write("token", bad + '\n');
    CHECK_THAT(error_of(R"({"http": {"token_file": ")" + path + "\"}}"),
               Contains("/http/token_file: ") && Contains("printable ASCII")
                 && !Contains("s3cret"));
  }
  CHECK(good(R"({"http": {"token_env": "T"}})", {{"T", "!~{\"}"}}).http.token
        == "!~{\"}");
}

TEST_CASE("a token in a file that everyone can read is warned about",
          "[address]") {
  scratch_dir dir;
  auto path = dir.write("c.json", R"({"http": {"token": "s3cret"}})");
  auto warnings = [&] {
    std::string out;
    for (const auto& x : riskbreaker::config::load({path}, {}).warnings)
      out += format(x) + '\n';
    return out;
  };
  CHECK_THAT(warnings(), !Contains("chmod"));
  std::filesystem::permissions(path, std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  CHECK_THAT(warnings(), Contains("chmod 600") && !Contains("s3cret"));
}
