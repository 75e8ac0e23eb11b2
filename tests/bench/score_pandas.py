"""The fallback score of a candle file the way a strategy does it, in pandas: what
score_bench.py compares `riskbreaker score` with."""

import sys

import numpy as np
import pandas as pd


def indicators(candles):
    high, low, close = candles["high"], candles["low"], candles["close"]
    change = close.diff()
    gain = change.clip(lower=0).ewm(alpha=1 / 14, adjust=False).mean()
    loss = (-change).clip(lower=0).ewm(alpha=1 / 14, adjust=False).mean()
    candles["rsi"] = 100 * gain / (gain + loss)
    before = close.shift()
    true_range = np.maximum(high, before) - np.minimum(low, before)
    candles["atr"] = true_range.ewm(alpha=1 / 14, adjust=False).mean()
    middle = close.rolling(20).mean()
    width = 2 * close.rolling(20).std(ddof=0)
    candles["bb_upper"], candles["bb_lower"] = middle + width, middle - width

    def mid(span):
        return (high.rolling(span).max() + low.rolling(span).min()) / 2

    tenkan, kijun = mid(9), mid(26)
    candles["senkou_a"] = ((tenkan + kijun) / 2).shift(25)
    candles["senkou_b"] = mid(52).shift(25)
    candles["returns"] = np.log(close).diff()
    candles["rv20"] = candles["returns"].rolling(20).std(ddof=1)
    candles["median"] = candles["rv20"].rolling(100, min_periods=20).median()
    candles["resistance"] = high.rolling(20).max().shift()
    candles["support"] = low.rolling(20).min().shift()


def score(candles):
    rsi, close = candles["rsi"], candles["close"]
    ratio = candles["rv20"] / candles["median"]
    top = candles[["senkou_a", "senkou_b"]].max(axis=1)
    bottom = candles[["senkou_a", "senkou_b"]].min(axis=1)
    points = np.where(rsi >= 70, 20, np.where(rsi <= 30, -10, 0))
    points = points + np.where(ratio > 1.5, 15, np.where(ratio < 0.5, -5, 0))
    points = points + np.where(close < bottom, 20, np.where(close > top, -10, 0))
    moved = candles["returns"].abs() > 3 * candles["rv20"].shift()
    left = (close > candles["resistance"]) | (close < candles["support"])
    points = points + np.where(moved | left, 10, 0)
    candles["score"] = np.clip(50 + points, 0, 100)
    available = (rsi.notna() * 0.30 + candles["median"].notna() * 0.25
                 + candles["senkou_b"].notna() * 0.25
                 + (candles["rv20"].shift().notna() & candles["support"].notna()) * 0.20)
    candles["confidence"] = 0.7 * available


def main():
    candles = pd.read_csv(sys.argv[1])
    indicators(candles)
    score(candles)
    candles.rename(columns={"open_time_ms": "time"}).to_csv(
        sys.stdout, index=False, columns=["pair", "timeframe", "time", "score", "confidence"])


if __name__ == "__main__":
    main()
