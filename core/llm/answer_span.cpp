#include "core/llm/answer_span.hpp"

#include <string>

namespace riskbreaker::core {

namespace {

bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// Characters of numbers, true, false and null, and of what models put there.
bool is_word(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
         || (c >= 'A' && c <= 'Z') || c == '+' || c == '-' || c == '.';
}

/// A pushdown automaton over one span. Its stack is as deep as the text is
/// nested: a limit would make the inside of what is too deep look whole.
class walker {
public:
  walker(std::string_view text, std::size_t begin) : text_(text), pos_(begin) {
    // nop
  }

  text_span walk() {
    auto begin = pos_;
    open();
    while (!open_.empty() && pos_ < text_.size()) {
      if (is_blank(text_[pos_])) {
        ++pos_;
      } else if (!step()) {
        // Progress even where the very first token does not fit.
        return {false, pos_ > begin ? pos_ : begin + 1};
      }
    }
    return {open_.empty(), pos_};
  }

private:
  enum class want { key_or_close, key, colon, value, value_or_close, comma };

  bool step() {
    auto c = text_[pos_];
    switch (want_) {
      case want::key_or_close:
        if (c == '}')
          return close(c);
        [[fallthrough]];
      case want::key:
        return c == '"' && string(want::colon);
      case want::colon:
        return c == ':' && take(want::value);
      case want::value_or_close:
        if (c == ']')
          return close(c);
        [[fallthrough]];
      case want::value:
        return value(c);
      case want::comma:
        if (c == ',')
          return take(open_.back() == '{' ? want::key : want::value);
        return close(c);
    }
    return false;
  }

  bool take(want next) {
    ++pos_;
    want_ = next;
    return true;
  }

  bool open() {
    open_ += text_[pos_];
    return take(text_[pos_] == '{' ? want::key_or_close : want::value_or_close);
  }

  bool close(char c) {
    if (c != (open_.back() == '{' ? '}' : ']'))
      return false;
    open_.pop_back();
    return take(want::comma);
  }

  bool value(char c) {
    if (c == '"')
      return string(want::comma);
    if (c == '{' || c == '[')
      return open();
    auto begin = pos_;
    while (pos_ < text_.size() && is_word(text_[pos_]))
      ++pos_;
    want_ = want::comma;
    return pos_ > begin;
  }

  bool string(want next) {
    for (++pos_; pos_ < text_.size(); ++pos_) {
      if (text_[pos_] == '"')
        return take(next);
      if (text_[pos_] == '\\')
        ++pos_;
    }
    pos_ = text_.size(); // an escape at the very end steps over it
    return false;
  }

  std::string_view text_;
  std::size_t pos_;
  std::string open_; // brackets not closed yet
  want want_ = want::value;
};

} // namespace

text_span scan_span(std::string_view text, std::size_t begin) {
  return walker{text, begin}.walk();
}

} // namespace riskbreaker::core
