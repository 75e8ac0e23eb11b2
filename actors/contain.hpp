#pragma once

#include "actors/fault_ledger.hpp"
#include "messages/errc.hpp"

#include <caf/result.hpp>

#include <memory>
#include <type_traits>
#include <utility>

// Supervision without a change of address. CAF 0.17 ends an actor whose handler
// throws, and with it all that waits in its mailbox: candles and answers. So a
// handler's exception stays in the handler: the message at hand fails, the
// actor makes its tools anew, and the next message finds it at work.

namespace riskbreaker::actors {

/// Counts and logs the exception at hand. Call from within a catch clause.
template <class Self>
void note_fault(Self* self, const std::shared_ptr<fault_ledger>& faults) {
  if (faults)
    faults->note(self->name(), text_of_exception(), self->clock().now());
}

/// Runs `f`; false, counted and logged, when it threw.
template <class Self, class F>
bool survives(Self* self, const std::shared_ptr<fault_ledger>& faults, F&& f) {
  try {
    f();
    return true;
  } catch (...) {
    note_fault(self, faults);
    return false;
  }
}

namespace detail {

template <class T>
struct fallible {
  using type = caf::result<T>;
};
template <class T>
struct fallible<caf::result<T>> {
  using type = caf::result<T>;
};
template <>
struct fallible<void> {
  using type = void;
};

template <class Self, class F, class R, class... Ts>
struct contained {
  using result_type = typename fallible<R>::type;

  result_type operator()(Ts... xs) {
    try {
      return f(std::forward<Ts>(xs)...);
    } catch (...) {
      auto& state = self->state;
      note_fault(self, state.faults());
      survives(self, state.faults(), [&] { state.after_fault(); });
    }
    if constexpr (!std::is_void_v<result_type>)
      return caf::make_error(messages::errc::internal);
  }

  Self* self;
  F f;
};

template <class Self, class F, class C, class R, class... Ts>
contained<Self, F, R, Ts...>
contain_as(Self* self, F&& f, R (C::*)(Ts...) const) {
  return {self, std::forward<F>(f)};
}

} // namespace detail

/// Makes handlers of `self` that outlive exceptions. A request gets
/// `errc::internal` then. The state tells where faults are counted (`faults()`)
/// and makes itself fit for the next message (`after_fault()`).
template <class Self>
auto container_of(Self* self) {
  return [self](auto f) {
    auto signature = &decltype(f)::operator();
    return detail::contain_as(self, std::move(f), signature);
  };
}

} // namespace riskbreaker::actors
