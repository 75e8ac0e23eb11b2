#pragma once

#include <string_view>

namespace riskbreaker::app {

/// A text file that is part of the program: see cmake/embed.cmake.
struct asset {
  std::string_view text;
  std::string_view hash; ///< as a Content-Security-Policy names it
};

namespace assets {

extern const asset dygraphs_js;
extern const asset dygraphs_css;
extern const asset dygraphs_licence;
extern const asset chart_html;
extern const asset chart_css;
extern const asset chart_js;
extern const asset picture_css;
extern const asset dashboard_html;
extern const asset dashboard_css;
extern const asset dashboard_js;

} // namespace assets

} // namespace riskbreaker::app
