#pragma once

#include "transport/outbox.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace riskbreaker::tests {

/// A message for subscribers that owns its texts.
struct published_frame {
  std::string topic;
  std::string payload;
  bool keep = true;
  bool forget = false;
};

inline transport::out_frames
frames_of(const std::vector<published_frame>& list) {
  transport::out_frames out;
  for (const auto& x : list)
    if (x.forget)
      out.forget(x.topic);
    else
      out.add(x.topic, x.payload, x.keep);
  return out;
}

inline transport::out_frames
frame_of(std::string_view topic, std::string_view payload, bool keep = true) {
  transport::out_frames out;
  out.add(topic, payload, keep);
  return out;
}

/// Keeps what is published.
struct recording_outbox : transport::outbox {
  void publish(transport::out_frames xs) override {
    for (const auto& x : xs)
      frames.push_back(
        {std::string{x.topic}, std::string{x.payload}, x.keep, x.forget});
  }
  void reply(transport::control_reply x) override {
    replies.push_back(std::move(x.body));
  }
  std::vector<published_frame> frames;
  std::vector<std::string> replies;
};

} // namespace riskbreaker::tests
