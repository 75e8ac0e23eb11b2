#pragma once

#include "app/daemon.hpp"
#include "tests/support/catch.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace riskbreaker::tests {

/// A daemon on free ports, silent, whose one strategy `s` asks no LLM; without
/// page and journal.
inline app::daemon_options plain_daemon() {
  spdlog::set_level(spdlog::level::off);
  auto loaded = config::load_text(R"({
    "transport": {"candles": {"bind": "tcp://127.0.0.1:*"},
                  "results": {"bind": "tcp://127.0.0.1:*"},
                  "control": {"bind": "tcp://127.0.0.1:*"}},
    "http": {"bind": null}, "journal": {"path": null},
    "strategies": {"s": {"llm": {"endpoints": []}}}})");
  REQUIRE(loaded.value);
  return {std::move(*loaded.value), {}, {}};
}

} // namespace riskbreaker::tests
