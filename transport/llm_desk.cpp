#include "transport/llm_desk.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace riskbreaker::transport {

namespace {

constexpr std::string_view chat_path = "/v1/chat/completions";
constexpr std::string_view models_path = "/v1/models";

std::string path_of(std::string_view target) {
  auto path = std::string{target.substr(0, target.find('?'))};
  while (path.size() > 1 && path.back() == '/')
    path.pop_back();
  return path;
}

reply_script wrong_method(bool keep_alive) {
  return whole_response(
    405, error_body("Method not allowed.", "invalid_request_error", ""),
    keep_alive);
}

} // namespace

llm_desk::llm_desk(std::uint64_t seed, llm_fault fault)
  : seed_(seed), fault_(std::move(fault)) {
  // nop
}

desk_reply llm_desk::answer(const desk_request& request) {
  const auto path = path_of(request.target);
  if (path == chat_path || path == models_path)
    return {answer_api(request), true};
  if (path == "/healthz")
    return {whole_response(200, R"({"status":"ok"})", request.keep_alive)};
  if (path == "/_sim" || path == "/_sim/fault" || path == "/_sim/reset")
    return {control(request)};
  return {whole_response(
    404, error_body("Unknown address.", "invalid_request_error", ""),
    request.keep_alive)};
}

reply_script llm_desk::answer_api(const desk_request& request) {
  const bool chat = path_of(request.target) == chat_path;
  llm_fault fault;
  std::uint64_t turn = 0;
  {
    std::lock_guard guard{mutex_};
    fault = fault_;
    turn = ++under_fault_;
    ++counts_.received;
    ++counts_.in_flight;
    ++counts_.by_fault[to_string(fault.kind)];
    counts_.chats += chat ? 1 : 0;
    counts_.with_key += request.has_key ? 1 : 0;
  }
  if (request.method != (chat ? "POST" : "GET"))
    return wrong_method(request.keep_alive);
  if (fault.kind == llm_fault_kind::flaky && turn % fault.number == 0) {
    fault.kind = llm_fault_kind::status;
    fault.number = 500;
  }
  if (!chat)
    return models_script(fault, request.keep_alive);
  auto question = read_chat_question(request.body);
  if (!question)
    return whole_response(
      400,
      error_body("The body is no chat request.", "invalid_request_error", ""),
      request.keep_alive);
  return chat_script(fault, *question, seed_, request.keep_alive);
}

reply_script llm_desk::control(const desk_request& request) {
  const auto path = path_of(request.target);
  if (path == "/_sim") {
    if (request.method != "GET")
      return wrong_method(request.keep_alive);
    return whole_response(200, status_text(), request.keep_alive);
  }
  if (request.method != "POST" && request.method != "PUT")
    return wrong_method(request.keep_alive);
  if (path == "/_sim/fault") {
    auto fault = parse_llm_fault_body(request.body);
    if (auto* error = std::get_if<std::string>(&fault))
      return whole_response(
        400, error_body(*error, "invalid_request_error", "unknown_fault"),
        request.keep_alive);
    set_fault(std::move(std::get<llm_fault>(fault)));
  } else {
    std::lock_guard guard{mutex_};
    const auto in_flight = counts_.in_flight;
    counts_ = {};
    counts_.in_flight = in_flight;
    under_fault_ = 0;
  }
  return whole_response(200, status_text(), request.keep_alive);
}

std::string llm_desk::status_text() const {
  std::lock_guard guard{mutex_};
  return nlohmann::ordered_json{
    {"fault", to_string(fault_)},     {"received", counts_.received},
    {"chats", counts_.chats},         {"with_key", counts_.with_key},
    {"abandoned", counts_.abandoned}, {"connections", counts_.connections},
    {"in_flight", counts_.in_flight}, {"by_fault", counts_.by_fault}}
    .dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

void llm_desk::finished(bool abandoned) {
  std::lock_guard guard{mutex_};
  --counts_.in_flight;
  counts_.abandoned += abandoned ? 1 : 0;
}

void llm_desk::connected() {
  std::lock_guard guard{mutex_};
  ++counts_.connections;
}

void llm_desk::set_fault(llm_fault fault) {
  std::lock_guard guard{mutex_};
  fault_ = std::move(fault);
  under_fault_ = 0;
}

llm_fault llm_desk::fault() const {
  std::lock_guard guard{mutex_};
  return fault_;
}

llm_simulator_counts llm_desk::counts() const {
  std::lock_guard guard{mutex_};
  return counts_;
}

} // namespace riskbreaker::transport
