#include "transport/response_head.hpp"

#include <array>
#include <cstdio>
#include <utility>

namespace riskbreaker::transport {

const char* reason_phrase(unsigned status) noexcept {
  constexpr std::array<std::pair<unsigned, const char*>, 22> phrases{{
    {200, "OK"},
    {201, "Created"},
    {204, "No Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {500, "Internal Server Error"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
  }};
  for (const auto& [known, phrase] : phrases)
    if (known == status)
      return phrase;
  return "Simulated";
}

std::string make_head(const head_fields& x) {
  auto head = "HTTP/1.1 " + std::to_string(x.status) + ' '
              + reason_phrase(x.status) + "\r\nServer: mock-llm\r\n";
  const bool bodiless = x.status == 204 || x.status == 304;
  if (!bodiless)
    head += "Content-Type: " + std::string{x.type} + "\r\n"
            + (x.length ? "Content-Length: " + std::to_string(*x.length)
                        : std::string{"Transfer-Encoding: chunked"})
            + "\r\n";
  if (!x.keep_alive)
    head += "Connection: close\r\n";
  return head + x.more + "\r\n";
}

std::string make_chunk(std::string_view bytes) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return size + std::string{bytes} + "\r\n";
}

} // namespace riskbreaker::transport
