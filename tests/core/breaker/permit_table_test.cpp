#include "core/breaker/permit_table.hpp"
#include "tests/support/catch.hpp"

#include <set>
#include <vector>

using namespace riskbreaker::core;
using namespace std::chrono_literals;

namespace {

constexpr steady_time t0{1h};

} // namespace

TEST_CASE("a ticket is closed once", "[permit_table]") {
  permit_table table;
  auto a = *table.open(t0);
  auto b = *table.open(t0);
  CHECK(a != b);
  CHECK(table.in_flight() == 2);
  CHECK(table.close(a));
  CHECK_FALSE(table.close(a));
  CHECK(table.in_flight() == 1);
  CHECK(table.close(b));
  CHECK_FALSE(table.close(12345));
  CHECK(table.in_flight() == 0);
}

TEST_CASE("a place that is used again has another ticket", "[permit_table]") {
  permit_table table;
  std::set<std::uint32_t> seen;
  for (int i = 0; i < 65'536; ++i) {
    auto ticket = *table.open(t0);
    REQUIRE(seen.insert(ticket).second);
    REQUIRE(table.close(ticket));
  }
}

TEST_CASE("nothing is allocated once the record is reached", "[permit_table]") {
  permit_table table;
  std::vector<std::uint32_t> tickets;
  for (int i = 0; i < 100; ++i)
    tickets.push_back(*table.open(t0));
  auto capacity = table.capacity();
  for (int round = 0; round < 100; ++round) {
    if (round % 3 == 0)
      table.clear();
    else
      for (auto x : tickets)
        REQUIRE(table.close(x));
    tickets.clear();
    for (int i = 0; i < 100; ++i)
      tickets.push_back(*table.open(t0));
    REQUIRE(table.capacity() == capacity);
  }
}

TEST_CASE("the first lease is that of the tickets still out",
          "[permit_table]") {
  permit_table table;
  CHECK_FALSE(table.first_lease());
  auto a = *table.open(t0 + 2s);
  auto b = *table.open(t0 + 1s);
  CHECK(table.first_lease() == t0 + 1s);
  table.close(b);
  CHECK(table.first_lease() == t0 + 2s);
  table.close(a);
  CHECK_FALSE(table.first_lease());
}

TEST_CASE("a full table says so and recovers", "[permit_table]") {
  permit_table table;
  std::uint32_t last = 0;
  for (int i = 0; i < 65'536; ++i) {
    auto ticket = table.open(t0);
    REQUIRE(ticket);
    last = *ticket;
  }
  CHECK_FALSE(table.open(t0));
  CHECK(table.close(last));
  CHECK(table.open(t0));
  table.clear();
  CHECK(table.in_flight() == 0);
  CHECK_FALSE(table.close(last));
}
