#include "tests/config/support.hpp"

using namespace riskbreaker::tests;

namespace fs = std::filesystem;

namespace {

std::string url_text(const std::string& url) {
  return R"({"llm": {"endpoints": {"e": {"model": "m", "url": ")" + url
         + "\"}}}}";
}

} // namespace

TEST_CASE("every key of an endpoint lands in its place", "[endpoint]") {
  auto x = endpoint_of(R"("api_key_env": "K", "max_in_flight": 1,
    "requests_per_minute": 2.5, "tokens_per_minute": 3, "calls_per_day": 4,
    "usd_per_day": 5, "usd_per_million_tokens": {"prompt": 6, "completion": 7})",
                       {{"K", "sk-1"}});
  CHECK(x.name == "e");
  CHECK(x.url == "https://h/v1");
  CHECK(x.model == "m");
  CHECK(x.api_key == "sk-1");
  CHECK(x.usable);
  CHECK(x.limits == riskbreaker::core::endpoint_limits{1, 2.5, 3, 4, 5});
  CHECK(x.usd_per_million_prompt == 6);
  CHECK(x.usd_per_million_completion == 7);
}

TEST_CASE("URL and model have no default", "[endpoint]") {
  auto all = load_text(R"({"llm": {"endpoints": {"e": {}}}})");
  REQUIRE(all.errors.size() == 2);
  CHECK_THAT(format(all.errors[0]),
             Contains(":1:29: /llm/endpoints/e: the key \"url\" is missing"));
  CHECK_THAT(format(all.errors[1]), Contains("\"model\" is missing"));
  CHECK_THAT(error_of(R"({"llm": {"endpoints":
                          {"e": {"url": "http://h", "model": " "}}}})"),
             Contains("/model: must not be empty"));
}

TEST_CASE("a URL is http or https, with a host, and is the base",
          "[endpoint]") {
  for (auto fine : {"http://127.0.0.1:8080/v1", "https://h",
                    "http://[::1]:1/v1", "https://sub.example.com:443/a/b"})
    good(url_text(fine));
  for (auto bad :
       {"ftp://h", "h/v1", "", "https://", "https:///v1", "https://h:x/v1",
        "https://h:70000/v1", "https://h/v1?key=1", "https://h/v1#a",
        "https://h h/v1", "https://[::1/v1", "https://h/v1/chat/completions",
        "https://h/v1/chat/completions/"}) {
    CAPTURE(bad);
    CHECK_THAT(error_of(url_text(bad)), Contains("/llm/endpoints/e/url: "));
  }
}

TEST_CASE("credentials in a URL are refused and not repeated", "[endpoint]") {
  CHECK_THAT(error_of(url_text("https://user:s3cret@h/v1")),
             Contains("credentials") && !Contains("s3cret"));
  CHECK_THAT(error_of(R"({"llm": {"proxy": "http://u:s3cret@h:1"}})"),
             Contains("credentials") && !Contains("s3cret"));
}

TEST_CASE("slashes at a URL's end do not count", "[endpoint]") {
  CHECK(good(url_text("https://h/v1//")).strategies.endpoints.at("e")->url
        == "https://h/v1");
}

TEST_CASE("a key in the configuration itself is refused", "[endpoint]") {
  for (auto key : {"api_key", "apiKey", "key", "token"}) {
    auto text
      = error_of(endpoint_text('"' + std::string{key} + R"(": "s3cret")"));
    CHECK_THAT(text, Contains("api_key_env") && Contains("api_key_file")
                       && !Contains("s3cret"));
  }
  CHECK_THAT(error_of(endpoint_text(R"("api_key_env": "sk-s3cret")")),
             Contains("NAME of an environment variable")
               && !Contains("s3cret"));
}

TEST_CASE("more headers are whole lines, none of ours and no secret",
          "[endpoint]") {
  auto text = [](const std::string& line) {
    return endpoint_text(R"("headers": [")" + line + "\"]");
  };
  for (auto fine : {"X-Title: my bot", "x-portkey-provider:openai"})
    CHECK(good(text(fine)).strategies.endpoints.at("e")->headers
          == std::vector<std::string>{fine});
  for (auto bad : {"", "X-Title", ": x", "X Title: x",
                   "X-Title:  ", "X-Title: a\\nX-Other: b", "X-Title: ä",
                   "Host: h", "content-type: text/plain"}) {
    CAPTURE(bad);
    CHECK_THAT(error_of(text(bad)), Contains("/llm/endpoints/e/headers/0: "));
  }
  for (auto secret : {"Authorization: Bearer s3cret", "api-key: s3cret",
                      "X-Auth-Token: s3cret", "cookie: s3cret",
                      "ocp-apim-subscription-key: s3cret"})
    CHECK_THAT(error_of(text(secret)),
               Contains("api_key_env") && !Contains("s3cret"));
  CHECK_THAT(error_of(endpoint_text(R"("headers": [["s3cret"]])")),
             Contains("must be a text") && !Contains("s3cret"));
}

TEST_CASE("an endpoint without a key's name needs none", "[endpoint]") {
  auto x = endpoint_of("");
  CHECK(x.usable);
  CHECK(x.api_key.empty());
  CHECK(warnings_of(endpoint_text("")).find("not asked") == std::string::npos);
}

TEST_CASE("a key that is not there leaves the endpoint out", "[endpoint]") {
  auto text = endpoint_text(R"("api_key_env": "K")");
  for (const environment& env : {environment{}, environment{{"K", ""}}}) {
    CHECK_FALSE(good(text, env).strategies.endpoints.at("e")->usable);
    CHECK_THAT(warnings_of(text, env),
               Contains("/llm/endpoints/e/api_key_env: the environment "
                        "variable K is not set; this endpoint is not asked"));
  }
  // Two lines cannot travel in a header.
  CHECK_FALSE(endpoint_of(R"("api_key_env": "K")", {{"K", "a\nb"}}).usable);
  CHECK_THAT(warnings_of(text, {{"K", "s3cret\nb"}}), !Contains("s3cret"));
}

TEST_CASE("a strategy with no usable endpoint is warned about", "[endpoint]") {
  auto text = R"({"llm": {"endpoints": {
      "a": {"url": "https://h", "model": "m", "api_key_env": "A"},
      "b": {"url": "https://h", "model": "m", "api_key_env": "B"}}},
    "strategies": {"s": {}}})";
  CHECK_THAT(warnings_of(text), Contains("\"s\" is off (llm_disabled)"));
  CHECK_THAT(warnings_of(text, {{"B", "k"}}), !Contains("llm_disabled"));
}

TEST_CASE("a key is read from a file, without its newline", "[endpoint]") {
  scratch_dir dir;
  auto path = dir.write("key", "sk-1\r\n");
  auto more = R"("api_key_file": ")" + path + '"';
  CHECK(endpoint_of(more).api_key == "sk-1");
  CHECK_THAT(warnings_of(endpoint_text(more)), !Contains("api_key_file"));

  // The variable wins, if it is set.
  more += R"(, "api_key_env": "K")";
  CHECK(endpoint_of(more, {{"K", "sk-2"}}).api_key == "sk-2");
  CHECK(endpoint_of(more).api_key == "sk-1");
}

TEST_CASE("a key file that everyone can read is warned about", "[endpoint]") {
  scratch_dir dir;
  auto path = dir.write("key", "s3cret");
  fs::permissions(path, fs::perms::others_read, fs::perm_options::add);
  auto text = endpoint_text(R"("api_key_file": ")" + path + '"');
  CHECK(good(text).strategies.endpoints.at("e")->usable);
  CHECK_THAT(warnings_of(text), Contains("everyone on this machine can read")
                                  && Contains("chmod 600")
                                  && !Contains("s3cret"));
}

TEST_CASE("a key file that holds no key is warned about", "[endpoint]") {
  scratch_dir dir;
  std::string large(20'000, 'x');
  for (const auto& path :
       {dir.path("none"), dir.path(), dir.write("empty", " \n"),
        dir.write("two", "a b"), dir.write("large", large),
        std::string{"/dev/zero"}}) {
    CAPTURE(path);
    auto text = endpoint_text(R"("api_key_file": ")" + path + '"');
    CHECK_FALSE(good(text).strategies.endpoints.at("e")->usable);
    CHECK_THAT(warnings_of(text),
               Contains("/llm/endpoints/e/api_key_file: ")
                 && Contains("; this endpoint is not asked"));
  }
}

TEST_CASE("a budget without prices is warned about", "[endpoint]") {
  CHECK_THAT(warnings_of(endpoint_text(R"("usd_per_day": 1)")),
             Contains("has no effect while both prices"));
  CHECK_THAT(warnings_of(endpoint_text(R"("usd_per_day": 1,
                           "usd_per_million_tokens": {"prompt": 0.1})")),
             !Contains("no effect"));
}

TEST_CASE("a key that would travel unencrypted is warned about", "[endpoint]") {
  auto text = [](const std::string& url) {
    return R"({"llm": {"endpoints": {"e": {"model": "m", "api_key_env": "K",
               "url": ")"
           + url + "\"}}}}";
  };
  environment env{{"K", "k"}};
  CHECK_THAT(warnings_of(text("http://h/v1"), env), Contains("unencrypted"));
  for (auto fine : {"https://h/v1", "http://127.0.0.1:1/v1", "http://[::1]/v1",
                    "http://localhost/v1"})
    CHECK_THAT(warnings_of(text(fine), env), !Contains("unencrypted"));
}
