#include "folders.hpp"
#include "tests/app/score_fixture.hpp"
#include "tests/core/market/oracle.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <numeric>
#include <regex>
#include <set>

using namespace riskbreaker;
using namespace riskbreaker::tests;

// docs/a-score-by-hand.md says `name` number wherever a number matters. Here
// the same sums are done again, and the program is asked for the same row.

namespace {

using values = std::map<std::string, double>;

std::string read_page() {
  std::ifstream in{TESTS_DIR "/../docs/a-score-by-hand.md"};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// What stands between `begin` and `end`.
std::string part(const std::string& page, const std::string& begin,
                 const std::string& end) {
  auto from = page.find(begin);
  REQUIRE(from != std::string::npos);
  from += begin.size();
  return page.substr(from, page.find(end, from) - from);
}

struct bars {
  std::vector<double> high, low, close;
};

bars read_bars(const std::string& csv) {
  bars result;
  std::istringstream in{csv};
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    auto cells = split_csv(line);
    result.high.push_back(std::stod(cells.at(2)));
    result.low.push_back(std::stod(cells.at(3)));
    result.close.push_back(std::stod(cells.at(4)));
  }
  return result;
}

using list = std::vector<double>;

list cut(const list& xs, std::size_t from, std::size_t to) {
  return {xs.begin() + static_cast<long>(from),
          xs.begin() + static_cast<long>(to) + 1};
}

double sum(const list& xs) {
  return std::accumulate(xs.begin(), xs.end(), 0.0);
}

double squares(const list& xs) {
  auto mean = sum(xs) / static_cast<double>(xs.size());
  double result = 0;
  for (auto x : xs)
    result += (x - mean) * (x - mean);
  return result;
}

double middle(const bars& x, std::size_t from, std::size_t to) {
  auto highs = cut(x.high, from, to);
  auto lows = cut(x.low, from, to);
  return (*std::max_element(highs.begin(), highs.end())
          + *std::min_element(lows.begin(), lows.end()))
         / 2;
}

/// Wilder's averages, from row 14 on.
list wilder(const list& xs) {
  list result{sum(cut(xs, 0, 13)) / 14};
  for (std::size_t i = 14; i < xs.size(); ++i)
    result.push_back((13 * result.back() + xs[i]) / 14);
  return result;
}

/// The steps in between, which the program does not tell.
values work_out(const bars& x, const list& returns) {
  list gains;
  list losses;
  for (std::size_t i = 1; i < x.close.size(); ++i) {
    gains.push_back(std::max(x.close[i] - x.close[i - 1], 0.0));
    losses.push_back(std::max(x.close[i - 1] - x.close[i], 0.0));
  }
  list volatilities; // from row 20 on
  for (std::size_t row = 20; row <= 76; ++row)
    volatilities.push_back(
      std::sqrt(squares(cut(returns, row - 20, row - 1)) / 19));
  auto sorted = volatilities;
  std::sort(sorted.begin(), sorted.end());
  auto gain = wilder(gains);
  auto loss = wilder(losses);
  auto newest = cut(returns, 56, 75);
  return {{"gain_seed", gain[0]},
          {"gain_before", gain[61]},
          {"gain", gain[62]},
          {"loss_seed", loss[0]},
          {"loss_before", loss[61]},
          {"loss", loss[62]},
          {"return_sum", sum(newest)},
          {"return_mean", sum(newest) / 20},
          {"return_squares", squares(newest)},
          {"rv20_median", sorted[28]},
          {"rv20_previous", volatilities[55]},
          {"volatility_ratio", volatilities[56] / sorted[28]},
          {"sigmas", returns[75] / volatilities[55]},
          {"tenkan_then", middle(x, 43, 51)},
          {"kijun_then", middle(x, 26, 51)}};
}

/// Half of the last digit that `text` shows.
double precision_of(const std::string& text) {
  auto point = text.find('.');
  auto digits = point == std::string::npos ? 0 : text.size() - point - 1;
  return 0.5000001 * std::pow(10, -static_cast<double>(digits));
}

} // namespace

TEST_CASE_METHOD(score_fixture, "score: the score by hand is the program's",
                 "[score]") {
  auto page = read_page();
  auto csv = part(page, "```csv\n", "```");
  auto x = read_bars(csv);
  REQUIRE(x.close.size() == 77);
  list returns;
  for (std::size_t i = 1; i < x.close.size(); ++i)
    returns.push_back(std::log(x.close[i] / x.close[i - 1]));
  auto want = work_out(x, returns);

  temporary_file file{"ETH_USDT-1h.csv", csv};
  options.format = {true, true};
  REQUIRE(run(file) == 0);
  auto row = objects().back();
  CHECK(row["pair"] == "ETH/USDT");
  for (const auto& [name, value] : row.items())
    if (value.is_number())
      want[name] = value.get<double>();
  options.side = "short";
  REQUIRE(run(file) == 0);
  want["score_short"] = objects().back()["score"].get<double>();

  std::set<std::string> named;
  std::regex claim{"`([a-z0-9_]+)` (-?[0-9]+(?:\\.[0-9]+)?)"};
  for (std::sregex_iterator at{page.begin(), page.end(), claim}, end; at != end;
       ++at) {
    auto name = at->str(1);
    auto text = at->str(2);
    CAPTURE(name, text);
    REQUIRE(want.count(name) == 1);
    CHECK(std::fabs(want[name] - std::stod(text)) <= precision_of(text));
    named.insert(name);
  }
  CHECK(named.size() == 28);
}

TEST_CASE("the returns that the score by hand lists are those of its candles",
          "[score]") {
  auto page = read_page();
  auto x = read_bars(part(page, "```csv\n", "```"));
  std::istringstream listed{part(page, "```\n-", "```").insert(0, "-")};
  std::size_t row = 57;
  for (std::string text; listed >> text; ++row) {
    REQUIRE(row < x.close.size());
    CHECK(std::fabs(std::log(x.close[row] / x.close[row - 1]) - std::stod(text))
          <= precision_of(text));
  }
  CHECK(row == 77);
}
