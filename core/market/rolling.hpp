#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

namespace riskbreaker::core {

/// The last `N` values, always contiguous and oldest first: each is written
/// twice, `N` apart, so that a sum over them never depends on where the ring
/// happens to begin. A replayed series thus gives the same bits as a fresh one.
template <class T, std::size_t N>
class sliding_window {
public:
  void push(const T& x) noexcept {
    data_[next_] = x;
    data_[next_ + N] = x;
    next_ = next_ + 1 == N ? 0 : next_ + 1;
    size_ = std::min(size_ + 1, N);
  }

  std::size_t size() const noexcept {
    return size_;
  }

  bool full() const noexcept {
    return size_ == N;
  }

  const T* begin() const noexcept {
    return full() ? data_.data() + next_ : data_.data();
  }

  const T* end() const noexcept {
    return begin() + size_;
  }

  /// Needs `size() > back`; 0 is the newest.
  const T& newest(std::size_t back = 0) const noexcept {
    return *(end() - 1 - back);
  }

private:
  std::array<T, 2 * N> data_{};
  std::size_t next_ = 0;
  std::size_t size_ = 0;
};

/// Highest high and lowest low of the last `N` candles, in two comparisons a
/// candle: values come in blocks of `N`; a finished block is turned into what
/// is extreme from each place to its end, and the window is such a tail of the
/// previous block plus the running extreme of the present one.
template <std::size_t N>
class range_window {
public:
  void push(double high, double low) noexcept {
    tail_[next_] = {high, low};
    run_ = next_ == 0 ? tail_[0] : merge(run_, tail_[next_]);
    if (++next_ == N) {
      for (auto i = N - 1; i-- > 0;)
        tail_[i] = merge(tail_[i], tail_[i + 1]);
      next_ = 0;
      full_ = true;
      now_ = tail_[0];
    } else {
      now_ = full_ ? merge(run_, tail_[next_]) : run_;
    }
  }

  bool full() const noexcept {
    return full_;
  }

  double highest() const noexcept {
    return now_.high;
  }

  double lowest() const noexcept {
    return now_.low;
  }

  double middle() const noexcept {
    return (now_.high + now_.low) / 2;
  }

private:
  struct range {
    double high = 0, low = 0;
  };

  static range merge(const range& a, const range& b) noexcept {
    return {a.high > b.high ? a.high : b.high, a.low < b.low ? a.low : b.low};
  }

  std::array<range, N> tail_{}; ///< before `next_`: raw values of this block
  range run_{}, now_{};
  std::size_t next_ = 0;
  bool full_ = false;
};

/// Keeps the last `N` values in order of size. Moving a few neighbours at each
/// value costs less than one selection over all of them.
template <std::size_t N>
class median_window {
public:
  /// Needs a number, never NaN.
  void push(double x) noexcept {
    auto last = sorted_.data() + window_.size();
    auto to = place_of(x);
    if (!window_.full()) {
      std::copy_backward(to, last, last + 1);
      *to = x;
    } else {
      auto gone = place_of(*window_.begin());
      if (gone < to) {
        std::copy(gone + 1, to, gone);
        *(to - 1) = x;
      } else {
        std::copy_backward(to, gone, gone + 1);
        *to = x;
      }
    }
    window_.push(x);
  }

  const sliding_window<double, N>& values() const noexcept {
    return window_;
  }

  /// Needs at least one value.
  double median() const noexcept {
    auto n = window_.size();
    auto upper = sorted_[n / 2];
    return n % 2 == 1 ? upper : upper / 2 + sorted_[n / 2 - 1] / 2;
  }

private:
  /// The first value that is not under `x`. Halves without branches: which
  /// half it is cannot be predicted, and a wrong guess costs more than a step.
  double* place_of(double x) noexcept {
    auto first = sorted_.data();
    auto n = window_.size();
    while (n > 0) {
      auto half = (n + 1) / 2;
      first += first[half - 1] < x ? half : 0;
      n -= half;
    }
    return first;
  }

  sliding_window<double, N> window_;
  std::array<double, N> sorted_{};
};

} // namespace riskbreaker::core
