#include "transport/json_parser.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <utility>

namespace riskbreaker::transport {

namespace {

constexpr std::size_t max_depth = 64;

/// Builds core's tree from nlohmann's events: its own tree would lose doubled
/// keys, and be a second copy.
class tree_builder : public nlohmann::json_sax<nlohmann::json> {
public:
  bool null() override {
    return add({nullptr});
  }

  bool boolean(bool x) override {
    return add({x});
  }

  bool number_integer(number_integer_t x) override {
    return add({static_cast<double>(x)});
  }

  bool number_unsigned(number_unsigned_t x) override {
    return add({static_cast<double>(x)});
  }

  bool number_float(number_float_t x, const string_t&) override {
    return std::isfinite(x) && add({x});
  }

  bool string(string_t& x) override {
    return add({std::move(x)});
  }

  bool binary(binary_t&) override {
    return false; // not in JSON
  }

  bool start_object(std::size_t) override {
    return open({core::json::object{}});
  }

  bool key(string_t& x) override {
    key_ = std::move(x);
    return true;
  }

  bool end_object() override {
    open_.pop_back();
    return true;
  }

  bool start_array(std::size_t) override {
    return open({core::json::array{}});
  }

  bool end_array() override {
    open_.pop_back();
    return true;
  }

  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::json::exception&) override {
    return false;
  }

  core::json take() {
    return std::move(root_);
  }

private:
  /// Puts `x` into the innermost open container. A container's address holds
  /// until it is closed: only the innermost one grows.
  core::json& place(core::json x) {
    if (open_.empty())
      return root_ = std::move(x);
    auto& parent = open_.back()->value;
    if (auto* array = std::get_if<core::json::array>(&parent))
      return array->emplace_back(std::move(x));
    auto& object = std::get<core::json::object>(parent);
    return object.emplace_back(core::json_member{std::move(key_), std::move(x)})
      .value;
  }

  bool add(core::json x) {
    place(std::move(x));
    return true;
  }

  bool open(core::json x) {
    if (open_.size() == max_depth)
      return false;
    open_.push_back(&place(std::move(x)));
    return true;
  }

  core::json root_;
  std::vector<core::json*> open_;
  std::string key_;
};

} // namespace

std::optional<core::json> parse_json(std::string_view text) {
  // nlohmann takes a zero byte for the end, and would not see what follows.
  if (text.find('\0') != std::string_view::npos)
    return std::nullopt;
  try {
    tree_builder builder;
    if (nlohmann::json::sax_parse(text.begin(), text.end(), &builder))
      return builder.take();
  } catch (const nlohmann::json::exception&) {
    // falls through: what the library cannot take is no JSON to us
  }
  return std::nullopt;
}

} // namespace riskbreaker::transport
