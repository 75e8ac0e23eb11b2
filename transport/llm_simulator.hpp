#pragma once

#include "transport/llm_desk.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace riskbreaker::transport {

struct llm_simulator_config {
  std::string bind = "127.0.0.1"; ///< a numeric address
  std::uint16_t port = 0;         ///< 0: any free one
  std::uint64_t seed = 1;
  llm_fault fault;       ///< holds until the timeline or a client sets another
  llm_timeline timeline; ///< counted from `start`
};

/// An OpenAI-compatible server that answers from the prompt's own numbers and
/// misbehaves on demand. All connections live on one thread. Beside the API
/// (`/v1/chat/completions`, `/v1/models`) and `/healthz` it has a control
/// surface: `GET /_sim`, `PUT /_sim/fault`, `POST /_sim/reset`.
class llm_simulator {
public:
  explicit llm_simulator(llm_simulator_config config = {});
  ~llm_simulator(); ///< as `stop`

  llm_simulator(const llm_simulator&) = delete;
  llm_simulator& operator=(const llm_simulator&) = delete;

  /// Listens from its return on. Throws `std::runtime_error` naming the address
  /// and the reason if it cannot. Once only.
  void start();

  /// Drops all connections, hung ones too, and joins. Idempotent.
  void stop();

  std::uint16_t port() const noexcept; ///< 0 before `start`
  std::string url() const;             ///< "http://127.0.0.1:PORT/v1"

  /// What `parse_llm_fault` takes; holds for every request that arrives after
  /// the return. Requests that hang already go on hanging. Under `refuse` the
  /// port is closed, for HTTP control as well: another fault set here, the
  /// timeline, or the seconds of `refuse:SECONDS` open the same port again.
  /// Returns what is wrong with the text, if anything.
  std::optional<std::string> set_fault(std::string_view text);

  llm_simulator_counts counts() const;

private:
  class server;

  llm_simulator_config config_;
  llm_desk desk_;
  std::unique_ptr<server> server_;
  std::uint16_t port_ = 0;
};

} // namespace riskbreaker::transport
