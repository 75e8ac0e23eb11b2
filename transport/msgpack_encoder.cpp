#include "transport/result_encoder.hpp"

#include <simdjson.h>

#include <msgpack.hpp>
#include <stdexcept>
#include <utility>

namespace riskbreaker::transport {

namespace {

using simdjson::dom::element_type;

/// What msgpack-cxx writes into.
struct text_stream {
  std::string text;

  void write(const char* data, std::size_t size) {
    text.append(data, size);
  }
};

using packer = msgpack::packer<text_stream>;

void pack_text(packer& out, std::string_view x) {
  auto size = static_cast<std::uint32_t>(x.size());
  out.pack_str(size).pack_str_body(x.data(), size);
}

/// Our own payloads, which nest three deep.
void pack(packer& out, const simdjson::dom::element& x) {
  switch (x.type()) {
    case element_type::OBJECT: {
      simdjson::dom::object members = x;
      out.pack_map(static_cast<std::uint32_t>(members.size()));
      for (auto [key, value] : members) {
        pack_text(out, key);
        pack(out, value);
      }
      break;
    }
    case element_type::ARRAY: {
      simdjson::dom::array items = x;
      out.pack_array(static_cast<std::uint32_t>(items.size()));
      for (auto item : items)
        pack(out, item);
      break;
    }
    case element_type::INT64:
      out.pack_int64(std::int64_t{x});
      break;
    case element_type::UINT64:
      out.pack_uint64(std::uint64_t{x});
      break;
    case element_type::DOUBLE:
      out.pack_double(double{x});
      break;
    case element_type::STRING:
      pack_text(out, std::string_view{x});
      break;
    case element_type::BOOL:
      if (bool{x})
        out.pack_true();
      else
        out.pack_false();
      break;
    case element_type::NULL_VALUE:
      out.pack_nil();
      break;
  }
}

/// The same as JSON by construction: it is made from the JSON.
class msgpack_encoder final : public result_encoder {
public:
  explicit msgpack_encoder(std::string boot)
    : json_(make_json_encoder(std::move(boot))) {
    // nop
  }

  std::string_view assessment(const core::assessment& x,
                              std::uint64_t seq) override {
    return packed(json_->assessment(x, seq));
  }

  std::string_view breaker(const breaker_report& x,
                           std::uint64_t seq) override {
    return packed(json_->breaker(x, seq));
  }

  std::string_view stats(const core::strategy_snapshot& x,
                         const core::breaker_status& state, core::unix_ms now,
                         std::uint64_t seq) override {
    return packed(json_->stats(x, state, now, seq));
  }

  std::string_view config(const core::config_report& x,
                          std::uint64_t seq) override {
    return packed(json_->config(x, seq));
  }

  std::string_view refused(const refusal_report& x,
                           std::uint64_t seq) override {
    return packed(json_->refused(x, seq));
  }

  std::string_view heartbeat(double uptime_s, core::unix_ms at,
                             std::uint64_t seq) override {
    return packed(json_->heartbeat(uptime_s, at, seq));
  }

private:
  std::string_view packed(std::string_view json_text) {
    auto read = parser_.parse(json_text);
    if (read.error() != simdjson::SUCCESS)
      throw std::runtime_error{std::string{"our own JSON cannot be read: "}
                               + simdjson::error_message(read.error())};
    stream_.text.clear();
    packer out{stream_};
    pack(out, read.value_unsafe());
    return stream_.text;
  }

  std::unique_ptr<result_encoder> json_;
  simdjson::dom::parser parser_;
  text_stream stream_;
};

} // namespace

std::unique_ptr<result_encoder> make_msgpack_encoder(std::string boot) {
  return std::make_unique<msgpack_encoder>(std::move(boot));
}

} // namespace riskbreaker::transport
