#pragma once

#include "transport/connection_care.hpp"
#include "transport/http_client.hpp"

#include <curl/curl.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace riskbreaker::transport {

/// One request on its way through libcurl and what has come back so far. Stays
/// where it is: libcurl holds pointers into it.
class curl_transfer {
public:
  curl_transfer(std::uint64_t id, http_request request,
                http_client::callback done);
  ~curl_transfer();

  curl_transfer(const curl_transfer&) = delete;
  curl_transfer& operator=(const curl_transfer&) = delete;

  /// Makes a fresh easy handle carry this request. The time that it
  /// waited in our queue is part of its timeout. Returns the reply where the
  /// request cannot even be tried.
  std::optional<core::http_reply> prepare(CURL* easy,
                                          const http_client_config& config,
                                          connection_choice choice);

  /// The reply to a transfer that libcurl ended with `code`; at most once.
  core::http_reply finish(CURLcode code);

  /// The reply to a request that was ended from outside.
  core::http_reply failed(core::http_fault why, std::string error) const;

  /// Hands the reply over. A callback that throws is its own loss.
  void answer(core::http_reply&& reply) noexcept;

  std::uint64_t id() const noexcept {
    return id_;
  }
  CURL* easy() const noexcept {
    return easy_;
  }
  const std::string& url() const noexcept {
    return request_.url;
  }
  core::steady_time deadline() const noexcept {
    return deadline_;
  }
  const connection_choice& choice() const noexcept {
    return choice_;
  }

  /// What the reply to it says about its connection.
  connection_sign sign_of(const core::http_reply& reply) const noexcept;

private:
  void set_options(const http_client_config& config, core::milliseconds left);
  void set_route(const http_client_config& config);
  void set_connection();
  void set_hooks();
  void set_headers();
  template <class T>
  void set(CURLoption option, T value);
  core::http_fault fault_of(CURLcode code) const;
  std::string describe(CURLcode code) const;
  double seconds() const;
  long sent() const;
  bool on_body(std::string_view bytes);
  bool on_header(std::string_view line);

  static std::size_t body_hook(char* data, std::size_t size, std::size_t n,
                               void* self) noexcept;
  static std::size_t header_hook(char* data, std::size_t size, std::size_t n,
                                 void* self) noexcept;
  bool on_request();

  static int request_hook(void* self, char*, char*, int, int) noexcept;
  static int socket_hook(void*, curl_socket_t socket, curlsocktype) noexcept;

  std::uint64_t id_;
  http_request request_;
  http_client::callback done_;
  core::steady_time submitted_;
  core::steady_time deadline_;
  connection_choice choice_;
  std::size_t max_response_ = 0;
  CURL* easy_ = nullptr;
  curl_slist* lines_ = nullptr;
  CURLcode setup_ = CURLE_OK;
  bool began_ = false;    ///< a connection was there for the request
  bool repeated_ = false; ///< libcurl wanted to send it once more
  long sent_before_ = 0;  ///< bytes, by then, to a proxy
  bool too_large_ = false;
  bool block_over_ = false; ///< the blank line after the headers was seen
  std::size_t header_bytes_ = 0;
  core::http_reply reply_;
  std::array<char, CURL_ERROR_SIZE> error_{};
};

} // namespace riskbreaker::transport
