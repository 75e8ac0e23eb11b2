#include "app/assets.hpp"
#include "app/chart/chart_page.hpp"
#include "tests/app/chart_fixture.hpp"
#include "tests/support/catch.hpp"

using namespace riskbreaker;
using namespace riskbreaker::app;
using namespace riskbreaker::tests;

// The page and the picture; tests/system/chart_test.py parses both.

namespace {

bool holds(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

/// The data of the path of that style; those of the legend stand in groups.
std::string path_of(const std::string& svg, const std::string& style) {
  auto start = "<path class=\"" + style + "\" d=\"";
  for (auto at = svg.find(start); at != std::string::npos;
       at = svg.find(start, at + 1)) {
    auto before = svg.substr(0, at);
    if (count_of(before, "<g ") > count_of(before, "</g>"))
      continue;
    at += start.size();
    return svg.substr(at, svg.find('"', at) - at);
  }
  return {};
}

} // namespace

TEST_CASE("a page allows itself the scripts and styles it holds and no more",
          "[chart]") {
  auto page = chart_page(chart_of(random_walk(3)));
  CHECK(holds(page, "default-src 'none'"));
  CHECK(!holds(page, "unsafe"));
  for (const auto* x : {&assets::dygraphs_js, &assets::dygraphs_css,
                        &assets::chart_js, &assets::chart_css}) {
    CHECK(x->text.size() > 1'000);
    CHECK(holds(page, std::string{x->text}));
    CHECK(holds(page, "'" + std::string{x->hash} + "'"));
  }
  CHECK(!holds(page, "sourceMappingURL"));
  CHECK(holds(page, "Permission is hereby granted, free of charge"));
}

TEST_CASE("a pair's name breaks out of neither page nor picture", "[chart]") {
  auto plain = chart_of(random_walk(3), "A");
  auto hostile = chart_of(random_walk(3), hostile_pair);
  auto page = chart_page(hostile);
  CHECK(!holds(page, "<img"));
  CHECK(holds(page, "&lt;/script&gt;&lt;img"));
  for (const auto* tag : {"<script", "</script", "<!--", "-->"})
    CHECK(count_of(page, tag) == count_of(chart_page(plain), tag));
  auto svg = chart_picture(hostile);
  CHECK(!holds(svg, "<img"));
  CHECK(holds(svg, "&lt;/script&gt;&lt;img/src=x/onerror=alert(1)&gt;&#39;"
                   "&quot;&amp;--&gt;"));
}

TEST_CASE("markup holds no character that XML does not have", "[chart]") {
  CHECK(markup_safe("a\xEF\xBF\xBF/\xEF\xBF\xBE")
        == "a\xEF\xBF\xBD/\xEF\xBF\xBD");
  CHECK(markup_safe("\xEF\xBF\xBD\xEF\xBF") == "\xEF\xBF\xBD\xEF\xBF");
}

TEST_CASE("a picture has a bar of its verdict's style for every candle",
          "[chart]") {
  auto x = chart_of(random_walk(100));
  std::array<std::size_t, chart_verdict_count> want{};
  for (const auto& row : x.series[0].rows)
    ++want[static_cast<std::size_t>(judge(row.score, x.gate))];
  auto svg = chart_picture(x);
  CHECK(count_of(path_of(svg, "allow"), "Z") == want[0]);
  CHECK(count_of(path_of(svg, "block"), "Z") == want[1]);
  CHECK(count_of(path_of(svg, "unsure"), "Z") == want[2]);
  CHECK(count_of(path_of(svg, "absent"), "Z") == want[3]);
  CHECK(want[0] > 0);
  CHECK(want[2] > 0);
  CHECK(want[3] > 0);
  CHECK(count_of(path_of(svg, "body rising"), "Z")
          + count_of(path_of(svg, "body falling-body"), "Z")
        == 100);
  CHECK(count_of(svg, "<rect x=") == 100); // tips
}

TEST_CASE("a line in a picture is interrupted where nothing is", "[chart]") {
  auto bars = random_walk(60);
  auto count = [](const std::vector<core::candle>& all, const char* style) {
    auto path = path_of(chart_picture(chart_of(all)), style);
    return std::pair{count_of(path, "M"), count_of(path, "L")};
  };
  CHECK(count(bars, "line tenkan") == std::pair{1ul, 51ul}); // from row 8 on
  bars.erase(bars.begin() + 30, bars.begin() + 33);
  CHECK(count(bars, "line tenkan") == std::pair{2ul, 47ul});
  CHECK(count(random_walk(9), "line tenkan") == std::pair{1ul, 1ul}); // alone
  CHECK(count(random_walk(8), "line tenkan") == std::pair{0ul, 0ul});
}

TEST_CASE("a picture shows small prices with all their digits", "[chart]") {
  auto svg = chart_picture(chart_of({flat_candle(walk_start, 2.5e-8)}));
  CHECK(holds(svg, "close 0.000000025 "));
  CHECK(!holds(svg, "e-0"));
  CHECK(!holds(svg, "nan"));
  CHECK(!holds(svg, "inf"));
}

TEST_CASE("a picture of several series shows one under the other", "[chart]") {
  auto x = chart_of(random_walk(30), "A/B");
  x.series.push_back(chart_of(random_walk(30), "C/D").series[0]);
  x.series_left_out = 3;
  auto svg = chart_picture(x);
  CHECK(count_of(svg, "class=\"pair\"") == 2);
  CHECK(svg.find("A/B  5m") < svg.find("C/D  5m"));
  CHECK(holds(svg, "3 more series are not shown"));
}

TEST_CASE("without a candle there is a page and a picture that say so",
          "[chart]") {
  CHECK(holds(chart_picture({}), "No candle was scored."));
  CHECK(holds(chart_page({}), "\"series\":[]"));
}
