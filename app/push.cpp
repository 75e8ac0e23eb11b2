#include "app/push.hpp"

#include "app/push_run.hpp"
#include "app/serve.hpp"

#include <algorithm>
#include <memory>
#include <ostream>

namespace riskbreaker::app {

int run_push(const push_options& options, console con) {
  auto complain = [&con](const std::string& what) {
    con.err << "riskbreaker push: " << what << '\n';
  };
  if (options.files.size() > 1
      && std::find(options.files.begin(), options.files.end(), "-")
           != options.files.end()) {
    complain("-: standard input cannot be mixed with files, push them apart");
    return exit_usage;
  }
  if (options.follow && options.files.front() == "-") {
    complain("--follow: standard input is followed to its end anyway, leave it "
             "out");
    return exit_usage;
  }
  std::unique_ptr<push_run> run;
  try {
    run = std::make_unique<push_run>(options, con);
  } catch (const curve_error& x) {
    complain(terminal_safe(x.what()));
    return exit_usage;
  } catch (const zmq::error_t& x) {
    complain("--connect " + options.connect + ": " + x.what()
             + "; give an address such as tcp://127.0.0.1:5555");
    return exit_usage;
  }
  try {
    return run->run();
  } catch (const candle_file_error& x) {
    complain(terminal_safe(x.what()));
    return exit_failure;
  }
}

} // namespace riskbreaker::app
