#pragma once

#include "transport/llm_script.hpp"

#include <map>
#include <mutex>

namespace riskbreaker::transport {

/// What a simulator received. `POST /_sim/reset` sets all but `in_flight` to 0.
struct llm_simulator_counts {
  std::uint64_t received = 0;    ///< requests below /v1
  std::uint64_t chats = 0;       ///< POST /v1/chat/completions among them
  std::uint64_t with_key = 0;    ///< requests with an Authorization header
  std::uint64_t abandoned = 0;   ///< the client left before the answer was out
  std::uint64_t connections = 0; ///< accepted
  std::size_t in_flight = 0;     ///< received, and the answer is not out yet
  std::map<std::string, std::uint64_t> by_fault; ///< received under each kind
};

/// One request, without the library that read it.
struct desk_request {
  std::string_view method;
  std::string_view target;
  std::string_view body;
  bool has_key = false;
  bool keep_alive = true;
};

/// What the simulator does about a request; `counted` ones are to be reported
/// by `finished` when they are over.
struct desk_reply {
  reply_script script;
  bool counted = false;
};

/// Decides what to answer and counts. Knows no sockets; may be called from any
/// thread.
class llm_desk {
public:
  llm_desk(std::uint64_t seed, llm_fault fault);

  desk_reply answer(const desk_request& request);
  void finished(bool abandoned);
  void connected();

  void set_fault(llm_fault fault);
  llm_fault fault() const;
  llm_simulator_counts counts() const;

private:
  reply_script answer_api(const desk_request& request);
  reply_script control(const desk_request& request);
  std::string status_text() const;

  const std::uint64_t seed_;
  mutable std::mutex mutex_;
  llm_fault fault_;
  std::uint64_t under_fault_ = 0; ///< requests since the fault was set
  llm_simulator_counts counts_;
};

} // namespace riskbreaker::transport
