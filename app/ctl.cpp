#include "app/ctl.hpp"

#include "app/ctl_view.hpp"
#include "app/serve.hpp"
#include "app/stop_signal.hpp"
#include "transport/json_writer.hpp"

#include <nlohmann/json.hpp>
#include <zmq.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <ostream>
#include <variant>

namespace riskbreaker::app {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::string_view action_of(std::string_view command) {
  if (command == "reset" || command == "auto")
    return command;
  if (command == "open")
    return "force_open";
  return command == "close" ? std::string_view{"force_closed"}
                            : std::string_view{};
}

struct no_answer {
  std::string why;
};

std::variant<std::string, no_answer> ask(const ctl_options& options) {
  stop_signal stop; // before the context, whose threads inherit its mask
  zmq::context_t context;
  zmq::socket_t socket{context, zmq::socket_type::req};
  socket.set(zmq::sockopt::linger, 0);
  use_curve(socket, options.curve);
  socket.connect(options.connect);
  socket.send(zmq::buffer(control_request(options)), zmq::send_flags::none);
  auto deadline = steady_clock::now()
                  + milliseconds{std::llround(
                    std::clamp(options.timeout, 0.001, 86'400.0) * 1'000)};
  for (;;) {
    auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    if (left.count() <= 0)
      return no_answer{"no answer from " + options.connect + " within "
                       + seconds_text(options.timeout)
                       + "; is a daemon running (riskbreaker serve -c "
                         "FILE)? another address: --connect; "
                       + hint_of(options.curve)};
    std::array<zmq::pollitem_t, 2> items{{{socket.handle(), 0, ZMQ_POLLIN, 0},
                                          {nullptr, stop.fd(), ZMQ_POLLIN, 0}}};
    zmq::poll(items, left);
    if (stop.raised())
      return no_answer{"interrupted"};
    zmq::message_t reply;
    if (socket.recv(reply, zmq::recv_flags::dontwait))
      return reply.to_string();
  }
}

std::string error_text(const nlohmann::ordered_json& reply) {
  auto error = reply.find("error");
  if (error == reply.end() || !error->is_object())
    return "the daemon says no, without a reason";
  auto text = [&](const char* name) {
    auto found = error->find(name);
    return found != error->end() && found->is_string()
             ? found->get<std::string>()
             : std::string{"?"};
  };
  return text("code") + ": " + text("message");
}

} // namespace

std::string control_request(const ctl_options& options) {
  transport::json_writer out;
  out.begin_object();
  auto action = action_of(options.command);
  out.member("cmd", !action.empty()                  ? "breaker"
                    : options.command == "log-level" ? "log_level"
                                                     : options.command);
  if (!options.strategy.empty())
    out.member("strategy", options.strategy);
  if (!action.empty())
    out.member("action", action);
  if (!options.pair.empty())
    out.member("pair", options.pair);
  if (!options.timeframe.empty())
    out.member("timeframe", options.timeframe);
  if (options.limit)
    out.member("limit", *options.limit);
  if (!options.level.empty())
    out.member("level", options.level);
  out.end_object();
  return out.take();
}

int run_ctl(const ctl_options& options, console con) {
  auto complain = [&](const std::string& what) {
    con.err << "riskbreaker ctl " << options.command << ": "
            << terminal_safe(what) << '\n';
    return exit_failure;
  };
  std::variant<std::string, no_answer> answer;
  try {
    answer = ask(options);
  } catch (const curve_error& x) {
    complain(x.what());
    return exit_usage;
  } catch (const zmq::error_t& x) {
    complain("--connect " + options.connect + ": " + x.what()
             + "; give an address such as tcp://127.0.0.1:5557");
    return exit_usage;
  }
  if (auto none = std::get_if<no_answer>(&answer))
    return complain(none->why);
  const auto& text = std::get<std::string>(answer);
  auto reply = nlohmann::ordered_json::parse(text, nullptr, false);
  if (!reply.is_object())
    return complain("what answers at " + options.connect
                    + " is no riskbreaker: " + text.substr(0, 200));
  auto ok = reply.find("ok");
  if (ok == reply.end() || *ok != true)
    return complain(error_text(reply));
  if (options.json || !con.out_is_terminal)
    con.out << text << '\n';
  else
    con.out << control_view(
      options.command, reply,
      std::chrono::floor<milliseconds>(std::chrono::system_clock::now()));
  return exit_ok;
}

} // namespace riskbreaker::app
