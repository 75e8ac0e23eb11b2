#include "transport/control_codec_request.hpp"

#include "core/market/timeframe.hpp"
#include "core/scoring/journaled.hpp"
#include "transport/control_codec_names.hpp"
#include "transport/json_writer.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace riskbreaker::transport {

namespace {

// A sorted tree: looking up keys one by one would let a request of a hundred
// thousand of them keep us busy for seconds.
using json = nlohmann::json;
using kind = control_command::kind;

/// Far more than any request needs; far less than what hurts to print.
constexpr std::size_t max_depth = 64;

/// Whether brackets nest no deeper than `max_depth`. Strings are skipped; a
/// text that is no JSON may get any answer.
bool shallow(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = text[i];
    if (in_string) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > max_depth)
        return false;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return true;
}

/// Reads the arguments of one command; keeps the first mistake.
class argument_reader {
public:
  argument_reader(const json& request, std::string id)
    : request_(request), id_(std::move(id)) {
    // nop
  }

  std::string text(const char* name, bool required) {
    auto found = request_.find(name);
    if (found == request_.end() || found->is_null()) {
      if (required)
        refuse(std::string{name} + ": is missing, give a string");
      return {};
    }
    if (!found->is_string()) {
      refuse(std::string{name} + ": must be a string, not "
             + found->type_name());
      return {};
    }
    auto value = found->get<std::string>();
    if (value.empty())
      refuse(std::string{name} + ": is empty");
    return value;
  }

  std::string timeframe(bool required) {
    auto value = text("timeframe", required);
    if (!value.empty() && !core::timeframe::parse(value))
      refuse("timeframe: " + shown_text(value)
             + " is not known; valid: " + core::timeframe::valid_names());
    return value;
  }

  std::string action() {
    auto value = text("action", true);
    if (!value.empty() && !is_action(value))
      refuse("action: " + shown_text(value)
             + " is not known; valid: reset, force_open, force_closed, auto");
    return value;
  }

  std::string level() {
    auto value = text("level", false);
    constexpr std::string_view known = " trace debug info warn error off ";
    if (!value.empty() && known.find(' ' + value + ' ') == known.npos)
      refuse("level: " + shown_text(value)
             + " is not known; valid: trace, debug, info, warn, error, off");
    return value;
  }

  /// A count of assessments.
  std::optional<std::uint64_t> limit() {
    auto x = whole_number();
    if (x && *x > core::max_history)
      refuse("limit: at most " + std::to_string(core::max_history)
             + " assessments in one reply");
    return x;
  }

  std::optional<std::uint64_t> whole_number() {
    auto found = request_.find("limit");
    if (found == request_.end() || found->is_null())
      return std::nullopt;
    // Whole numbers come as 10.0 from languages that know doubles only.
    if (found->is_number_float()) {
      auto x = found->get<double>();
      if (x >= 1 && x <= 1e9
          && x == static_cast<double>(static_cast<std::uint64_t>(x)))
        return static_cast<std::uint64_t>(x);
    } else if (found->is_number_unsigned() && found->get<std::uint64_t>() > 0) {
      return found->get<std::uint64_t>();
    }
    refuse("limit: must be a whole number from 1 on");
    return std::nullopt;
  }

  const std::optional<control_error>& mistake() const {
    return mistake_;
  }

private:
  void refuse(std::string message) {
    if (!mistake_)
      mistake_ = control_error{"bad_argument", std::move(message), id_};
  }

  const json& request_;
  std::string id_;
  std::optional<control_error> mistake_;
};

std::variant<control_command, control_error>
read_command(const json& request, const std::string& id) {
  auto name = request.find("cmd");
  if (name == request.end())
    return control_error{"unknown_command",
                         "cmd is missing; valid commands: " + valid_commands(),
                         id};
  if (!name->is_string())
    return control_error{"unknown_command",
                         std::string{"cmd must be a string, not "}
                           + name->type_name()
                           + "; valid commands: " + valid_commands(),
                         id};
  const auto& text = name->get_ref<const std::string&>();
  auto found = find_command(text);
  if (!found)
    return control_error{"unknown_command", unknown_command(text), id};
  control_command result;
  result.what = *found;
  result.id = id;
  argument_reader arguments{request, id};
  if (*found == kind::breaker) {
    result.strategy = arguments.text("strategy", true);
    result.action = arguments.action();
  } else if (*found == kind::log_level) {
    result.level = arguments.level();
  } else if (*found == kind::assess || *found == kind::history) {
    bool required = *found == kind::assess;
    result.strategy = arguments.text("strategy", required);
    result.pair = arguments.text("pair", required);
    result.timeframe = arguments.timeframe(required);
    if (!required)
      result.limit = arguments.limit();
  }
  if (arguments.mistake())
    return *arguments.mistake();
  return result;
}

control_error bad_json(std::string message) {
  return {"bad_json",
          std::move(message) + "; send an object such as {\"cmd\":\"ping\"}",
          {}};
}

} // namespace

std::variant<control_command, control_error>
read_control_request(std::string_view body) {
  if (body.size() > max_control_request)
    return control_error{"too_large",
                         "the request has " + std::to_string(body.size())
                           + " bytes, at most "
                           + std::to_string(max_control_request) + " are taken",
                         {}};
  if (body.empty())
    return bad_json("the request is empty");
  if (!is_utf8(body))
    return bad_json("the request is not UTF-8");
  if (!shallow(body))
    return bad_json("the request nests deeper than "
                    + std::to_string(max_depth));
  json request;
  try {
    request = json::parse(body);
  } catch (const json::parse_error& e) {
    return bad_json("the request is no JSON (at byte " + std::to_string(e.byte)
                    + ")");
  } catch (const json::exception&) {
    return bad_json("the request holds a number that is out of range");
  }
  if (!request.is_object())
    return bad_json(std::string{"the request is JSON of type "}
                    + request.type_name());
  std::string id;
  if (auto found = request.find("id"); found != request.end()) {
    id = found->dump();
    if (id.size() > max_control_id)
      return control_error{"bad_argument",
                           "id: is longer than "
                             + std::to_string(max_control_id) + " bytes",
                           {}};
  }
  return read_command(request, id);
}

} // namespace riskbreaker::transport
