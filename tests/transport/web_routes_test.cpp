#include "tests/support/catch.hpp"
#include "transport/web_routes.hpp"

#include <nlohmann/json.hpp>

using namespace riskbreaker::transport;
using json = nlohmann::json;

namespace {

web_site site(std::string token = "secret") {
  web_site out;
  out.version = "1.2.3";
  out.boot = "b00t";
  out.bind_host = "127.0.0.1";
  out.token = std::move(token);
  out.pages["/"] = {"text/html", "<p>", "sha256-x"};
  return out;
}

web_request get(std::string target, std::string method = "GET") {
  web_request out;
  out.method = std::move(method);
  out.target = std::move(target);
  out.has_host = true;
  out.host = "127.0.0.1:8090";
  return out;
}

web_request post(std::string target, std::string body = "{}") {
  auto out = get(std::move(target), "POST");
  out.authorization = "Bearer secret";
  out.content_type = "application/json; charset=utf-8";
  out.body = std::move(body);
  return out;
}

unsigned status(const web_action& x) {
  auto* reply = std::get_if<web_reply>(&x);
  return reply ? reply->status : 0;
}

std::string code(const web_action& x) {
  return json::parse(std::get<web_reply>(x).text)["error"]["code"];
}

json asked(const web_action& x) {
  return json::parse(std::get<ask_control>(x).body);
}

} // namespace

TEST_CASE("a name that the configuration does not know is refused with the way "
          "to allow it",
          "[web]") {
  auto request = get("/api/status");
  request.host = "risk.example.org";
  auto x = site();
  auto refused = judge(request, x);
  CHECK(status(refused) == 403);
  CHECK(code(refused) == "foreign_host");
  CHECK(std::get<web_reply>(refused).text.find("http.hosts")
        != std::string::npos);
  x.hosts = {"risk.example.org"};
  CHECK(asked(judge(request, x)) == json{{"cmd", "status"}});
  request.origin = "https://risk.example.org"; // TLS ends at the proxy
  CHECK(asked(judge(request, x)) == json{{"cmd", "status"}});
}

TEST_CASE("reading what control knows", "[web]") {
  for (std::string name : {"status", "stats", "series", "config"})
    CHECK(asked(judge(get("/api/" + name), site())) == json{{"cmd", name}});
  CHECK(std::holds_alternative<ask_metrics>(judge(get("/metrics"), site())));
  CHECK(std::holds_alternative<ask_latest>(judge(get("/api/latest"), site())));
  CHECK(std::holds_alternative<ask_transitions>(
    judge(get("/api/transitions"), site())));
  CHECK(std::get<ask_control>(judge(get("/readyz"), site())).ready);
  CHECK(status(judge(get("/healthz"), site())) == 200);
}

TEST_CASE("past assessments are asked for with what was given", "[web]") {
  auto x = judge(
    get("/api/assessments?strategy=s&pair=A%2FB&timeframe=5m&limit=7"), site());
  CHECK(asked(x)
        == json{{"cmd", "history"},
                {"strategy", "s"},
                {"pair", "A/B"},
                {"timeframe", "5m"},
                {"limit", 7}});
  CHECK(asked(judge(get("/api/assessments?pair="), site()))
        == json{{"cmd", "history"}});
  for (auto bad : {"limit=x", "limit=-1", "limit=1.5", "pairs=x",
                   "limit=99999999999999999999"})
    CHECK(status(judge(get(std::string{"/api/assessments?"} + bad), site()))
          == 400);
}

TEST_CASE("info says whether anything may be changed", "[web]") {
  auto text = [](const web_site& x) {
    return json::parse(std::get<web_reply>(judge(get("/api/info"), x)).text);
  };
  CHECK(
    text(site())
    == json{
      {"ok", true}, {"version", "1.2.3"}, {"boot", "b00t"}, {"actions", true}});
  CHECK(text(site(""))["actions"] == false);
}

TEST_CASE("a page is asked for again but sent once", "[web]") {
  auto first = std::get<web_reply>(judge(get("/"), site()));
  CHECK(first.status == 200);
  CHECK(first.page == "<p>");
  auto again = get("/");
  again.if_none_match = "W/\"other\", " + first.etag;
  CHECK(status(judge(again, site())) == 304);
  again.if_none_match = "\"other\"";
  CHECK(status(judge(again, site())) == 200);
  CHECK(std::get<web_reply>(judge(get("/?x=1"), site())).page == "<p>");
}

TEST_CASE("what is not there, or not so", "[web]") {
  for (auto nowhere : {"/api", "/api/", "/api/nothing", "/index.html",
                       "/../etc/passwd", "/api/ping", "/api/assess"})
    CHECK(status(judge(get(nowhere), site())) == 404);
  for (auto method : {"POST", "PUT", "DELETE", "OPTIONS", "TRACE"}) {
    auto x = judge(get("/api/status", method), site());
    CHECK(status(x) == 405);
    CHECK(std::get<web_reply>(x).allow == "GET, HEAD");
  }
  auto x = judge(get("/api/breaker"), site());
  CHECK(status(x) == 405);
  CHECK(std::get<web_reply>(x).allow == "POST");
  CHECK(status(judge(get("/api/status?verbose=1"), site())) == 400);
  CHECK(status(judge(get("/%"), site())) == 400);
}

TEST_CASE("listeners name what they want", "[web]") {
  auto kinds = [](const char* target) {
    return std::get<ask_events>(judge(get(target), site())).kinds;
  };
  CHECK(kinds("/api/events") == all_event_kinds);
  CHECK(kinds("/api/events?kinds=") == all_event_kinds);
  CHECK(kinds("/api/events?kinds=breaker,ingest.rejected")
        == (bit_of(event_kind::breaker) | bit_of(event_kind::rejected)));
  CHECK(status(judge(get("/api/events?kinds=breakers"), site())) == 400);
  CHECK(status(judge(get("/api/events?kind=breaker"), site())) == 400);
}

TEST_CASE("changes need the token, and say what is missing", "[web]") {
  auto fine = post("/api/breaker", R"({"strategy":"s","action":"reset"})");
  CHECK(asked(judge(fine, site()))
        == json{{"cmd", "breaker"}, {"strategy", "s"}, {"action", "reset"}});
  CHECK(asked(judge(post("/api/reload"), site())) == json{{"cmd", "reload"}});
  CHECK(status(judge(fine, site(""))) == 403);
  CHECK(code(judge(fine, site(""))) == "read_only");
  auto x = fine;
  x.authorization.clear();
  CHECK(status(judge(x, site())) == 401);
  for (auto wrong : {"Bearer secre", "Bearer secret ", "bearer secret",
                     "Basic secret", "secret", "Bearer ", "Bearer"}) {
    x.authorization = wrong;
    CHECK(status(judge(x, site())) == 401);
  }
  x = fine;
  x.content_type = "text/plain";
  CHECK(status(judge(x, site())) == 415);
}

TEST_CASE("only strategy and action go on to control", "[web]") {
  for (auto bad : {"", "[]", "no", R"({"strategy":1,"action":"reset"})",
                   R"({"cmd":"reload"})", R"({"strategy":"s","action":null})"})
    CHECK(status(judge(post("/api/breaker", bad), site())) == 400);
  CHECK(status(judge(post("/api/breaker", std::string(60'000, '[')), site()))
        == 400);
  auto text = R"({"strategy":"a\"b","action":"x"})";
  CHECK(asked(judge(post("/api/breaker", text), site()))["strategy"] == "a\"b");
}

TEST_CASE("foreign names and pages are refused before anything else", "[web]") {
  for (auto target : {"/", "/metrics", "/api/status"}) {
    auto x = get(target);
    x.host = "evil.example";
    CHECK(status(judge(x, site())) == 403);
    x = get(target);
    x.has_host = false;
    CHECK(status(judge(x, site())) == 403);
    x = get(target);
    x.origin = "http://evil.example";
    CHECK(status(judge(x, site())) == 403);
    x.origin = "http://127.0.0.1:8090";
    CHECK(status(judge(x, site())) != 403);
  }
}

TEST_CASE("control's words have their status", "[web]") {
  CHECK(status_of(R"({"ok":true})") == 200);
  auto error = [](std::string name) {
    return status_of(R"({"ok":false,"error":{"code":")" + name
                     + R"(","message":"m"}})");
  };
  CHECK(error("timeout") == 503);
  CHECK(error("not_available") == 503);
  CHECK(error("unknown_strategy") == 404);
  CHECK(error("bad_argument") == 400);
  CHECK(error("bad_config") == 409);
  CHECK(error("internal") == 500);
  for (auto odd : {"", "{}", "[]", "no", R"({"ok":false,"error":1})"})
    CHECK(status_of(odd) == 500);
}
