#include "transport/web_out_queue.hpp"

#include <algorithm>

namespace riskbreaker::transport {

void web_out_queue::push(shared_text text) {
  const std::string_view all{*text};
  if (all.empty())
    return;
  bytes_ += all.size();
  pieces_.push_back({std::move(text), all});
}

void web_out_queue::push_static(std::string_view text) {
  if (text.empty())
    return;
  bytes_ += text.size();
  pieces_.push_back({nullptr, text});
}

std::vector<std::string_view> web_out_queue::front() const {
  constexpr std::size_t most = 16;
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < std::min(pieces_.size(), most); ++i)
    out.push_back(pieces_[i].rest);
  return out;
}

void web_out_queue::sent(std::size_t bytes) {
  bytes_ -= bytes;
  while (bytes > 0) {
    auto& first = pieces_.front();
    const auto part = std::min(bytes, first.rest.size());
    first.rest.remove_prefix(part);
    bytes -= part;
    if (first.rest.empty())
      pieces_.pop_front();
  }
}

} // namespace riskbreaker::transport
