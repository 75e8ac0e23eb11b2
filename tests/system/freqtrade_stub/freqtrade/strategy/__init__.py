"""`freqtrade.strategy` as far as our strategies use it: interface version 3."""

from abc import ABC, abstractmethod


class Parameter:
    def __init__(self, low, high, *, default, space=None, optimize=True, load=True, **_):
        if not low <= default <= high:
            raise ValueError("a default outside of its range")
        self.low, self.high, self.default, self.value = low, high, default, default
        self.category, self.optimize, self.load = space, optimize, load


class IntParameter(Parameter):
    pass


class DecimalParameter(Parameter):
    def __init__(self, low, high, *, default, decimals=3, **more):
        super().__init__(low, high, default=round(default, decimals), **more)


def timeframe_to_minutes(timeframe):
    return int(timeframe[:-1]) * {"m": 1, "h": 60, "d": 1440, "w": 10080}[timeframe[-1]]


class IStrategy(ABC):
    INTERFACE_VERSION = 3
    dp = None
    can_short = False

    def __init__(self, config):
        self.config = config

    def bot_start(self, **kwargs):
        pass

    def bot_loop_start(self, current_time, **kwargs):
        pass

    @abstractmethod
    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe

    def custom_stake_amount(self, pair, current_time, current_rate, proposed_stake, min_stake, max_stake,
                            leverage, entry_tag, side, **kwargs):
        return proposed_stake

    def confirm_trade_entry(self, pair, order_type, amount, rate, time_in_force, current_time, entry_tag,
                            side, **kwargs):
        return True
