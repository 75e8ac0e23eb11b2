#include "transport/msgpack_depth.hpp"

#include <nlohmann/json.hpp>

namespace riskbreaker::transport {

namespace {

/// Keeps nothing; says stop when an array or a map opens too deep inside.
class depth_meter final : public nlohmann::json::json_sax_t {
public:
  explicit depth_meter(int limit) : left_(limit) {
    // nop
  }

  bool null() override {
    return true;
  }
  bool boolean(bool) override {
    return true;
  }
  bool number_integer(number_integer_t) override {
    return true;
  }
  bool number_unsigned(number_unsigned_t) override {
    return true;
  }
  bool number_float(number_float_t, const string_t&) override {
    return true;
  }
  bool string(string_t&) override {
    return true;
  }
  bool binary(binary_t&) override {
    return true;
  }
  bool key(string_t&) override {
    return true;
  }
  bool start_object(std::size_t) override {
    return --left_ >= 0;
  }
  bool start_array(std::size_t) override {
    return --left_ >= 0;
  }
  bool end_object() override {
    ++left_;
    return true;
  }
  bool end_array() override {
    ++left_;
    return true;
  }
  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::json::exception&) override {
    return false;
  }

private:
  int left_;
};

} // namespace

bool msgpack_depth_within(std::string_view text, int limit) {
  depth_meter meter{limit};
  return nlohmann::json::sax_parse(text, &meter,
                                   nlohmann::json::input_format_t::msgpack);
}

} // namespace riskbreaker::transport
