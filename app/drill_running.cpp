#include "app/drill_target.hpp"
#include "app/serve.hpp"
#include "transport/http_client.hpp"

#include <future>

namespace riskbreaker::app {

namespace {

class running_target : public drill_target {
public:
  explicit running_target(const drill_options& options)
    : control_(options.connect),
      simulator_(options.simulator),
      client_(transport::make_curl_client()) {
    // The daemon's configuration has it with /v1, so a user may too.
    while (simulator_.ends_with('/'))
      simulator_.pop_back();
    if (simulator_.ends_with("/v1"))
      simulator_.resize(simulator_.size() - 3);
  }

  std::string control_endpoint() const override {
    return control_;
  }

  std::string name() const override {
    return "the daemon at " + control_ + ", its LLM at " + simulator_;
  }

  void set_fault(const std::string& text) override {
    transport::http_request request;
    request.url = simulator_ + "/_sim/fault";
    request.body = text;
    request.timeout = core::milliseconds{5'000};
    std::promise<core::http_reply> done;
    auto got = done.get_future();
    client_->submit(std::move(request), [&done](core::http_reply&& x) {
      done.set_value(std::move(x));
    });
    auto reply = got.get();
    if (reply.status == 200)
      return;
    throw drill_error{
      exit_failure,
      "the simulator at " + simulator_
        + (reply.status == 0
             ? " cannot be reached; start one with `riskbreaker mock-llm` and "
               "let the daemon's endpoint name it"
             : " does not take the fault \"" + text
                 + "\": " + reply.body.substr(0, 200))};
  }

  double default_interval() const override {
    return 1;
  }

  double default_hold() const override {
    return 10;
  }

private:
  std::string control_;
  std::string simulator_;
  std::unique_ptr<transport::http_client> client_;
};

} // namespace

std::unique_ptr<drill_target>
make_running_target(const drill_options& options) {
  return std::make_unique<running_target>(options);
}

} // namespace riskbreaker::app
