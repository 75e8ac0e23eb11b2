#include "config/tree_builder.hpp"

#include "config/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>

namespace riskbreaker::config {

namespace {

using json = nlohmann::json;

// Nothing of ours is nested deeper than 6.
constexpr std::size_t max_depth = 64;

/// Walks over a text and tells how far the parser has read.
class counting_iterator {
public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  counting_iterator(const char* at, std::size_t* count) noexcept
    : at_(at), count_(count) {
    // nop
  }

  reference operator*() const noexcept {
    return *at_;
  }

  counting_iterator& operator++() noexcept {
    ++at_;
    ++*count_;
    return *this;
  }

  bool operator==(const counting_iterator& other) const noexcept {
    return at_ == other.at_;
  }

  bool operator!=(const counting_iterator& other) const noexcept {
    return at_ != other.at_;
  }

private:
  const char* at_;
  std::size_t* count_;
};

/// The library's message without its place (ours is better) and without the
/// text it read last (there may be a secret in it).
std::string cleaned(std::string_view what) {
  std::string text{what};
  if (auto i = text.find("] "); text.starts_with('[') && i != text.npos)
    text.erase(0, i + 2);
  if (auto i = text.find(": "); text.starts_with("parse error at"))
    text.erase(0, i + 2);
  if (auto i = text.find("; last read: '"); i != text.npos) {
    auto end = text.rfind("; expected ");
    if (end == text.npos || end < i)
      end = text.size();
    text.erase(i, end - i);
  }
  return text;
}

/// Builds the tree. All values of an environment variable stand at `fixed`.
class builder : public json::json_sax_t {
public:
  builder(std::string_view text, std::string_view original,
          const std::size_t& read, origin base, std::string pointer,
          findings& out)
    : text_(text),
      lines_(original),
      read_(read),
      base_(std::move(base)),
      pointer_(std::move(pointer)),
      out_(out) {
    // nop
  }

  bool null() override {
    return add(nullptr);
  }
  bool boolean(bool x) override {
    return add(x);
  }
  bool number_integer(number_integer_t x) override {
    return add(static_cast<double>(x));
  }
  bool number_unsigned(number_unsigned_t x) override {
    return add(static_cast<double>(x));
  }
  bool number_float(number_float_t x, const string_t&) override {
    return add(x);
  }
  bool string(string_t& x) override {
    return add(std::move(x));
  }
  bool binary(binary_t&) override {
    return false; // JSON has none
  }

  bool start_object(std::size_t) override {
    return add(node::object{}) && open();
  }
  bool start_array(std::size_t) override {
    return add(node::array{}) && open();
  }
  bool end_object() override {
    return close();
  }
  bool end_array() override {
    return close();
  }

  bool key(string_t& x) override {
    auto where = place();
    auto& members = std::get<node::object>(stack_.back()->value);
    auto same = [&](const member& m) {
      return m.key == x;
    };
    auto i = std::find_if(members.begin(), members.end(), same);
    if (i != members.end())
      out_.error(where, stack_.back()->pointer / x,
                 "stands here twice, first in line "
                   + std::to_string(i->where.line) + " and again in line "
                   + std::to_string(where.line) + "; delete one of them");
    // The first one is read, so that its own mistakes are told at once.
    members.push_back({x, where, {}});
    return true;
  }

  bool parse_error(std::size_t read, const std::string&,
                   const nlohmann::detail::exception& ex) override {
    auto at = std::min(token_start(), read == 0 ? 0 : read - 1);
    auto message = cleaned(ex.what());
    if (at >= text_.size() && !stack_.empty())
      message += "; what is opened in line "
                 + std::to_string(stack_.back()->where.line) + " is not closed";
    else if (message.find("control character") != message.npos)
      message = "a text does not end in its line; a quote is missing";
    out_.error(place_of(at), stack_.empty() ? "" : stack_.back()->pointer,
               std::move(message));
    return false;
  }

  node root;

private:
  // The first character behind the last token that is no mere punctuation.
  std::size_t token_start() const {
    auto i = text_.find_first_not_of(" \t\r\n,:", last_);
    return i == text_.npos ? text_.size() : i;
  }

  origin place_of(std::size_t offset) const {
    if (base_.line == 0)
      return base_;
    auto [line, column] = lines_.at(offset);
    return {base_.file, line, column};
  }

  // Where the token just read begins; the next one is looked for behind it.
  origin place() {
    auto start = token_start();
    last_ = read_;
    return place_of(start);
  }

  template <class T>
  bool add(T value) {
    node x{place(), pointer_, std::move(value), {}};
    if (stack_.empty()) {
      root = std::move(x);
      newest_ = &root;
    } else if (auto* list = std::get_if<node::array>(&stack_.back()->value)) {
      x.pointer = stack_.back()->pointer / std::to_string(list->size());
      newest_ = &list->emplace_back(std::move(x));
    } else {
      auto& m = std::get<node::object>(stack_.back()->value).back();
      x.pointer = stack_.back()->pointer / m.key;
      m.value = std::move(x);
      newest_ = &m.value;
    }
    return true;
  }

  // Pointers on the stack stay valid: only the innermost container grows.
  bool open() {
    if (stack_.size() >= max_depth) {
      out_.error(newest_->where, "",
                 "is nested more than " + std::to_string(max_depth)
                   + " levels deep; no setting is");
      return false;
    }
    stack_.push_back(newest_);
    return true;
  }

  bool close() {
    last_ = read_;
    stack_.pop_back();
    return true;
  }

  std::string_view text_;
  line_map lines_;
  const std::size_t& read_;
  origin base_;
  std::string pointer_;
  findings& out_;
  std::vector<node*> stack_;
  node* newest_ = nullptr;
  std::size_t last_ = 0;
};

} // namespace

std::optional<node> build_tree(std::string_view text, std::string_view original,
                               const origin& base, const std::string& pointer,
                               findings& out) {
  std::size_t read = 0;
  builder handler{text, original, read, base, pointer, out};
  counting_iterator first{text.data(), &read};
  counting_iterator last{text.data() + text.size(), &read};
  if (!json::sax_parse(first, last, &handler))
    return std::nullopt;
  return std::move(handler.root);
}

} // namespace riskbreaker::config
