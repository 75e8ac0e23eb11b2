#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace riskbreaker::transport {

/// One message for subscribers: topic and payload, already encoded.
struct out_frame {
  std::string_view topic;
  std::string_view payload;
  /// Keep as the topic's last value and replay it to late subscribers.
  bool keep = true;
  /// Nothing is sent: what is kept of the topic is dropped.
  bool forget = false;
};

/// Messages in the order in which they leave, back to back in one buffer: an
/// allocation for all, not some for each, which another thread would give back.
class out_frames {
public:
  class iterator {
  public:
    iterator(const out_frames& of, std::size_t i) : of_(&of), i_(i) {
      // nop
    }
    out_frame operator*() const {
      return of_->at(i_);
    }
    iterator& operator++() {
      ++i_;
      return *this;
    }
    friend bool operator==(const iterator& a, const iterator& b) {
      return a.i_ == b.i_;
    }

  private:
    const out_frames* of_;
    std::size_t i_;
  };

  /// Makes room for `frames` messages of `bytes` bytes in all.
  void reserve(std::size_t frames, std::size_t bytes);

  void add(std::string_view topic, std::string_view payload, bool keep = true) {
    append({topic, payload, keep, false});
  }
  void forget(std::string_view topic) {
    append({topic, {}, false, true});
  }

  /// Valid until the next change.
  out_frame at(std::size_t i) const;
  iterator begin() const {
    return {*this, 0};
  }
  iterator end() const {
    return {*this, size()};
  }
  std::size_t size() const noexcept {
    return places_.size();
  }
  bool empty() const noexcept {
    return places_.empty();
  }
  /// Of all topics and payloads.
  std::size_t bytes() const noexcept {
    return bytes_.size();
  }

private:
  struct place {
    std::size_t begin = 0;
    std::size_t topic = 0;   ///< bytes
    std::size_t payload = 0; ///< bytes behind them
    bool keep = true;
    bool forget = false;
  };

  void append(const out_frame& x);

  std::string bytes_;
  std::vector<place> places_;
};

} // namespace riskbreaker::transport
