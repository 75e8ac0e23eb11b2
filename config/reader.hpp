#pragma once

#include "config/fields.hpp"
#include "config/node.hpp"

#include <string>
#include <vector>

namespace riskbreaker::config {

/// Fills described structs from a tree. What is wrong is reported and left at
/// its default; reading goes on, so that all mistakes are told at once.
class reader : public field_visitor {
public:
  /// `top` is where the described struct stands; it must be an object.
  reader(const node& top, findings& out);

  void enter(const char* key, const char* about) override;
  void leave() override;
  void flag(const char* key, const char* about, bool& x) override;
  void number(const number_field& x) override;
  void text(const text_field& x) override;
  void list(const list_field& x) override;
  bool enter_optional(const char* key, const char* about, bool there) override;
  void table(const char* key, const char* about, table_kind kind) override;
  void defaults(const char* key, const char* about) override;

  /// Reports the keys of the outermost object that nobody asked for.
  void finish();

protected:
  /// The value of a key of the current object, or null.
  const node* take(const char* key);

  /// The same, but null and reported when it is no object.
  const node* take_object(const char* key);

  void error(const node& at, std::string message);

  findings& out_;

private:
  struct frame {
    const node* object; ///< null where the section is not there
    std::vector<std::string> known;
  };

  void refuse_unknown(const frame& x);
  void refuse(const node& at, const text_field& x, std::string message);

  std::vector<frame> stack_;
};

} // namespace riskbreaker::config
