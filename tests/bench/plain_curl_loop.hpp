#pragma once

#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace riskbreaker::bench {

/// The loop over curl_multi_poll that everybody writes first.
class plain_curl_loop {
public:
  using clock = std::chrono::steady_clock;

  struct call {
    int number = 0;
    clock::time_point began;
    std::string body;
    std::string answer;
  };

  explicit plain_curl_loop(std::string url) : url_(std::move(url)) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    multi_ = curl_multi_init();
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 4'096L);
    lines_ = curl_slist_append(lines_, "Content-Type: application/json");
    lines_ = curl_slist_append(lines_, "Authorization: Bearer sk-0123456789");
  }

  ~plain_curl_loop() {
    curl_multi_cleanup(multi_);
    curl_slist_free_all(lines_);
  }

  plain_curl_loop(const plain_curl_loop&) = delete;
  plain_curl_loop& operator=(const plain_curl_loop&) = delete;

  void start(int number, std::string body) {
    auto x = std::make_unique<call>();
    x->number = number;
    x->began = clock::now();
    x->body = std::move(body);
    auto* easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, url_.c_str());
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, lines_);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, x->body.c_str());
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 60'000L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &keep);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &x->answer);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, x.release()); // until it is reaped
    curl_multi_add_handle(multi_, easy);
  }

  /// Works on what has happened, then sleeps until more does, for `most`.
  void turn(clock::duration most,
            const std::function<void(const call&)>& done) {
    int running = 0;
    curl_multi_perform(multi_, &running);
    int left = 0;
    while (auto* message = curl_multi_info_read(multi_, &left)) {
      auto* easy = message->easy_handle;
      call* x = nullptr;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &x);
      std::unique_ptr<call> owner{x};
      done(*x);
      curl_multi_remove_handle(multi_, easy);
      curl_easy_cleanup(easy);
    }
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(most).count();
    curl_multi_poll(multi_, nullptr, 0, static_cast<int>(std::max<long>(ms, 0)),
                    nullptr);
  }

private:
  static std::size_t keep(char* data, std::size_t size, std::size_t n,
                          void* to) {
    static_cast<std::string*>(to)->append(data, size * n);
    return size * n;
  }

  std::string url_;
  CURLM* multi_ = nullptr;
  curl_slist* lines_ = nullptr;
};

} // namespace riskbreaker::bench
