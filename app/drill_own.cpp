#include "app/candle_framer.hpp"
#include "app/daemon.hpp"
#include "app/demo_market.hpp"
#include "app/drill_target.hpp"
#include "app/serve.hpp"
#include "config/load.hpp"
#include "transport/llm_simulator.hpp"

#include <zmq.hpp>

#include <algorithm>
#include <ostream>

namespace riskbreaker::app {

namespace {

using core::milliseconds;

/// What a drill without a file runs: the default numbers, which `shorten` makes
/// quick. Hourly candles: none is over while the drill runs, but for bad luck
/// that `grace` covers.
constexpr const char* small_config = R"({
  "llm": {"endpoints": {"simulator": {"url": "http://127.0.0.1:1/v1",
          "model": "mock-1", "requests_per_minute": null}}},
  "strategies": {"drill": {"timeframes": ["1h"], "assess": {"grace": 120}}}
})";

config::settings load(const drill_options& options, console con) {
  auto env = config::process_environment();
  auto loaded = options.files.empty() ? config::load_text(small_config)
                                      : config::load(options.files, env);
  for (const auto& x : loaded.errors)
    con.err << "riskbreaker drill: " << config::format(x) << '\n';
  if (!loaded.value)
    throw drill_error{exit_bad_config,
                      "the configuration cannot be used; `riskbreaker check` "
                      "says the same"};
  return std::move(*loaded.value);
}

/// Nothing leaves this process: free ports, no journal, no page, no proxy.
void isolate(config::settings& x, const std::string& llm_url) {
  x.transport = {};
  x.transport.candles_bind = x.transport.results_bind = x.transport.control_bind
    = "tcp://127.0.0.1:*";
  x.http.bind.reset();
  x.journal.path.reset();
  x.llm.proxy.clear();
  x.llm.ca_file.clear();
  for (auto& [name, endpoint] : x.strategies.endpoints) {
    auto copy = *endpoint;
    copy.url = llm_url;
    copy.api_key.clear(); // the simulator needs none
    copy.headers.clear();
    copy.usable = true;
    endpoint = std::make_shared<const core::endpoint>(std::move(copy));
  }
}

/// Seconds become tenths; the counts, which the drill is about, stay.
void shorten(core::strategy& x) {
  x.call.api_timeout = milliseconds{1'000};
  x.call.max_retries = std::min<std::uint32_t>(x.call.max_retries, 1);
  x.call.backoff_base = milliseconds{50};
  x.call.call_deadline = milliseconds{2'000};
  x.call.min_attempt = milliseconds{200};
  x.breaker.recovery_timeout = milliseconds{1'500};
  x.breaker.recovery_timeout_max = milliseconds{3'000};
}

/// A pair that the strategy watches; made out of its patterns if need be.
std::string watched_pair(const core::strategy& x) {
  for (auto pattern : x.pairs) {
    for (std::size_t i = 0; i < pattern.size(); ++i)
      if (pattern[i] == '*')
        pattern.replace(i, 1, pattern.size() == 1 ? "BTC/USDT" : "BTC");
      else if (pattern[i] == '?')
        pattern[i] = 'X';
    if (x.watches(pattern, x.timeframes.front()))
      return pattern;
  }
  throw drill_error{exit_usage,
                    "name a pair that " + x.name + " watches, with --pair"};
}

class own_target : public drill_target {
public:
  own_target(const drill_options& options, console con) {
    simulator_.start();
    auto settings = load(options, con);
    isolate(settings, simulator_.url());
    quick_ = options.quick || options.files.empty();
    market_of(settings, options);
    auto files = options.files.empty() ? std::string{"a small configuration"}
                                       : options.files.front();
    name_ = "a daemon of its own with " + files
            + (quick_ ? ", times shortened" : "");
    daemon_
      = std::make_unique<daemon>(daemon_options{std::move(settings), {}, {}});
    daemon_->start();
    push();
  }

  std::string control_endpoint() const override {
    return daemon_->control_endpoint();
  }

  std::string name() const override {
    return name_;
  }

  void set_fault(const std::string& text) override {
    if (auto bad = simulator_.set_fault(text))
      throw drill_error{exit_usage, "--fault: " + *bad};
  }

  double default_interval() const override {
    return quick_ ? 0.1 : 1;
  }

  double default_hold() const override {
    return quick_ ? 2 : 10;
  }

private:
  /// Shortens the strategies if asked to, and makes candles for the one that
  /// the drill is about.
  void market_of(config::settings& settings, const drill_options& options) {
    for (auto& x : settings.strategies.strategies) {
      auto copy = *x;
      if (quick_)
        shorten(copy);
      if (market_.empty()
          && (options.strategy.empty() ? settings.strategies.llm_enabled(copy)
                                       : copy.name == options.strategy)) {
        auto frame = core::timeframe::parse(options.timeframe)
                       .value_or(copy.timeframes.front());
        auto now
          = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
        market_ = make_demo_market(300, now, 1, frame);
        market_.resize(1);
        market_.front().pair
          = options.pair.empty() ? watched_pair(copy) : options.pair;
      }
      x = std::make_shared<const core::strategy>(std::move(copy));
    }
  }

  void push() {
    zmq::socket_t socket{context_, zmq::socket_type::push};
    socket.set(zmq::sockopt::linger, 5'000);
    socket.connect(daemon_->candles_endpoint());
    for (const auto& x : market_) {
      candle_framer framer{{x.candles.size(), 100}};
      auto send = [&socket](const candle_frame& frame) {
        socket.send(zmq::buffer(frame.text), zmq::send_flags::none);
      };
      for (const auto& bar : x.candles)
        if (auto frame = framer.add(x.pair, x.timeframe, bar))
          send(*frame);
      for (const auto& frame : framer.flush())
        send(frame);
    }
  }

  transport::llm_simulator simulator_;
  bool quick_ = false;
  std::string name_;
  std::vector<demo_series> market_;
  std::unique_ptr<daemon> daemon_;
  zmq::context_t context_;
};

} // namespace

std::unique_ptr<drill_target> make_own_target(const drill_options& options,
                                              console con) {
  return std::make_unique<own_target>(options, con);
}

} // namespace riskbreaker::app
