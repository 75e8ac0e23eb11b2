#include "actors/llm_caller.hpp"

#include <utility>

namespace riskbreaker::actors {

endpoint_memory::endpoint_memory(budgets before, spent_handler on_spent)
  : before_(std::move(before)), on_spent_(std::move(on_spent)) {
  // nop
}

core::limiter& endpoint_memory::limiter_of(const core::endpoint& x) {
  auto i = limiters_.find(x.name);
  if (i == limiters_.end()) {
    i = limiters_.emplace(x.name, std::pair{x.limits, core::limiter{x.limits}})
          .first;
    if (auto node = before_.extract(x.name); !node.empty())
      i->second.second.restore(node.mapped());
  }
  if (i->second.first != x.limits) { // a reload changed them
    i->second.first = x.limits;
    i->second.second.reconfigure(x.limits);
  }
  return i->second.second;
}

std::optional<core::cause> endpoint_memory::enter(const core::endpoint& x,
                                                  core::steady_time now,
                                                  core::unix_ms wall) {
  std::lock_guard guard{mutex_};
  return limiter_of(x).enter(now, wall);
}

void endpoint_memory::leave(const core::endpoint& x) {
  std::lock_guard guard{mutex_};
  limiter_of(x).leave();
}

std::optional<core::cause>
endpoint_memory::spend_request(const core::endpoint& x, core::steady_time now,
                               core::unix_ms wall) {
  std::lock_guard guard{mutex_};
  auto& limiter = limiter_of(x);
  auto refused = limiter.spend_request(now, wall);
  if (!refused)
    tell(x, limiter);
  return refused;
}

void endpoint_memory::spend_tokens(const core::endpoint& x,
                                   std::uint64_t tokens, double usd,
                                   core::steady_time now, core::unix_ms wall) {
  std::lock_guard guard{mutex_};
  auto& limiter = limiter_of(x);
  limiter.spend_tokens(tokens, usd, now, wall);
  tell(x, limiter);
}

void endpoint_memory::tell(const core::endpoint& x,
                           const core::limiter& limiter) const {
  if (on_spent_)
    on_spent_(x.name, limiter.save());
}

std::vector<core::budget_status>
endpoint_memory::spent(core::unix_ms wall) const {
  std::lock_guard guard{mutex_};
  std::vector<core::budget_status> out;
  for (const auto& [name, x] : limiters_) {
    auto memory = x.second.save();
    // A day that is over is forgotten with the next call, not before.
    auto today = memory.day == std::chrono::floor<std::chrono::days>(wall);
    out.push_back(
      {name, x.first, today ? memory.calls : 0, today ? memory.usd : 0.0});
  }
  return out;
}

transport::chat_options endpoint_memory::options(const core::endpoint& x) {
  std::lock_guard guard{mutex_};
  return options_[x.name + '\n' + x.model];
}

void endpoint_memory::without(const core::endpoint& x,
                              const std::string& parameter) {
  std::lock_guard guard{mutex_};
  auto& known = options_[x.name + '\n' + x.model];
  if (parameter == "max_tokens")
    known.max_tokens = false;
  else if (parameter == "temperature")
    known.temperature = false;
  else if (parameter == "json_schema"
           && known.format == transport::answer_format::json_schema)
    known.format = transport::answer_format::json_object;
  else if (parameter == "json_schema" || parameter == "response_format")
    known.format = transport::answer_format::plain;
}

} // namespace riskbreaker::actors
