#include "app/chart/chart_page.hpp"

#include "app/assets.hpp"
#include "app/chart/chart_json.hpp"

#include <array>
#include <utility>

namespace riskbreaker::app {

namespace {

std::string policy() {
  std::string out = "default-src 'none'; base-uri 'none'; form-action 'none'; "
                    "img-src data:; script-src";
  for (const auto* x : {&assets::dygraphs_js, &assets::chart_js})
    out.append(" '").append(x->hash).append("'");
  out += "; style-src";
  for (const auto* x : {&assets::dygraphs_css, &assets::chart_css})
    out.append(" '").append(x->hash).append("'");
  return out;
}

std::string title(const chart& x) {
  if (x.series.empty())
    return "riskbreaker score";
  std::string out = markup_safe(x.series.front().pair);
  out.append(" ").append(x.series.front().frame.name());
  if (x.series.size() > 1)
    out += " and " + std::to_string(x.series.size() - 1) + " more";
  return out + ": riskbreaker score";
}

/// A comment ends at the first `--`.
std::string comment_safe(std::string_view text) {
  std::string out{text};
  for (std::size_t at = 0; (at = out.find("--", at)) != std::string::npos;)
    out.replace(at, 2, "- -");
  return out;
}

} // namespace

std::string markup_safe(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto rest = text.substr(i, 3);
    switch (text[i]) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        // U+FFFE and U+FFFF: valid UTF-8, but in no XML text.
        if (rest == "\xEF\xBF\xBE" || rest == "\xEF\xBF\xBF") {
          out += "\xEF\xBF\xBD";
          i += 2;
        } else {
          out += text[i];
        }
    }
  }
  return out;
}

std::string chart_page(const chart& x) {
  // One pass, so that nothing in the data can be taken for a place to fill.
  const std::array<std::pair<std::string_view, std::string>, 7> parts{{
    {"policy", policy()},
    {"title", title(x)},
    {"licence", comment_safe(assets::dygraphs_licence.text)},
    {"dygraphs_css", std::string{assets::dygraphs_css.text}},
    {"chart_css", std::string{assets::chart_css.text}},
    {"dygraphs_js", std::string{assets::dygraphs_js.text}},
    {"chart_js", std::string{assets::chart_js.text}},
  }};
  std::string out;
  auto rest = assets::chart_html.text;
  for (auto at = rest.find("{{"); at != std::string_view::npos;
       at = rest.find("{{")) {
    out += rest.substr(0, at);
    auto end = rest.find("}}", at);
    auto name = rest.substr(at + 2, end - at - 2);
    if (name == "data")
      out += chart_json(x);
    for (const auto& part : parts)
      if (part.first == name)
        out += part.second;
    rest.remove_prefix(end + 2);
  }
  return out.append(rest);
}

} // namespace riskbreaker::app
