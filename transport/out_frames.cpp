#include "transport/out_frames.hpp"

namespace riskbreaker::transport {

void out_frames::reserve(std::size_t frames, std::size_t bytes) {
  places_.reserve(frames);
  bytes_.reserve(bytes);
}

/// Bytes first: where memory ends, they are nobody's, and what is there stays.
void out_frames::append(const out_frame& x) {
  place next;
  next.begin = bytes_.size();
  next.topic = x.topic.size();
  next.payload = x.payload.size();
  next.keep = x.keep;
  next.forget = x.forget;
  bytes_.append(x.topic);
  bytes_.append(x.payload);
  places_.push_back(next);
}

out_frame out_frames::at(std::size_t i) const {
  const auto& x = places_[i];
  const std::string_view all{bytes_};
  return {all.substr(x.begin, x.topic),
          all.substr(x.begin + x.topic, x.payload), x.keep, x.forget};
}

} // namespace riskbreaker::transport
