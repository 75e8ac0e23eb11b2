#include "app/daemon_web.hpp"

#include "app/assets.hpp"
#include "app/version.hpp"

#include <chrono>
#include <utility>

namespace riskbreaker::app {

namespace {

constexpr const char* html = "text/html; charset=utf-8";
constexpr const char* css = "text/css; charset=utf-8";
constexpr const char* script = "text/javascript; charset=utf-8";
constexpr const char* plain = "text/plain; charset=utf-8";

transport::web_page page_of(const char* type, const asset& x) {
  return {type, x.text, x.hash};
}

} // namespace

std::shared_ptr<transport::web_server>
open_web_server(const config::settings& settings, const std::string& boot,
                std::shared_ptr<actors::fault_ledger> faults) {
  if (!settings.http.bind)
    return nullptr;
  transport::web_server_config out;
  out.bind = *settings.http.bind;
  out.site.version = version();
  out.site.boot = boot;
  out.site.token = settings.http.token;
  out.site.hosts = settings.http.hosts;
  out.on_fault = [faults](const std::string& what) {
    faults->note("http_server", what, std::chrono::steady_clock::now());
  };
  out.site.pages = {
    {"/", page_of(html, assets::dashboard_html)},
    {"/dashboard.css", page_of(css, assets::dashboard_css)},
    {"/dashboard.js", page_of(script, assets::dashboard_js)},
    {"/dygraph.css", page_of(css, assets::dygraphs_css)},
    {"/dygraph.js", page_of(script, assets::dygraphs_js)},
    {"/dygraph.txt", page_of(plain, assets::dygraphs_licence)},
  };
  return transport::make_web_server(std::move(out));
}

} // namespace riskbreaker::app
