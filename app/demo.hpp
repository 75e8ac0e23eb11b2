#pragma once

#include <CLI/CLI.hpp>

#include <functional>

namespace riskbreaker::app {

/// `demo`: the whole system in one process, with an outage on the way.
void add_demo_command(CLI::App& root, std::function<int()>& selected);

} // namespace riskbreaker::app
