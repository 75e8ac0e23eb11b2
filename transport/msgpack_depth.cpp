#include "transport/msgpack_depth.hpp"

namespace riskbreaker::transport {

bool msgpack_depth_meter::scalar() {
  on_value(kind::scalar);
  return true;
}

bool msgpack_depth_meter::open(kind x) {
  on_value(x);
  return ++depth_ <= limit_;
}

bool msgpack_depth_meter::close() {
  --depth_;
  return true;
}

bool msgpack_depth_meter::null() {
  return scalar();
}

bool msgpack_depth_meter::boolean(bool) {
  return scalar();
}

bool msgpack_depth_meter::number_integer(number_integer_t) {
  return scalar();
}

bool msgpack_depth_meter::number_unsigned(number_unsigned_t) {
  return scalar();
}

bool msgpack_depth_meter::number_float(number_float_t, const string_t&) {
  return scalar();
}

bool msgpack_depth_meter::string(string_t&) {
  return scalar();
}

bool msgpack_depth_meter::binary(binary_t&) {
  return scalar();
}

bool msgpack_depth_meter::key(string_t& x) {
  on_key(x);
  return true;
}

bool msgpack_depth_meter::start_object(std::size_t) {
  return open(kind::object);
}

bool msgpack_depth_meter::start_array(std::size_t) {
  return open(kind::array);
}

bool msgpack_depth_meter::end_object() {
  return close();
}

bool msgpack_depth_meter::end_array() {
  return close();
}

bool msgpack_depth_meter::parse_error(std::size_t, const std::string&,
                                      const nlohmann::json::exception&) {
  return false;
}

bool walk_msgpack(std::string_view text, msgpack_depth_meter& meter) {
  return nlohmann::json::sax_parse(text, &meter,
                                   nlohmann::json::input_format_t::msgpack);
}

bool msgpack_depth_within(std::string_view text, int limit) {
  msgpack_depth_meter meter{limit};
  return walk_msgpack(text, meter);
}

} // namespace riskbreaker::transport
