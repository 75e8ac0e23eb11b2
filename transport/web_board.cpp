#include "transport/web_board.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace riskbreaker::transport {

namespace {

/// What is lost if its successor stands for it.
bool counts_by_itself(event_kind x) {
  return x == event_kind::breaker || x == event_kind::rejected;
}

/// Of those, so many may wait for a look.
constexpr std::size_t max_waiting = 4'096;

} // namespace

void web_board::publish(const out_frames& frames) {
  bool tell = false;
  {
    const std::lock_guard guard{mutex_};
    for (const auto& x : frames)
      note(x);
    tell = budget_ > 0 && (!fresh_.empty() || !stale_.empty())
           && !std::exchange(told_, true);
  }
  if (tell && on_news)
    on_news();
}

void web_board::note(const out_frame& x) {
  if (x.forget) {
    last_.forget(x.topic);
    if (auto i = transitions_.find(x.topic); i != transitions_.end())
      transitions_.erase(i);
    return;
  }
  published_.fetch_add(1, std::memory_order_relaxed);
  if (x.keep)
    last_.put(x.topic, x.payload);
  // Candles come by the hundred thousand: most of them end here.
  const bool is_breaker = x.topic.starts_with("breaker.");
  if (is_breaker)
    remember(x);
  if (budget_ == 0)
    return;
  if (const auto kind = kind_of(x.topic))
    hand_on(x, *kind);
}

void web_board::hand_on(const out_frame& x, event_kind kind) {
  auto add = [&] {
    fresh_bytes_ += x.topic.size() + x.payload.size();
    fresh_.push_back({kind, std::string{x.topic}, std::string{x.payload}});
  };
  if (counts_by_itself(kind)) {
    if (fresh_.size() < max_waiting)
      add();
    else
      skipped_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  const auto owed = owed_.contains(x.topic);
  if (fresh_bytes_ < budget_ && !owed) {
    add();
  } else if (x.keep && !owed) {
    owed_.emplace(x.topic);
    stale_.emplace_back(x.topic);
  } else {
    skipped_.fetch_add(1, std::memory_order_relaxed);
  }
}

void web_board::remember(const out_frame& x) {
  const auto tree = nlohmann::json::parse(json_of(x.payload), nullptr, false);
  if (!tree.is_object())
    return;
  const auto at = tree.find("at");
  const auto from = tree.find("from");
  const auto to = tree.find("to");
  // What a breaker's state is at the start is no transition.
  if (at == tree.end() || !at->is_number_integer() || from == tree.end()
      || to == tree.end() || *from == *to)
    return;
  auto& all = transitions_[std::string{x.topic}];
  all.push_back({at->get<std::int64_t>(),
                 std::make_shared<const std::string>(json_of(x.payload))});
  if (all.size() > max_transitions)
    all.pop_front();
}

void web_board::listen(std::size_t bytes) {
  const std::lock_guard guard{mutex_};
  budget_ = bytes;
  if (bytes > 0)
    return;
  fresh_ = {};
  fresh_bytes_ = 0;
  stale_ = {};
  owed_ = {};
  told_ = false;
}

std::vector<web_board::event> web_board::take(bool& more) {
  const std::lock_guard guard{mutex_};
  told_ = false; // first: what fails below must not silence what comes
  auto out = std::exchange(fresh_, {});
  auto bytes = std::exchange(fresh_bytes_, 0);
  // A part is for what is owed, or new values would always come first.
  bytes = std::min(bytes, budget_ - budget_ / 4);
  while (!stale_.empty() && bytes < budget_) {
    auto topic = std::move(stale_.front());
    stale_.pop_front();
    owed_.erase(topic);
    const auto x = last_.find(topic);
    const auto kind = kind_of(topic);
    if (!x || !kind) // it was forgotten meanwhile
      continue;
    bytes += topic.size() + x->size();
    out.push_back({*kind, std::move(topic), *x});
  }
  more = !stale_.empty();
  told_ = more;
  return out;
}

std::vector<web_board::event>
web_board::last_values(std::string& after, event_kinds kinds, std::size_t bytes,
                       bool& done) const {
  const std::lock_guard guard{mutex_};
  std::vector<event> out;
  done = false;
  while (bytes > 0) {
    const auto x
      = after.empty() ? last_.next({}, std::nullopt) : last_.next({}, after);
    if (!x) {
      done = true;
      break;
    }
    const auto kind = kind_of(x->topic);
    if (kind && (kinds & bit_of(*kind)) == 0) {
      // Over all its topics at once: behind a name comes a dot, and then this.
      after = std::string{to_string(*kind)} + '/';
      continue;
    }
    after = std::string{x->topic};
    if (!kind)
      continue;
    bytes -= std::min(bytes, x->topic.size() + x->payload->size());
    out.push_back({*kind, after, *x->payload});
  }
  return out;
}

std::vector<std::shared_ptr<const std::string>>
web_board::transitions(core::unix_ms now) const {
  const auto first = (now - kept_for).time_since_epoch().count();
  std::vector<transition> all;
  {
    // Publishing waits meanwhile: what takes long comes afterwards.
    const std::lock_guard guard{mutex_};
    for (const auto& [topic, list] : transitions_)
      for (const auto& x : list)
        if (x.at >= first)
          all.push_back(x);
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  std::vector<std::shared_ptr<const std::string>> out;
  out.reserve(all.size());
  for (auto& x : all)
    out.push_back(std::move(x.json));
  return out;
}

bool web_board::config_ok() const {
  std::string text;
  {
    const std::lock_guard guard{mutex_};
    if (const auto x = last_.find("config"))
      text = *x;
  }
  if (text.empty())
    return true;
  const auto tree = nlohmann::json::parse(json_of(text), nullptr, false);
  return !tree.is_object() || tree.value("ok", true);
}

} // namespace riskbreaker::transport
