#include "transport/curl_transfer.hpp"
#include "transport/http_text.hpp"

#include <climits>

#include <algorithm>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <tuple>
#include <type_traits>

// What libcurl is told about a request.
namespace riskbreaker::transport {

namespace {

constexpr long receive_buffer = 2'048; // an answer is about 1 kB
constexpr unsigned unacknowledged_ms = 8'000;

/// libcurl takes milliseconds as a positive int; 0 would mean "no limit".
long as_timeout(core::milliseconds x) {
  return static_cast<long>(
    std::clamp<core::milliseconds::rep>(x.count(), 1, INT_MAX));
}

std::string comma_separated(const std::vector<std::string>& x) {
  std::string out;
  for (const auto& part : x)
    out += (out.empty() ? "" : ",") + part;
  return out;
}

} // namespace

template <class T>
void curl_transfer::set(CURLoption option, T value) {
  static_assert(
    std::is_same_v<
      T, long> || std::is_same_v<T, curl_off_t> || std::is_pointer_v<T>);
  const auto code = (curl_easy_setopt)(easy_, option, value);
  if (setup_ == CURLE_OK)
    setup_ = code;
}

void curl_transfer::set_headers() {
  bool typed = request_.body.empty();
  auto append = [this](const char* line) {
    if (auto* longer = curl_slist_append(lines_, line))
      lines_ = longer;
    else
      setup_ = CURLE_OUT_OF_MEMORY;
  };
  for (const auto& line : request_.headers) {
    typed = typed || names_header(line, "content-type");
    append(line.c_str());
  }
  if (!typed)
    append("Content-Type: application/json");
  append("Expect:"); // a round trip before a body of a few kB is a waste
  set(CURLOPT_HTTPHEADER, lines_);
}

void curl_transfer::set_options(const http_client_config& config,
                                core::milliseconds left) {
  set(CURLOPT_ERRORBUFFER, error_.data());
  set(CURLOPT_PRIVATE, this);
  set(CURLOPT_URL, request_.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L); // the key must not travel to another host
  set(CURLOPT_USERAGENT, "riskbreaker");
  if (!request_.body.empty()) {
    set(CURLOPT_POSTFIELDSIZE_LARGE,
        static_cast<curl_off_t>(request_.body.size()));
    set(CURLOPT_POSTFIELDS, request_.body.c_str());
  }
  set_route(config);
  set_connection();
  set(CURLOPT_TIMEOUT_MS, as_timeout(left));
  set(CURLOPT_CONNECTTIMEOUT_MS,
      as_timeout(request_.connect_timeout.count() > 0
                   ? std::min(request_.connect_timeout, left)
                   : left));
  set(CURLOPT_NOSIGNAL, 1L);
  // Otherwise a name server that does not answer would hold up the whole
  // thread: libcurl would wait for the look-up after the transfer timed out.
  set(CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_BUFFERSIZE, receive_buffer);
  set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(max_response_));
  set_hooks();
}

/// Through which proxy, and whom to believe.
void curl_transfer::set_route(const http_client_config& config) {
  // Both are set always, or libcurl would look at the environment.
  set(CURLOPT_PROXY, config.proxy.c_str());
  set(CURLOPT_NOPROXY,
      config.proxy.empty() ? "*" : comma_separated(config.no_proxy).c_str());
  // What a proxy says of itself must not be taken for the server's answer.
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  for (auto [peer, host, version] :
       {std::tuple{CURLOPT_SSL_VERIFYPEER, CURLOPT_SSL_VERIFYHOST,
                   CURLOPT_SSLVERSION},
        std::tuple{CURLOPT_PROXY_SSL_VERIFYPEER, CURLOPT_PROXY_SSL_VERIFYHOST,
                   CURLOPT_PROXY_SSLVERSION}}) {
    set(peer, 1L);
    set(host, 2L);
    set(version, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  }
  if (config.ca_file.empty())
    return;
  // Instead of the system's store, so its folder goes as well.
  for (auto file : {CURLOPT_CAINFO, CURLOPT_PROXY_CAINFO})
    set(file, config.ca_file.c_str());
  for (auto folder : {CURLOPT_CAPATH, CURLOPT_PROXY_CAPATH})
    set(folder, static_cast<const char*>(nullptr));
}

/// Which connection, old or new.
void curl_transfer::set_connection() {
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  // All candles close at the same instant: what is asked then waits for the
  // first handshake to say whether all can share the connection. Without TLS
  // it would wait for the first answer, which says so no earlier.
  if (request_.url.starts_with("https:"))
    set(CURLOPT_PIPEWAIT, 1L);
  if (choice_.fresh)
    set(CURLOPT_FRESH_CONNECT, 1L);
  if (choice_.oldest)
    set(CURLOPT_MAXLIFETIME_CONN, static_cast<long>(choice_.oldest->count()));
  set(CURLOPT_TCP_KEEPALIVE, 1L);
}

void curl_transfer::set_hooks() {
  set(CURLOPT_WRITEFUNCTION, &curl_transfer::body_hook);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_HEADERFUNCTION, &curl_transfer::header_hook);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_PREREQFUNCTION, &curl_transfer::request_hook);
  set(CURLOPT_PREREQDATA, this);
  set(CURLOPT_SOCKOPTFUNCTION, &curl_transfer::socket_hook);
}

/// A connection whose bytes nobody acknowledges is dead: the system says so
/// before the attempt's time is over, and the retry gets another.
int curl_transfer::socket_hook(void*, curl_socket_t socket,
                               curlsocktype) noexcept {
  ::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged_ms,
               sizeof unacknowledged_ms);
  return CURL_SOCKOPT_OK;
}

} // namespace riskbreaker::transport
