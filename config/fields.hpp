#pragma once

#include "config/settings.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace riskbreaker::config {

/// What is wrong with a value, or nothing.
using complaint = std::optional<std::string>;

/// A number's bounds; `why` says what a value outside would do.
struct range {
  double min = 0;
  double max = 0;
  bool above_min = false; ///< `min` itself is refused
  bool below_max = false; ///< `max` itself is refused
  const char* why = "";
};

struct number_field {
  const char* key;
  const char* about;
  range allowed;
  bool whole = false;    ///< no fractions
  bool nullable = false; ///< null: no such limit
  std::function<std::optional<double>()> get;
  std::function<void(std::optional<double>)> set;
};

struct text_field {
  const char* key;
  const char* about;
  bool nullable = false;
  bool required = false;
  bool secret = false;   ///< never shown
  bool discreet = false; ///< a wrong value is not repeated in messages
  std::vector<std::string> choices; ///< empty: any text that `check` likes
  std::function<complaint(const std::string&)> check;
  std::function<std::optional<std::string>()> get;
  std::function<void(std::optional<std::string>)> set;
};

/// A list of texts.
struct list_field {
  const char* key;
  const char* about;
  bool may_be_empty = false;
  bool discreet = false; ///< as in `text_field`
  const char* example = "";
  std::vector<std::string> choices;
  std::function<complaint(const std::string&)> check;
  std::function<std::vector<std::string>()> get;
  std::function<void(std::vector<std::string>)> set;
};

/// Objects whose keys are names that the operator gives.
enum class table_kind { endpoints, strategies };

/// Sees every key there is, section by section. Reading, printing, the schema
/// and the look-up of environment variables are visitors, so none of them can
/// know other keys than the rest.
class field_visitor {
public:
  virtual ~field_visitor() = default;

  virtual void enter(const char* key, const char* about) = 0;
  virtual void leave() = 0;
  virtual void flag(const char* key, const char* about, bool& x) = 0;
  virtual void number(const number_field& x) = 0;
  virtual void text(const text_field& x) = 0;
  virtual void list(const list_field& x) = 0;

  /// A section that may be null, which is not the same as an empty one. Where
  /// it returns false there is nothing to describe, and nothing to leave.
  virtual bool enter_optional(const char* key, const char* about, bool there)
    = 0;

  virtual void table(const char* key, const char* about, table_kind kind) = 0;

  /// The object that holds for all strategies.
  virtual void defaults(const char* key, const char* about) = 0;
};

/// An endpoint as the file has it: the key is named, not given.
struct endpoint_entry {
  core::endpoint it;
  secret_source key;
};

// Show all keys of `x` to `v`; the visitor must not outlive `x`.
void describe(field_visitor& v, settings& x);
void describe(field_visitor& v, transport_settings& x);
void describe(field_visitor& v, endpoint_entry& x);
void describe(field_visitor& v, core::strategy& x);

} // namespace riskbreaker::config
