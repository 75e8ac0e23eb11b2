#pragma once

#include "transport/llm_desk.hpp"

// One thread runs all of it; and ThreadSanitizer does not understand fences.
#define BOOST_ASIO_DISABLE_FENCED_BLOCK
#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <memory>
#include <utility> // Asio 1.74 forgets it

namespace riskbreaker::transport {

/// One connection to the simulator. Private to the simulator's sources.
class llm_session {
public:
  virtual ~llm_session() = default;

  /// Ends the connection; a reset also discards what was not sent yet.
  virtual void drop(bool reset) = 0;
};

/// What a session asks of the server; all on the server's thread.
struct llm_session_hooks {
  std::function<desk_reply(const desk_request&)> answer;
  std::function<void(bool abandoned)> finished; ///< a counted reply is over
  std::function<void()> replied;                ///< a whole reply is out
  std::function<void(const std::shared_ptr<llm_session>&)> gone;
};

/// Reads requests and plays the script for each until the connection ends.
/// `hooks` must outlive the session's executor.
std::shared_ptr<llm_session>
serve_llm_session(boost::asio::ip::tcp::socket socket,
                  const llm_session_hooks& hooks);

} // namespace riskbreaker::transport
