#pragma once

#include <nlohmann/json.hpp>

#include <string_view>

namespace riskbreaker::transport {

/// Walks over MessagePack, keeps nothing, and says stop where an array or a map
/// opens too deep inside. Others may look on as it goes.
class msgpack_depth_meter : public nlohmann::json::json_sax_t {
public:
  explicit msgpack_depth_meter(int limit) : limit_(limit) {
    // nop
  }

  /// Arrays and maps around the place where the walk is.
  int depth() const noexcept {
    return depth_;
  }

  bool null() final;
  bool boolean(bool) final;
  bool number_integer(number_integer_t) final;
  bool number_unsigned(number_unsigned_t) final;
  bool number_float(number_float_t, const string_t&) final;
  bool string(string_t&) final;
  bool binary(binary_t&) final;
  bool key(string_t& x) final;
  bool start_object(std::size_t) final;
  bool start_array(std::size_t) final;
  bool end_object() final;
  bool end_array() final;
  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::json::exception&) final;

protected:
  enum class kind { scalar, array, object };

  /// A value begins, inside `depth()` others.
  virtual void on_value(kind) {
    // nop
  }
  /// A key of the innermost map.
  virtual void on_key(const std::string&) {
    // nop
  }

private:
  bool scalar();
  bool open(kind x);
  bool close();

  int limit_;
  int depth_ = 0;
};

/// Whether `text` is MessagePack of one value whose arrays and maps are nested
/// no deeper than `limit`. Never recurses deeper than that itself, so it comes
/// before any parser that trusts its input.
bool msgpack_depth_within(std::string_view text, int limit);

/// The same, with somebody who looks on.
bool walk_msgpack(std::string_view text, msgpack_depth_meter& meter);

} // namespace riskbreaker::transport
