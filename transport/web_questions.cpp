#include "transport/web_questions.hpp"

#include <charconv>
#include <utility>

namespace riskbreaker::transport {

web_reply too_busy() {
  return refuse(503, "busy", "too many requests at once; ask again");
}

void web_questions::ask(const session_ptr& x, const ask_control* command,
                        bool busy) {
  if (!asking_) {
    x->answer(refuse(503, "stopping", "the daemon stops"));
    return;
  }
  if (busy || open_.size() >= config_.limits.open_requests) {
    x->answer(too_busy());
    return;
  }
  const auto id = next_id_++;
  auto i = open_
             .emplace(id, question{x, command && command->ready, !command,
                                   boost::asio::steady_timer{io_}})
             .first;
  i->second.deadline.expires_after(
    !command || command->ready ? config_.metrics_patience : config_.patience);
  i->second.deadline.async_wait([this, id](boost::system::error_code ec) {
    if (!ec)
      on_overdue(id);
  });
  std::vector<std::string> route{"", std::to_string(id)};
  if (command)
    handlers_.control(std::move(route), command->body);
  else
    handlers_.metrics(std::move(route));
}

void web_questions::on_overdue(std::uint64_t id) {
  if (auto asked = open_.extract(id); !asked.empty())
    asked.mapped().client->answer(
      refuse(503, "timeout", "the daemon is busy; ask again"));
}

std::optional<web_questions::question>
web_questions::take(const control_reply& x) {
  std::uint64_t id = 0;
  if (x.route.size() == 2)
    std::from_chars(x.route[1].data(), x.route[1].data() + x.route[1].size(),
                    id);
  auto asked = open_.extract(id);
  if (asked.empty())
    return std::nullopt;
  return std::move(asked.mapped());
}

web_reply web_questions::reply_of(const question& asked,
                                  const std::string& body) const {
  web_reply out;
  if (asked.metrics && !body.starts_with('{')) {
    out.type = "text/plain; version=0.0.4; charset=utf-8";
    out.text = body;
    return out;
  }
  out.status = status_of(body);
  if (asked.ready && out.status == 200)
    out.text = std::string{"{\"ok\":true,\"config_ok\":"}
               + (board_.config_ok() ? "true}" : "false}");
  else
    out.text = body;
  return out;
}

} // namespace riskbreaker::transport
