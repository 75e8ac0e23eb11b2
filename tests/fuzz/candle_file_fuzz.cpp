// Any bytes at all as a candle file: CSV, JSON rows, NDJSON or gzip, by path
// and as a stream. The first byte picks the options. What comes out are candles
// that can be scored or errors with a text, and both ways see the same.

#include "app/bad_rows.hpp"
#include "app/candle_files.hpp"
#include "app/score_rows.hpp"
#include "core/market/timeframe.hpp"
#include "core/market/validate.hpp"
#include "core/scoring/candle_scorer.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

using namespace riskbreaker;

namespace {

void require(bool holds) {
  if (!holds)
    std::abort();
}

/// A file in memory that can be opened by its path.
class memory_file {
public:
  memory_file(const std::uint8_t* data, std::size_t size)
    : fd_(memfd_create("candles", MFD_CLOEXEC)) {
    require(fd_ >= 0 && write(fd_, data, size) == static_cast<ssize_t>(size));
    lseek(fd_, 0, SEEK_SET);
  }
  ~memory_file() {
    close(fd_);
  }
  memory_file(const memory_file&) = delete;
  memory_file& operator=(const memory_file&) = delete;

  int fd() const {
    return fd_;
  }
  std::string path() const {
    return "/proc/self/fd/" + std::to_string(fd_);
  }

private:
  int fd_;
};

void check_score(const core::fallback_score& x) {
  require(x.score >= 0 && x.score <= 100);
  require(x.confidence >= 0 && x.confidence <= 1);
}

/// Reads all rows and scores them; a text that says what was seen.
std::string digest(app::candle_file& file) {
  constexpr core::unix_ms now{core::milliseconds{4'102'444'800'000}};
  core::candle_scorer scorer{{}};
  app::score_rows rows{{true, true}};
  app::bad_rows bad{"x"};
  std::string seen;
  std::string line;
  while (auto row = file.next()) {
    if (auto share = file.progress())
      require(*share >= 0 && *share <= 1);
    if (auto wrong = std::get_if<app::row_error>(&*row)) {
      require(!wrong->what.empty());
      if (auto text = bad.add(*wrong))
        seen += *text;
      continue;
    }
    const auto& x = std::get<app::file_candle>(*row);
    require(!core::validate_pair(x.pair));
    auto frame = core::timeframe::parse(x.timeframe);
    require(frame.has_value());
    for (auto number :
         {x.bar.open, x.bar.high, x.bar.low, x.bar.close, x.bar.volume})
      require(std::isfinite(number));
    if (scorer.add(x.pair, *frame, x.bar, now)) {
      seen += '-';
      continue;
    }
    check_score(scorer.score());
    line.clear();
    rows.append(line, x.pair, x.timeframe, scorer.market(), scorer.score());
    seen += line;
  }
  require(line.empty() || nlohmann::json::accept(line)); // the last will do
  return seen + bad.rest().value_or("");
}

std::string digest_or_error(auto open) {
  try {
    return digest(*open());
  } catch (const app::candle_file_error& x) {
    require(std::string{x.what()}.size() > 3);
    return "error";
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0)
    return 0;
  auto pick = *data++;
  --size;
  app::candle_file_options options;
  options.objects = (pick & 1) != 0;
  if ((pick & 2) != 0)
    options = {"BTC/USDT", "5m", options.objects};
  memory_file file{data, size};
  auto by_path = digest_or_error(
    [&] { return app::open_candle_file(file.path(), options); });
  auto zipped = size > 0 && data[0] == 0x1F;
  if (!zipped)
    require(by_path == digest_or_error([&] {
              return app::open_candle_stream(file.fd(), {}, options);
            }));
  return 0;
}
