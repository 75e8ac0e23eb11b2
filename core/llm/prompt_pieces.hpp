#pragma once

#include "core/llm/prompt.hpp"
#include "core/llm/prompt_template.hpp"

#include <string>

namespace riskbreaker::core {

/// Appends what `what` stands for in `data`, without a line end behind it.
/// Names are quoted and stripped, and what may grow is cut.
void append_piece(std::string& out, placeholder what, const prompt_data& data);

/// Appends a part of a template, filled.
void append_filled(std::string& out, const prompt_template::part& text,
                   const prompt_data& data);

} // namespace riskbreaker::core
