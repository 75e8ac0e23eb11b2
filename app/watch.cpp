#include "app/watch.hpp"

#include "app/seen_topics.hpp"
#include "app/serve.hpp"
#include "app/stop_signal.hpp"
#include "app/watch_view.hpp"

#include <zmq.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <memory>
#include <ostream>

namespace riskbreaker::app {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Silence after which a person is told that nobody seems to be there.
constexpr milliseconds patience{3'000};

class watch_run {
public:
  watch_run(const watch_options& options, console con)
    : options_(options), con_(con), socket_(context_, zmq::socket_type::sub) {
    socket_.set(zmq::sockopt::rcvhwm, 100'000);
    socket_.set(zmq::sockopt::linger, 0);
    if (options.topics.empty())
      socket_.set(zmq::sockopt::subscribe, "");
    for (const auto& topic : options.topics)
      socket_.set(zmq::sockopt::subscribe, topic);
    use_curve(socket_, options.curve);
    socket_.connect(options.connect);
  }

  int run() {
    auto start = steady_clock::now();
    if (options_.seconds)
      end_ = start
             + milliseconds{
               std::llround(std::clamp(*options_.seconds, 0.0, 1e9) * 1'000)};
    notice_at_ = start + patience;
    while (!complete() && con_.out && !stop_.raised() && !time_is_up()) {
      std::array<zmq::pollitem_t, 2> items{
        {{socket_.handle(), 0, ZMQ_POLLIN, 0},
         {nullptr, stop_.fd(), ZMQ_POLLIN, 0}}};
      zmq::poll(items, wait_time());
      if (items[0].revents & ZMQ_POLLIN)
        drain();
      else
        notice_silence();
    }
    if (!con_.out)
      return exit_failure;
    if (!options_.count || complete())
      return exit_ok;
    con_.err << "riskbreaker watch: " << shown_ << " of " << *options_.count
             << " messages came from " << options_.connect << '\n';
    return exit_failure;
  }

private:
  bool complete() const {
    return options_.count && shown_ >= *options_.count;
  }

  bool time_is_up() const {
    return end_ && steady_clock::now() >= *end_;
  }

  milliseconds wait_time() const {
    auto now = steady_clock::now();
    auto until = [now](steady_clock::time_point t) {
      return std::max(std::chrono::ceil<milliseconds>(t - now),
                      milliseconds{0});
    };
    milliseconds wait{-1};
    if (notice_at_)
      wait = until(*notice_at_);
    if (end_)
      wait = wait.count() < 0 ? until(*end_) : std::min(wait, until(*end_));
    return wait;
  }

  /// Prints what is there. The clock and signals are looked at in between: a
  /// fast publisher never lets the queue run empty.
  void drain() {
    notice_at_.reset();
    for (int i = 0; i < 1'000 && !complete() && con_.out; ++i) {
      zmq::message_t part;
      if (!socket_.recv(part, zmq::recv_flags::dontwait))
        break;
      auto topic = part.to_string();
      std::string payload;
      for (bool first = true; part.more(); first = false) {
        if (!socket_.recv(part))
          break;
        if (first)
          payload = part.to_string();
      }
      show(read_message(std::move(topic), std::move(payload)));
    }
    con_.out.flush();
  }

  void show(const watched_message& x) {
    if (!is_fresh(x))
      return;
    ++shown_;
    if (options_.json || !con_.out_is_terminal)
      con_.out << message_json(x) << '\n';
    else
      con_.out << message_line(
        x, std::chrono::floor<milliseconds>(std::chrono::system_clock::now()),
        con_.colour)
               << '\n';
  }

  bool is_fresh(const watched_message& x) {
    if (!x.tree.is_object())
      return true;
    auto boot = x.tree.find("boot");
    auto seq = x.tree.find("seq");
    if (boot == x.tree.end() || !boot->is_string() || seq == x.tree.end()
        || !seq->is_number_unsigned())
      return true;
    auto sight = seen_.observe(x.topic, boot->get<std::string>(),
                               seq->get<std::uint64_t>());
    if (sight.missed > 0)
      con_.err << "riskbreaker watch: " << terminal_safe(x.topic) << ": missed "
               << sight.missed << " before seq " << seq->get<std::uint64_t>()
               << '\n';
    if (sight.restarted && boot_ != boot->get<std::string>())
      con_.err << "riskbreaker watch: the daemon was restarted\n";
    boot_ = boot->get<std::string>();
    return sight.fresh;
  }

  void notice_silence() {
    if (!notice_at_ || steady_clock::now() < *notice_at_)
      return;
    notice_at_.reset();
    if (con_.err_is_terminal)
      con_.err << "riskbreaker watch: nothing yet from " << options_.connect
               << ", still waiting; is a daemon there (riskbreaker ctl ping)? "
               << hint_of(options_.curve) << '\n';
  }

  const watch_options& options_;
  console con_;
  stop_signal stop_; // before the context, whose threads inherit its mask
  zmq::context_t context_;
  zmq::socket_t socket_;
  seen_topics seen_;
  std::string boot_;
  std::uint64_t shown_ = 0;
  std::optional<steady_clock::time_point> end_;
  std::optional<steady_clock::time_point> notice_at_;
};

} // namespace

int run_watch(const watch_options& options, console con) {
  std::unique_ptr<watch_run> run;
  try {
    run = std::make_unique<watch_run>(options, con);
  } catch (const curve_error& x) {
    con.err << "riskbreaker watch: " << terminal_safe(x.what()) << '\n';
    return exit_usage;
  } catch (const zmq::error_t& x) {
    con.err << "riskbreaker watch: --connect " << options.connect << ": "
            << x.what() << "; give an address such as tcp://127.0.0.1:5556\n";
    return exit_usage;
  }
  return run->run();
}

void add_watch_command(CLI::App& root, std::function<int()>& selected) {
  auto options = std::make_shared<watch_options>();
  auto* command = root.add_subcommand(
    "watch", "Print what a daemon publishes: a line per message on a "
             "terminal, NDJSON elsewhere");
  command->add_option("TOPIC", options->topics,
                      "Beginnings of topics, such as risk. or "
                      "breaker.my_strategy; none: everything");
  command
    ->add_option("--connect", options->connect, "Where the daemon publishes")
    ->capture_default_str();
  add_curve_options(*command, options->curve);
  command->add_flag("--json", options->json,
                    "NDJSON on a terminal too: the payload with its topic");
  command
    ->add_option("--count", options->count,
                 "Leave after N messages; exit code 1 if fewer came")
    ->check(CLI::PositiveNumber);
  command->add_option("--for", options->seconds, "Leave after so many seconds")
    ->check(CLI::NonNegativeNumber);
  command->footer("Example, the next ten assessments, at most a minute:\n"
                  "  riskbreaker watch risk. --count 10 --for 60");
  command->callback([options, &selected] {
    selected = [options] {
      return run_watch(*options);
    };
  });
}

} // namespace riskbreaker::app
