#include "transport/web_head.hpp"

namespace riskbreaker::transport {

namespace {

const char* phrase_of(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 431:
      return "Request Header Fields Too Large";
    case 503:
      return "Service Unavailable";
    default:
      return status < 500 ? "Refused" : "Internal Server Error";
  }
}

// Nothing but what we serve ourselves; texts of models and candles stay texts
// even where the page should fail to treat them so.
constexpr const char* guards
  = "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Content-Security-Policy: default-src 'none'; script-src 'self'; "
    "style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'none'\r\n";

} // namespace

std::string make_head(const web_head& x) {
  auto out = "HTTP/1.1 " + std::to_string(x.status) + ' ' + phrase_of(x.status)
             + "\r\n";
  if (x.status != 304) {
    out.append("Content-Type: ").append(x.type).append("\r\n");
    if (x.how == web_length::known)
      out += "Content-Length: " + std::to_string(x.length) + "\r\n";
    else if (x.how == web_length::chunked)
      out += "Transfer-Encoding: chunked\r\n";
  }
  out += x.page ? "Cache-Control: no-cache\r\n" : "Cache-Control: no-store\r\n";
  if (!x.etag.empty())
    out.append("ETag: ").append(x.etag).append("\r\n");
  if (!x.allow.empty())
    out.append("Allow: ").append(x.allow).append("\r\n");
  if (x.how == web_length::until_close)
    out += "X-Accel-Buffering: no\r\n"; // or nginx would collect events
  if (x.status == 401)
    out += "WWW-Authenticate: Bearer\r\n";
  if (x.status == 503)
    out += "Retry-After: 1\r\n";
  out += guards;
  out += x.keep_alive ? "Connection: keep-alive\r\n\r\n"
                      : "Connection: close\r\n\r\n";
  return out;
}

} // namespace riskbreaker::transport
