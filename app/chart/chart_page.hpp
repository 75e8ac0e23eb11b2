#pragma once

#include "app/chart/chart.hpp"

namespace riskbreaker::app {

/// The chart as one HTML file that needs nothing else: no network, no other
/// file. Its Content-Security-Policy forbids all but the scripts and styles
/// that are part of it.
std::string chart_page(const chart& x);

/// The chart as a still SVG picture with a read-out of the newest candle; the
/// series stand one under the other.
std::string chart_picture(const chart& x);

/// `text` for HTML and XML, as text or in an attribute: escaped, and without
/// what XML cannot say.
std::string markup_safe(std::string_view text);

} // namespace riskbreaker::app
