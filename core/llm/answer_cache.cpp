#include "core/llm/answer_cache.hpp"

#include <algorithm>
#include <utility>

namespace riskbreaker::core {

void answer_cache::keep(std::shared_ptr<const series_key> series,
                        kept_answer&& x, unix_ms wall) {
  constexpr std::size_t smallest = 64;
  if (kept_.size() >= sweep_at_) {
    sweep(wall);
    sweep_at_ = std::max(smallest, 2 * kept_.size());
  }
  auto valid_until = x.valid_until;
  auto [i, added] = kept_.try_emplace(std::move(series), std::move(x));
  if (!added && valid_until >= i->second.valid_until)
    i->second = std::move(x); // try_emplace left it alone
}

const kept_answer*
answer_cache::find(const std::shared_ptr<const series_key>& series,
                   steady_time now, unix_ms wall,
                   milliseconds min_interval) const {
  auto i = kept_.find(series);
  if (i == kept_.end() || now - i->second.asked_at >= min_interval
      || wall >= i->second.valid_until)
    return nullptr;
  return &i->second;
}

void answer_cache::sweep(unix_ms wall) {
  for (auto i = kept_.begin(); i != kept_.end();) {
    if (wall >= i->second.valid_until)
      i = kept_.erase(i);
    else
      ++i;
  }
}

bool may_reuse(breaker_state x) noexcept {
  return x == breaker_state::closed || x == breaker_state::forced_closed;
}

std::shared_ptr<const llm_report> report_of_reuse(const llm_report& x) {
  llm_report out;
  out.endpoint = x.endpoint;
  out.model = x.model;
  out.reasoning = x.reasoning;
  return std::make_shared<const llm_report>(std::move(out));
}

} // namespace riskbreaker::core
