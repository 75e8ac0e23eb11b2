#include "tests/support/catch.hpp"
#include "transport/connection_care.hpp"

using namespace riskbreaker::transport;
using namespace std::chrono_literals;
using riskbreaker::core::steady_time;

namespace {

constexpr steady_time t0{};
constexpr auto later = t0 + 1s; // when libcurl's seconds tell old from new
constexpr auto url = "https://a.example/v1/chat/completions";

/// A request that is over in no time.
connection_choice ask(connection_care& care, connection_sign sign,
                      steady_time now = t0) {
  auto choice = care.begin(url, now);
  care.end(url, choice, sign, now);
  return choice;
}

} // namespace

TEST_CASE("connections are shared while nothing is wrong",
          "[connection_care]") {
  connection_care care;
  const auto sign = GENERATE(connection_sign::alive, connection_sign::none);
  ask(care, sign);
  const auto next = ask(care, sign);
  CHECK_FALSE(next.fresh);
  CHECK_FALSE(next.oldest);
}

TEST_CASE("after a silence each request gets a fresh connection until one is "
          "answered",
          "[connection_care]") {
  connection_care care;
  ask(care, connection_sign::silent);
  CHECK(ask(care, connection_sign::silent).fresh);
  CHECK(ask(care, connection_sign::none, later).fresh);
  CHECK(ask(care, connection_sign::alive, later).fresh);
  CHECK_FALSE(ask(care, connection_sign::alive, later).fresh);
}

TEST_CASE("while requests from before a silence are open nothing is shared",
          "[connection_care]") {
  connection_care care;
  const auto hanging = care.begin(url, t0);
  ask(care, connection_sign::silent);
  CHECK(ask(care, connection_sign::alive, later).fresh);
  CHECK(ask(care, connection_sign::alive, later).fresh);
  // Its own end says nothing new, whatever it is.
  const auto sign = GENERATE(connection_sign::silent, connection_sign::alive);
  care.end(url, hanging, sign, later);
  CHECK_FALSE(ask(care, connection_sign::alive, later).fresh);
}

TEST_CASE("a late answer to a request from before a silence clears nothing",
          "[connection_care]") {
  connection_care care;
  const auto slow = care.begin(url, t0);
  ask(care, connection_sign::silent);
  care.end(url, slow, connection_sign::alive, t0);
  CHECK(ask(care, connection_sign::none, later).fresh);
}

TEST_CASE("in the second after a silence nothing is shared",
          "[connection_care]") {
  connection_care care;
  ask(care, connection_sign::silent);
  ask(care, connection_sign::alive);
  CHECK(ask(care, connection_sign::alive, later - 1ns).fresh);
  CHECK_FALSE(ask(care, connection_sign::alive, later).fresh);
}

TEST_CASE("what was idle at a silence is never used again",
          "[connection_care]") {
  connection_care care;
  CHECK_FALSE(ask(care, connection_sign::silent).oldest);
  // libcurl counts whole seconds, and 0 is "any age".
  CHECK(ask(care, connection_sign::alive, t0 + 999ms).oldest == 1s);
  CHECK(ask(care, connection_sign::alive, t0 + 1'999ms).oldest == 1s);
  CHECK(ask(care, connection_sign::alive, t0 + 2s).oldest == 2s);
  CHECK(ask(care, connection_sign::alive, t0 + 1h).oldest == 3'600s);
  ask(care, connection_sign::silent, t0 + 2h);
  CHECK(ask(care, connection_sign::alive, t0 + 2h + 5s).oldest == 5s);
}

TEST_CASE("a silence concerns its scheme, host and port alone",
          "[connection_care]") {
  connection_care care;
  ask(care, connection_sign::silent);
  for (auto other : {"http://a.example/v1", "https://a.example:8443/v1",
                     "https://b.example/v1"})
    CHECK_FALSE(care.begin(other, t0).fresh);
  for (auto same : {"https://a.example", "https://a.example?x",
                    "https://a.example/v1/models"})
    CHECK(care.begin(same, t0).fresh);
}
