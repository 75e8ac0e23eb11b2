#include "tests/support/catch.hpp"
#include "transport/web_request.hpp"

using namespace riskbreaker::transport;

TEST_CASE("a target is taken apart and decoded", "[web]") {
  auto x = parse_target(
    "/api/assessments?pair=BTC%2FUSDT&timeframe=5m&a+b=c%2b+d&flag&&e=");
  REQUIRE(x);
  CHECK(x->path == "/api/assessments");
  CHECK(*x->find("pair") == "BTC/USDT");
  CHECK(*x->find("timeframe") == "5m");
  CHECK(*x->find("a b") == "c+ d");
  CHECK(x->find("flag")->empty());
  CHECK(x->find("e")->empty());
  CHECK_FALSE(x->find("nothing"));
  CHECK(parse_target("/?")->parameters.empty());
  CHECK(parse_target("/%7e+")->path == "/~+");
  for (auto bad : {"", "x", "http://a/", "*", "/%", "/%2", "/%zz", "/?a=%1"})
    CHECK_FALSE(parse_target(bad));
}

TEST_CASE("only names of this machine are taken as Host", "[web]") {
  for (auto ours : {"127.0.0.1:8090", "127.0.0.1", "localhost", "LOCALHOST:1",
                    "[::1]:8090", "192.168.1.7:8090", "localhost.:80"})
    CHECK(host_is_ours(ours, "127.0.0.1"));
  for (auto foreign :
       {"", "evil.example", "evil.example:8090", "127.0.0.1.evil",
        "localhost.evil.example", "box", ":8090", "1.2.3.4.5", "notlocalhost"})
    CHECK_FALSE(host_is_ours(foreign, "127.0.0.1"));
  CHECK(host_is_ours("Risk.Example:8090", "risk.example"));
  // Containers call each other by names without a dot.
  CHECK(host_is_ours("riskbreaker:8090", "0.0.0.0"));
  CHECK_FALSE(host_is_ours("evil.example", "0.0.0.0"));
  // What the configuration names besides, in full.
  const std::vector<std::string> more{"risk.example.org", "other"};
  for (auto named : {"risk.example.org", "RISK.example.org.:443", "other:80"})
    CHECK(host_is_ours(named, "127.0.0.1", more));
  for (auto foreign : {"example.org", "x.risk.example.org", "risk.example.orgs",
                       "risk.example.org.evil", ""})
    CHECK_FALSE(host_is_ours(foreign, "127.0.0.1", more));
}

TEST_CASE("an origin is ours if it is the site that was asked", "[web]") {
  CHECK(origin_is_ours("http://localhost:8090", "localhost:8090"));
  CHECK(origin_is_ours("https://LOCALHOST:8090", "localhost:8090"));
  for (auto foreign : {"null", "http://localhost", "http://localhost:8091",
                       "http://evil.example", "localhost:8090", "",
                       "http://localhost:8090.evil.example"})
    CHECK_FALSE(origin_is_ours(foreign, "localhost:8090"));
}

TEST_CASE("secrets are the same only if all of them is", "[web]") {
  CHECK(same_secret("abc", "abc"));
  for (auto wrong : {"", "ab", "abd", "abcd", "abcabc", "bbc", "ABC"})
    CHECK_FALSE(same_secret(wrong, "abc"));
  CHECK_FALSE(same_secret("x", ""));
}
