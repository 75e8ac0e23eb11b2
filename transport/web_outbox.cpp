#include "transport/web_server.hpp"

#include <utility>

namespace riskbreaker::transport {

namespace {

class web_outbox final : public outbox {
public:
  web_outbox(std::shared_ptr<outbox> next, std::shared_ptr<web_server> web)
    : next_(std::move(next)), web_(std::move(web)) {
    // nop
  }

  void publish(out_frames frames) override {
    web_->publish(frames);
    next_->publish(std::move(frames));
  }

  void reply(control_reply reply) override {
    if (is_web_route(reply.route))
      web_->reply(std::move(reply));
    else
      next_->reply(std::move(reply));
  }

private:
  std::shared_ptr<outbox> next_;
  std::shared_ptr<web_server> web_;
};

} // namespace

bool is_web_route(const std::vector<std::string>& route) noexcept {
  return !route.empty() && route.front().empty();
}

std::shared_ptr<outbox> make_web_outbox(std::shared_ptr<outbox> next,
                                        std::shared_ptr<web_server> web) {
  return std::make_shared<web_outbox>(std::move(next), std::move(web));
}

} // namespace riskbreaker::transport
