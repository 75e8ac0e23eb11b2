#include "config/curve_file.hpp"
#include "config/diff.hpp"
#include "config/file_watch.hpp"
#include "config/print.hpp"
#include "tests/config/support.hpp"

#include <algorithm>

using namespace riskbreaker;
using namespace riskbreaker::tests;
namespace fs = std::filesystem;

namespace {

// RFC 26's example keys.
const std::string alice = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID";
const std::string alice_secret = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs";
const std::string bob = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";

std::string certificate(const std::string& key) {
  return config::write_curve_certificate({key, std::nullopt});
}

struct fixture {
  fixture() {
    dir.write("server.key_secret",
              config::write_curve_certificate({alice, alice_secret}));
    dir.write("bob.key", certificate(bob));
    fs::create_directory(dir.path("bots"));
    dir.write("bots/alice.key", certificate(alice));
    dir.write("bots/bob.key", certificate(bob));
    dir.write("bots/README", "no key");
  }

  /// The file's settings, with `clients` as given.
  config::load_result load(const std::string& clients,
                           const std::string& secret = "server.key_secret",
                           const std::string& more = "") {
    auto file = dir.write(
      "c.json", R"({"transport": {"curve": {"secret_key_file": ")" + secret
                  + R"(", "clients": )" + clients + "}" + more + "}}");
    return config::load({file}, {});
  }

  std::string error(const std::string& clients,
                    const std::string& secret = "server.key_secret") {
    auto x = load(clients, secret);
    REQUIRE(x.errors.size() == 1);
    return config::format(x.errors.front());
  }

  scratch_dir dir;
};

constexpr auto everyone
  = R"({"candles": ["*"], "results": ["*"], "control": ["*"]})";

} // namespace

TEST_CASE("a CURVE key is 40 characters of Z85 that fit in 32 bytes",
          "[curve]") {
  CHECK(config::is_curve_key(alice));
  CHECK(config::is_curve_key(std::string(40, '0')));
  CHECK_FALSE(config::is_curve_key(alice.substr(1)));
  CHECK_FALSE(config::is_curve_key(alice + '0'));
  CHECK_FALSE(config::is_curve_key(std::string(40, '#'))); // over 2^32 - 1
  // %nSc0 is 0xFFFFFFFF, one more is too large.
  CHECK(config::is_curve_key("%nSc0" + alice.substr(5)));
  CHECK_FALSE(config::is_curve_key("%nSc1" + alice.substr(5)));
  auto spaced = alice;
  spaced[7] = ' ';
  CHECK_FALSE(config::is_curve_key(spaced));
  CHECK_FALSE(config::is_curve_key(""));
}

TEST_CASE("certificates are read as CZMQ and pyzmq write them", "[curve]") {
  auto text = "#   ****  Generated on 2026-11-28 by pyzmq  ****\r\n"
              "# public-key = \"no\"\n\n"
              "metadata\n    name = \"x = y\"\ncurve\n"
              "    public-key = \""
              + alice + "\"\n    secret-key = \"" + alice_secret + "\"";
  auto x = config::parse_curve_certificate(text);
  CHECK(x.public_key == alice);
  CHECK(x.secret_key == alice_secret);
  CHECK_FALSE(
    config::parse_curve_certificate("public-key = \"short\"").public_key);
  CHECK_FALSE(config::parse_curve_certificate("").public_key);
  auto again = config::parse_curve_certificate(
    config::write_curve_certificate({alice, alice_secret}));
  CHECK(again.public_key == alice);
  CHECK(again.secret_key == alice_secret);
}

TEST_CASE_METHOD(fixture, "each socket has its own list", "[curve]") {
  auto x = load(R"({"candles": ["bots"], "results": ["bob.key", "bots/bob.key"],
                    "control": ["*", "bob.key"]})");
  REQUIRE(x.value);
  REQUIRE(x.value->transport.curve);
  const auto& curve = *x.value->transport.curve;
  CHECK(curve.secret_key == alice_secret);
  std::vector<std::string> both{alice, bob};
  std::sort(both.begin(), both.end());
  CHECK(curve.clients.candles.keys == both);
  CHECK_FALSE(curve.clients.candles.anyone);
  CHECK(curve.clients.results.keys == std::vector{bob});
  CHECK(curve.clients.control.anyone);
  // The folder's text file is no key file, nothing is said of it.
  for (const auto& w : x.warnings)
    CHECK_THAT(config::format(w), !Contains("README"));
}

TEST_CASE_METHOD(fixture, "null is no encryption", "[curve]") {
  CHECK_FALSE(good(R"({"transport": {"curve": null}})").transport.curve);
  CHECK_THAT(error_of(R"({"transport": {"curve": true}})"),
             Contains("/transport/curve: must be an object or null, is "));
  CHECK_THAT(error_of(R"({"transport": {"curve": {}}})"),
             Contains("\"secret_key_file\" is missing"));
}

TEST_CASE_METHOD(fixture, "a list that lets nobody in is pointed at",
                 "[curve]") {
  auto x = load(R"({"candles": [], "results": ["*"]})");
  REQUIRE(x.value);
  std::string text;
  for (const auto& w : x.warnings)
    text += config::format(w) + '\n';
  CHECK_THAT(text, Contains("/clients/candles: ")
                     && Contains("/clients/control: ")
                     && !Contains("/clients/results: "));
}

TEST_CASE_METHOD(fixture, "bad key files are named with their remedy",
                 "[curve]") {
  CHECK_THAT(error(everyone, "nowhere"),
             Contains("/secret_key_file: ") && Contains("is not there"));
  CHECK_THAT(error(everyone, "bob.key"), Contains("a public key alone"));
  CHECK_THAT(error(everyone, "bots/README"),
             Contains("holds no CURVE key; `riskbreaker keygen"));
  auto with = [](const std::string& file) {
    return R"({"candles": [")" + file + R"("], "results": ["*"],
               "control": ["*"]})";
  };
  CHECK_THAT(error(with("nowhere.key")),
             Contains("/clients/candles/0: ") && Contains("is not there"));
  CHECK_THAT(error(with("server.key_secret")),
             Contains("belongs to its owner alone") && !Contains(alice_secret));
  dir.write("bots/broken.key", "public-key = \"x\"");
  CHECK_THAT(error(with("bots")), Contains("broken.key"));
}

TEST_CASE_METHOD(fixture, "a secret key is its owner's alone", "[curve]") {
  auto file = dir.path("server.key_secret");
  for (auto also : {fs::perms::group_read, fs::perms::others_read,
                    fs::perms::group_write, fs::perms::others_write}) {
    fs::permissions(file, fs::perms::owner_read | also);
    CHECK_THAT(error(everyone), Contains("chmod 600"));
  }
  fs::permissions(file, fs::perms::owner_read);
  CHECK(load(everyone).value);
}

TEST_CASE_METHOD(fixture, "with CURVE other machines may reach the sockets",
                 "[curve]") {
  auto open = R"(, "candles": {"bind": "tcp://0.0.0.0:5555"})";
  CHECK(load(everyone, "server.key_secret", open).value);
}

TEST_CASE_METHOD(fixture, "the secret key is never shown", "[curve]") {
  auto x = load(everyone);
  REQUIRE(x.value);
  auto changed = *x.value;
  changed.transport.curve->secret_key = bob;
  auto found = config::diff(*x.value, changed);
  REQUIRE(found.size() == 1);
  CHECK(found.front().needs_restart);
  CHECK(found.front().before == "\"********\"");
  CHECK(found.front().after == "\"********\"");
}

TEST_CASE_METHOD(fixture, "what is printed of CURVE reads back", "[curve]") {
  auto x = load(R"({"candles": ["bots", "bob.key"], "results": ["*"],
                    "control": []})");
  REQUIRE(x.value);
  auto text = config::print_effective(*x.value);
  CHECK_THAT(text, !Contains(alice_secret));
  CHECK(good(text).transport == x.value->transport);
}

TEST_CASE_METHOD(fixture, "who may connect changes without a restart",
                 "[curve]") {
  auto before = load(R"({"candles": ["bots"], "results": ["*"],
                         "control": ["*"]})");
  fs::remove(dir.path("bots/bob.key"));
  auto after = load(R"({"candles": ["bots"], "results": ["*"],
                        "control": ["*"]})");
  REQUIRE(before.value);
  REQUIRE(after.value);
  auto found = config::diff(*before.value, *after.value);
  REQUIRE(found.size() == 1);
  CHECK(found.front().pointer == "/transport/curve/clients/candles");
  CHECK(found.front().before == "2 keys");
  CHECK(found.front().after == "1 keys");
  CHECK_FALSE(found.front().needs_restart);
  // CURVE itself, on or off, does need one.
  auto off = *after.value;
  off.transport.curve.reset();
  for (const auto& x : config::diff(*after.value, off))
    CHECK(x.needs_restart);
}

TEST_CASE_METHOD(fixture, "key files are watched", "[curve]") {
  auto x = load(R"({"candles": ["bots"], "results": ["*"],
                    "control": ["bob.key"]})");
  REQUIRE(x.value);
  auto files = config::files_of(*x.value, {"c.json"});
  for (auto name :
       {"server.key_secret", "bots/alice.key", "bots/bob.key", "bob.key"})
    CHECK(std::count(files.begin(), files.end(), dir.path(name)) == 1);
}
