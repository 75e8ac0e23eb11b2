#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace riskbreaker::transport {

/// A text that several connections may be sending at once.
using shared_text = std::shared_ptr<const std::string>;

/// What is owed to one client, in order. Texts are shared, never copied.
class web_out_queue {
public:
  void push(shared_text text);
  /// A text that lives as long as the program.
  void push_static(std::string_view text);

  bool empty() const noexcept {
    return pieces_.empty();
  }
  std::size_t bytes() const noexcept {
    return bytes_;
  }

  /// The next texts, as many as one write may take.
  std::vector<std::string_view> front() const;
  /// So many bytes are sent.
  void sent(std::size_t bytes);

private:
  struct piece {
    shared_text owner; ///< null for a static text
    std::string_view rest;
  };

  std::deque<piece> pieces_;
  std::size_t bytes_ = 0;
};

} // namespace riskbreaker::transport
