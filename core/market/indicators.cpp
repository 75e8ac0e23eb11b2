#include "core/market/indicators.hpp"

#include <array>
#include <cmath>

namespace riskbreaker::core {

namespace {

/// Volatilities from which their median says something.
constexpr std::size_t min_volatilities = 20;

/// Prices near the largest double overflow: what is no number is absent.
std::optional<double> known(double x) noexcept {
  return std::isfinite(x) ? std::optional{x} : std::nullopt;
}

/// Sums `f` of all values along four lanes: one chain of additions would wait
/// for each result in turn.
template <std::size_t N, class Function>
double sum_of(const sliding_window<double, N>& xs, Function f) noexcept {
  static_assert(N % 4 == 0);
  auto x = xs.begin();
  std::array<double, 4> lanes{};
  for (std::size_t i = 0; i < N; i += 4)
    for (std::size_t lane = 0; lane < 4; ++lane)
      lanes[lane] += f(x[i + lane]);
  return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

struct deviation {
  double mean = 0;    ///< of the differences to `origin`
  double squares = 0; ///< sum of squared distances from the mean
};

/// Two passes over a full window, no running sums: those go negative in calm
/// markets, and one bad tick would stay in them for ever.
template <std::size_t N>
deviation
deviation_of(const sliding_window<double, N>& xs, double origin) noexcept {
  auto mean = sum_of(xs, [origin](double x) { return x - origin; })
              / static_cast<double>(N);
  auto squares = sum_of(xs, [origin, mean](double x) {
    auto d = x - origin - mean;
    return d * d;
  });
  return {mean, squares};
}

} // namespace

double log_return(double from, double to) noexcept {
  // The difference is exact up to a factor of two, and log1p keeps it so.
  if (to > from / 2 && to < from * 2)
    return std::log1p((to - from) / from);
  return std::log(to) - std::log(from);
}

void indicators::add(const candle& x) noexcept {
  wilder_.add(x);
  if (closes_.size() > 0)
    add_return(log_return(closes_.newest(), x.close));
  closes_.push(x.close);
  tenkan_.push(x.high, x.low);
  kijun_.push(x.high, x.low);
  senkou_.push(x.high, x.low);
  clouds_.push({(tenkan_.middle() + kijun_.middle()) / 2, senkou_.middle(),
                kijun_.full(), senkou_.full()});
  if (donchian_.full()) {
    support_ = donchian_.lowest();
    resistance_ = donchian_.highest();
  }
  donchian_.push(x.high, x.low);
  newest_ = x;
}

void indicators::add_return(double x) noexcept {
  returns_.push(x);
  if (returns_.full())
    volatilities_.push(std::sqrt(deviation_of(returns_, 0).squares / 19));
}

void indicators::fill(market_view& out) const noexcept {
  out.newest = newest_;
  if (closes_.size() > 1)
    out.previous_close = closes_.newest(1);
  out.rsi14 = wilder_.rsi();
  out.rsi_undefined = wilder_.rsi_undefined();
  out.atr14 = wilder_.atr();
  out.adx14 = wilder_.adx();
  fill_bands(out);
  fill_cloud(out);
  fill_volatility(out);
  out.support = support_;
  out.resistance = resistance_;
}

void indicators::fill_bands(market_view& out) const noexcept {
  if (!closes_.full())
    return;
  auto newest = closes_.newest();
  auto dev = deviation_of(closes_, newest);
  auto middle = newest + dev.mean;
  auto width = 2 * std::sqrt(dev.squares / 20);
  out.bb_upper = known(middle + width);
  out.bb_middle = known(middle);
  out.bb_lower = known(middle - width);
}

void indicators::fill_cloud(market_view& out) const noexcept {
  if (tenkan_.full())
    out.tenkan = known(tenkan_.middle());
  if (kijun_.full())
    out.kijun = known(kijun_.middle());
  if (!clouds_.full())
    return;
  auto& then = *clouds_.begin();
  if (then.has_a)
    out.senkou_a = known(then.a);
  if (then.has_b)
    out.senkou_b = known(then.b);
}

void indicators::fill_volatility(market_view& out) const noexcept {
  auto& values = volatilities_.values();
  if (values.size() > 0)
    out.rv20 = values.newest();
  if (values.size() > 1)
    out.rv20_previous = values.newest(1);
  if (values.size() >= min_volatilities)
    out.rv20_median = volatilities_.median();
}

} // namespace riskbreaker::core
