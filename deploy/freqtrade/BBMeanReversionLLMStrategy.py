"""Mean reversion at the Bollinger bands, gated by the risk that riskbreaker sees."""

from __future__ import annotations

from typing import Any, Dict

from freqtrade.strategy import IntParameter, IStrategy
from pandas import DataFrame, Series

from riskbreaker_mixin import LLMRiskMixin


def wilder_rsi(close: Series, length: int = 14) -> Series:
    """A market without any movement has no RSI: NaN, which is no signal."""
    change = close.diff()
    gain = change.clip(lower=0).ewm(alpha=1 / length, adjust=False, min_periods=length).mean()
    loss = (-change.clip(upper=0)).ewm(alpha=1 / length, adjust=False, min_periods=length).mean()
    return 100 * gain / (gain + loss)


class BBMeanReversionLLMStrategy(LLMRiskMixin, IStrategy):
    """Enters when the price is below the lower band and RSI says oversold; leaves at the middle.
    On futures, with `can_short` and `risk_strategy_short` set, also the other way round."""

    INTERFACE_VERSION = 3

    risk_strategy = "bb_meanreversion_llm"

    timeframe = "5m"
    can_short = False  # Freqtrade refuses True on spot markets
    process_only_new_candles = True
    startup_candle_count = 300  # the bands need 20, RSI 250, here as in the daemon
    use_exit_signal = True

    minimal_roi = {"0": 0.05, "240": 0.02, "720": 0.01}
    stoploss = -0.06

    buy_rsi = IntParameter(15, 45, default=32, space="buy")

    plot_config: Dict[str, Any] = {
        "main_plot": {
            "bb_upper": {"color": "#7570b3", "fill_to": "bb_lower"},
            "bb_middle": {"color": "#b15928"},
            "bb_lower": {"color": "#7570b3"},
        },
        "subplots": {"RSI": {"rsi": {"color": "#1b9e77"}}, **LLMRiskMixin.risk_plot},
    }

    def populate_indicators(self, dataframe: DataFrame, metadata: Dict[str, Any]) -> DataFrame:
        window = dataframe["close"].rolling(20)
        deviation = window.std(ddof=0)
        dataframe["bb_middle"] = window.mean()
        dataframe["bb_upper"] = dataframe["bb_middle"] + 2 * deviation
        dataframe["bb_lower"] = dataframe["bb_middle"] - 2 * deviation
        dataframe["rsi"] = wilder_rsi(dataframe["close"])
        return self.risk_populate(dataframe, metadata)

    def populate_entry_trend(self, dataframe: DataFrame, metadata: Dict[str, Any]) -> DataFrame:
        traded = dataframe["volume"] > 0
        low = traded & (dataframe["close"] < dataframe["bb_lower"]) & (dataframe["rsi"] < self.buy_rsi.value)
        dataframe.loc[low, ["enter_long", "enter_tag"]] = (1, "below_band")
        if self.can_short:
            high = traded & (dataframe["close"] > dataframe["bb_upper"]) & (dataframe["rsi"] > 100 - self.buy_rsi.value)
            dataframe.loc[high, ["enter_short", "enter_tag"]] = (1, "above_band")
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: Dict[str, Any]) -> DataFrame:
        middle = dataframe["bb_middle"]
        dataframe.loc[dataframe["close"] > middle, "exit_long"] = 1
        if self.can_short:
            dataframe.loc[dataframe["close"] < middle, "exit_short"] = 1
        return dataframe
