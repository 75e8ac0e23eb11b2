#include "transport/curl_transfer.hpp"

#include "transport/http_text.hpp"

#include <climits>

#include <algorithm>
#include <new>
#include <utility>

namespace riskbreaker::transport {

namespace {

using core::http_fault;

constexpr core::milliseconds longest_timeout{INT_MAX}; // libcurl's own
constexpr std::size_t max_headers = 100;
constexpr std::size_t max_header_value = 8u << 10;
constexpr std::size_t max_header_bytes = 256u << 10; // of all blocks together

/// What a library's text about certificates is about; else empty.
const char* certificate_trouble(CURLcode code) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
      return "certificate refused: ";
    case CURLE_SSL_CACERT_BADFILE:
      return "certificate store unusable: ";
    default:
      return "";
  }
}

} // namespace

curl_transfer::curl_transfer(std::uint64_t id, http_request request,
                             http_client::callback done)
  : id_(id),
    request_(std::move(request)),
    done_(std::move(done)),
    submitted_(std::chrono::steady_clock::now()),
    deadline_(submitted_
              + std::clamp(request_.timeout, core::milliseconds::zero(),
                           longest_timeout)) {
  request_.body.shrink_to_fit(); // thousands may wait for a slow server
}

curl_transfer::~curl_transfer() {
  curl_slist_free_all(lines_);
}

std::optional<core::http_reply>
curl_transfer::prepare(CURL* easy, const http_client_config& config,
                       connection_choice choice) {
  const auto left = std::chrono::duration_cast<core::milliseconds>(
    deadline_ - std::chrono::steady_clock::now());
  if (left.count() <= 0)
    return failed(http_fault::timeout, "no time left to send the request");
  for (const auto& line : request_.headers)
    if (has_control(line))
      return failed(http_fault::unreachable,
                    "a request header holds a line break or control character");
  easy_ = easy;
  choice_ = choice;
  max_response_ = config.max_response;
  set_headers();
  set_options(config, left);
  if (setup_ != CURLE_OK)
    return failed(http_fault::unreachable, describe(setup_));
  return std::nullopt;
}

core::http_reply curl_transfer::finish(CURLcode code) {
  auto reply = std::move(reply_);
  reply.fault = fault_of(code);
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &reply.status);
  reply.seconds = seconds();
  if (reply.fault != http_fault::none) {
    reply.body = {}; // half an answer must not be read as one
    reply.error = describe(code);
  }
  return reply;
}

core::http_reply curl_transfer::failed(http_fault why,
                                       std::string error) const {
  core::http_reply reply;
  reply.fault = why;
  reply.error = std::move(error);
  reply.seconds = seconds();
  return reply;
}

void curl_transfer::answer(core::http_reply&& reply) noexcept {
  try {
    if (done_)
      done_(std::move(reply));
  } catch (...) {
    // The contract forbids it; the other requests must not suffer for it.
  }
}

http_fault curl_transfer::fault_of(CURLcode code) const {
  if (too_large_)
    return http_fault::too_large;
  switch (code) {
    case CURLE_OK:
      return http_fault::none;
    case CURLE_OPERATION_TIMEDOUT:
      return http_fault::timeout;
    case CURLE_FILESIZE_EXCEEDED:
      return http_fault::too_large;
    default:
      // Whatever broke: once the request went out, the server may have worked
      // on it.
      return began_ && sent() > sent_before_ ? http_fault::lost
                                             : http_fault::unreachable;
  }
}

std::string curl_transfer::describe(CURLcode code) const {
  std::string text;
  if (too_large_)
    text = "the response is larger than allowed";
  else if (repeated_)
    text = "after the request was sent the connection broke, or the server "
           "gave it back";
  else if (error_[0] != '\0')
    text = error_.data();
  else
    text = curl_easy_strerror(code);
  return redact(certificate_trouble(code) + text, request_);
}

connection_sign
curl_transfer::sign_of(const core::http_reply& reply) const noexcept {
  if (reply.fault == http_fault::none)
    return connection_sign::alive;
  return reply.fault == http_fault::timeout && began_ && header_bytes_ == 0
           ? connection_sign::silent
           : connection_sign::none;
}

double curl_transfer::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now()
                                       - submitted_)
    .count();
}

long curl_transfer::sent() const {
  long bytes = 0;
  curl_easy_getinfo(easy_, CURLINFO_REQUEST_SIZE, &bytes);
  return bytes;
}

/// libcurl repeats a request by itself when a pooled connection breaks before
/// the first byte of the answer. Where the first one went out, the server may
/// have processed it: whether to pay for a second is the caller's decision.
bool curl_transfer::on_request() {
  repeated_ = std::exchange(began_, true) && sent() > sent_before_;
  if (!repeated_)
    sent_before_ = sent();
  return !repeated_;
}

bool curl_transfer::on_body(std::string_view bytes) {
  if (bytes.size() > max_response_ - reply_.body.size()) {
    too_large_ = true;
    return false;
  }
  reply_.body.append(bytes);
  return true;
}

bool curl_transfer::on_header(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > max_header_bytes) {
    too_large_ = true;
    return false;
  }
  if (line.substr(0, 5) == "HTTP/") { // another block: 1xx or a proxy's before
    reply_.headers.clear();
    block_over_ = false;
    return true;
  }
  const auto colon = line.find(':');
  if (trim(line).empty())
    block_over_ = true;
  else if (!block_over_ && colon != std::string_view::npos
           && reply_.headers.size() < max_headers) {
    const auto value = trim(line.substr(colon + 1));
    if (value.size() <= max_header_value)
      reply_.headers.emplace_back(lower_case(trim(line.substr(0, colon))),
                                  value);
  }
  return true;
}

std::size_t curl_transfer::body_hook(char* data, std::size_t size,
                                     std::size_t n, void* self) noexcept {
  try {
    auto ok = static_cast<curl_transfer*>(self)->on_body({data, size * n});
    return ok ? size * n : 0;
  } catch (const std::bad_alloc&) {
    return 0; // ends the transfer
  }
}

std::size_t curl_transfer::header_hook(char* data, std::size_t size,
                                       std::size_t n, void* self) noexcept {
  try {
    auto ok = static_cast<curl_transfer*>(self)->on_header({data, size * n});
    return ok ? size * n : 0;
  } catch (const std::bad_alloc&) {
    return 0;
  }
}

int curl_transfer::request_hook(void* self, char*, char*, int, int) noexcept {
  return static_cast<curl_transfer*>(self)->on_request()
           ? CURL_PREREQFUNC_OK
           : CURL_PREREQFUNC_ABORT;
}

} // namespace riskbreaker::transport
