"""Ichimoku breakouts, gated by the risk that riskbreaker sees."""

from __future__ import annotations

from typing import Any, Dict

from freqtrade.strategy import IStrategy
from pandas import DataFrame, Series

from riskbreaker_mixin import LLMRiskMixin

# The cloud at a candle was drawn 25 candles earlier (26 less one, as charts count), so it is
# known by then: nothing here looks ahead. The daemon sees the same cloud.
SHIFT = 25


def middle(dataframe: DataFrame, length: int) -> Series:
    return (dataframe["high"].rolling(length).max() + dataframe["low"].rolling(length).min()) / 2


def crosses_above(left: Series, right: Series) -> Series:
    return (left > right) & (left.shift() <= right.shift())


class IchimokuLLMRiskStrategy(LLMRiskMixin, IStrategy):
    """Enters when tenkan crosses kijun above the cloud, or when the price leaves the cloud
    upwards; leaves when the price falls through kijun. On futures, with `can_short` and
    `risk_strategy_short` set, also the other way round."""

    INTERFACE_VERSION = 3

    risk_strategy = "ichimoku_llm_risk"

    timeframe = "5m"
    can_short = False  # Freqtrade refuses True on spot markets
    process_only_new_candles = True
    startup_candle_count = 300  # the cloud needs 77, the daemon's RSI 250
    use_exit_signal = True

    minimal_roi = {"0": 0.10, "360": 0.05, "1440": 0.02}
    stoploss = -0.08

    plot_config: Dict[str, Any] = {
        "main_plot": {
            "senkou_a": {"color": "#66a61e", "fill_to": "senkou_b"},
            "senkou_b": {"color": "#e7298a"},
            "tenkan": {"color": "#1f78b4"},
            "kijun": {"color": "#b15928"},
        },
        "subplots": {**LLMRiskMixin.risk_plot},
    }

    def populate_indicators(self, dataframe: DataFrame, metadata: Dict[str, Any]) -> DataFrame:
        dataframe["tenkan"] = middle(dataframe, 9)
        dataframe["kijun"] = middle(dataframe, 26)
        dataframe["senkou_a"] = ((dataframe["tenkan"] + dataframe["kijun"]) / 2).shift(SHIFT)
        dataframe["senkou_b"] = middle(dataframe, 52).shift(SHIFT)
        spans = dataframe[["senkou_a", "senkou_b"]]
        dataframe["cloud_top"] = spans.max(axis=1, skipna=False)
        dataframe["cloud_bottom"] = spans.min(axis=1, skipna=False)
        return self.risk_populate(dataframe, metadata)

    def populate_entry_trend(self, dataframe: DataFrame, metadata: Dict[str, Any]) -> DataFrame:
        close, tenkan, kijun = dataframe["close"], dataframe["tenkan"], dataframe["kijun"]
        top, bottom = dataframe["cloud_top"], dataframe["cloud_bottom"]
        traded = dataframe["volume"] > 0
        rising = traded & (close > top) & (close > close.shift(SHIFT))
        falling = traded & (close < bottom) & (close < close.shift(SHIFT))
        signals = [("enter_long", "cloud_breakout", rising & (tenkan > kijun) & crosses_above(close, top)),
                   ("enter_long", "tk_cross", rising & crosses_above(tenkan, kijun))]
        if self.can_short:
            signals += [("enter_short", "cloud_breakdown", falling & (tenkan < kijun) & crosses_above(bottom, close)),
                        ("enter_short", "tk_cross", falling & crosses_above(kijun, tenkan))]
        for column, tag, signal in signals:
            dataframe.loc[signal, [column, "enter_tag"]] = (1, tag)
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: Dict[str, Any]) -> DataFrame:
        dataframe.loc[crosses_above(dataframe["kijun"], dataframe["close"]), "exit_long"] = 1
        if self.can_short:
            dataframe.loc[crosses_above(dataframe["close"], dataframe["kijun"]), "exit_short"] = 1
        return dataframe
