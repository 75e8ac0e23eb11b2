#include "config/checks.hpp"
#include "config/field_makers.hpp"

namespace riskbreaker::config {

namespace {

constexpr const char* address = "tcp://HOST:PORT or ipc://PATH.";

list_field clients(const char* key, const char* about,
                   std::vector<std::string>& x) {
  return word_list(key, about, R"(["clients/"] or ["bot.key"])", x,
                   check_words);
}

void describe_curve(field_visitor& v, curve_settings& x) {
  auto secret
    = words("secret_key_file",
            "The daemon's own certificate, NAME.key_secret of "
            "`riskbreaker keygen NAME`; only its owner may be able to "
            "read it (0600).",
            x.secret_key_file, check_words);
  secret.required = true;
  v.text(secret);
  v.enter("clients",
          "Who may connect: public key files (NAME.key), folders of them, or "
          "\"*\" for everyone who has the daemon's public key.");
  v.list(clients("candles", "Who may push candles.", x.clients_from.candles));
  v.list(
    clients("results", "Who may follow the results.", x.clients_from.results));
  v.list(clients("control", "Who may ask and steer.", x.clients_from.control));
  v.leave();
}

} // namespace

void describe(field_visitor& v, transport_settings& x) {
  v.enter("transport", "The ZeroMQ sockets.");
  v.enter("candles", "Candles in: PULL, users PUSH.");
  v.text(words("bind", address, x.candles_bind, check_socket));
  v.leave();
  v.enter("results", "Results out: XPUB, users SUB.");
  v.text(words("bind", address, x.results_bind, check_socket));
  v.text(choice<encoding>(
    "encoding", "How payloads are written.", x.results_encoding,
    {{"json", encoding::json}, {"msgpack", encoding::msgpack}}));
  v.leave();
  v.enter("control", "Control: ROUTER, users REQ or DEALER.");
  v.text(words("bind", address, x.control_bind, check_socket));
  v.flag("read_only",
         "Refuses the commands that change something or cost LLM calls: "
         "breaker, reload and assess.",
         x.control_read_only);
  v.leave();
  if (v.enter_optional("curve",
                       "Encrypts all three sockets and lets in who is listed; "
                       "null: neither.",
                       x.curve.has_value())) {
    if (!x.curve)
      x.curve.emplace();
    describe_curve(v, *x.curve);
    v.leave();
  }
  v.flag("allow_insecure",
         "Lets the sockets be bound to addresses that other machines reach, "
         "unencrypted and open to anyone there.",
         x.allow_insecure);
  v.leave();
}

} // namespace riskbreaker::config
