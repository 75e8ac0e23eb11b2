#include "transport/zmq_reactor_door.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

namespace riskbreaker::transport {

namespace {

constexpr int watched_events
  = ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL;

constexpr std::size_t key_size = 32;
constexpr int max_events = 10'000; ///< at one look

/// Raw key bytes as Z85 text.
std::string z85(const std::string& key) {
  std::array<char, 41> text{};
  zmq_z85_encode(text.data(), reinterpret_cast<const uint8_t*>(key.data()),
                 key_size);
  return text.data();
}

/// Both ends of a connection see that only one has keys; if the client is
/// first, it just hangs up, as all sorts of strangers do.
const char* reason_of(std::uint16_t event, std::uint32_t value) {
  return event == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
             && value == ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC
           ? "its keys do not fit: it has another public key for this daemon, "
             "or its own two do not belong together"
           : "it has no CURVE keys, or is no ZeroMQ client; give it the "
             "daemon's public key and a key pair of its own";
}

/// One message of all its frames.
std::vector<std::string> receive(zmq::socket_t& socket) {
  std::vector<std::string> frames;
  zmq::message_t part;
  do {
    if (!socket.recv(part, zmq::recv_flags::dontwait))
      break;
    frames.push_back(part.to_string());
  } while (part.more());
  return frames;
}

} // namespace

void guest_list::replace(core::client_lists lists) {
  std::lock_guard guard{mutex_};
  lists_ = std::move(lists);
}

bool guest_list::holds(std::string_view socket, std::string_view key) const {
  std::lock_guard guard{mutex_};
  const auto& list = socket == "candles"   ? lists_.candles
                     : socket == "results" ? lists_.results
                                           : lists_.control;
  return list.anyone
         || std::binary_search(list.keys.begin(), list.keys.end(), key);
}

reactor_door::reactor_door(zmq::context_t& context)
  : context_(context), questions_(context, zmq::socket_type::rep) {
  questions_.set(zmq::sockopt::linger, 0);
  questions_.bind("inproc://zeromq.zap.01");
}

void reactor_door::guard(zmq::socket_t& socket, const char* name,
                         const std::string& secret_key) {
  socket.set(zmq::sockopt::curve_server, true);
  socket.set(zmq::sockopt::curve_secretkey, secret_key);
  socket.set(zmq::sockopt::zap_domain, name);
  auto address = "inproc://door." + std::string{name};
  if (zmq_socket_monitor(socket.handle(), address.c_str(), watched_events) != 0)
    throw zmq::error_t{};
  auto& x = watched_.at(guarded_++);
  x.name = name;
  x.monitor = zmq::socket_t{context_, zmq::socket_type::pair};
  x.monitor.set(zmq::sockopt::linger, 0);
  // ZeroMQ's own thread would wait for us here, and so would everyone's
  // traffic.
  x.monitor.set(zmq::sockopt::rcvhwm, 0);
  x.monitor.connect(address);
}

void reactor_door::answer(int n, const guest_list& guests,
                          const std::function<void(const stranger&)>& tell) {
  // RFC 27: version, request, domain, address, identity, mechanism, key.
  for (; n > 0; --n) {
    auto asked = receive(questions_);
    if (asked.empty())
      return;
    asked.resize(7);
    const auto& [domain, address, key] = std::tie(asked[2], asked[3], asked[6]);
    auto who = asked[5] == "CURVE" && key.size() == key_size ? z85(key)
                                                             : std::string{};
    auto welcome = !who.empty() && guests.holds(domain, who);
    const std::array<std::string, 6> answer{"1.0",
                                            asked[1],
                                            welcome ? "200" : "400",
                                            welcome ? "OK" : "not on the list",
                                            welcome ? who : "",
                                            ""};
    for (std::size_t i = 0; i < answer.size(); ++i)
      questions_.send(zmq::buffer(answer[i]),
                      (i + 1 < answer.size() ? zmq::send_flags::sndmore
                                             : zmq::send_flags::none)
                        | zmq::send_flags::dontwait);
    if (!welcome)
      tell_once(
        {domain, address, who,
         "its key is not on the list of transport.curve.clients." + domain, 0},
        tell);
  }
}

void reactor_door::look_out(const std::function<void(const stranger&)>& tell) {
  for (auto& x : watched_) {
    if (x.name == nullptr)
      continue;
    for (int left = max_events; left > 0; --left) {
      auto event = receive(x.monitor);
      if (event.empty())
        break;
      if (event.front().size() != 6)
        continue;
      // 16 bits that say which event, 32 of its value.
      std::uint16_t what = 0;
      std::uint32_t value = 0;
      std::memcpy(&what, event.front().data(), sizeof what);
      std::memcpy(&value, event.front().data() + sizeof what, sizeof value);
      tell_once({x.name, "", "", reason_of(what, value), 0}, tell);
    }
  }
}

void reactor_door::tell_once(stranger x,
                             const std::function<void(const stranger&)>& tell) {
  auto times = told_.note(x.socket + ' ' + x.key + ' ' + x.reason,
                          core::steady_time::clock::now());
  if (!times || !tell)
    return;
  x.times = *times;
  tell(x);
}

} // namespace riskbreaker::transport
