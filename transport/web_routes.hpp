#pragma once

#include "transport/web_event.hpp"
#include "transport/web_request.hpp"

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace riskbreaker::transport {

/// A file of the dashboard. The texts live as long as the program.
struct web_page {
  std::string_view type;
  std::string_view text;
  std::string_view hash; ///< changes with the text
};

/// What the HTTP server shows, and to whom.
struct web_site {
  std::string version;
  std::string boot;
  std::string bind_host;          ///< as configured, without the port
  std::vector<std::string> hosts; ///< further names, as a proxy has them
  std::string token;              ///< empty: nothing may be changed
  std::map<std::string, web_page, std::less<>> pages; ///< by path
};

/// A whole answer. `text` stands for itself; a page's text is not copied.
struct web_reply {
  unsigned status = 200;
  std::string_view type = "application/json";
  std::string text;
  std::string_view page{};
  std::string etag{};
  std::string allow{}; ///< of 405
};

/// Who the answer has to be asked from.
struct ask_control {
  std::string body;   ///< a control request
  bool ready = false; ///< only whether there is an answer
};
struct ask_metrics {};
struct ask_latest {};
struct ask_transitions {};
struct ask_events {
  event_kinds kinds = all_event_kinds;
};

using web_action = std::variant<web_reply, ask_control, ask_metrics, ask_latest,
                                ask_transitions, ask_events>;

/// Judges requests: a pure function of request and site. HEAD is GET.
web_action judge(const web_request& x, const web_site& site);

/// The reply of section 4 of the contract for an error.
web_reply refuse(unsigned status, std::string_view code,
                 std::string_view message);

/// What HTTP says where control said `body`.
unsigned status_of(std::string_view body);

} // namespace riskbreaker::transport
