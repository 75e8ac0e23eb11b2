"""Plays Freqtrade: loads strategies as it does and calls them in its order."""

import datetime
import enum
import importlib.util
import os
import sys

import pandas

from fake_daemon import ROOT  # the client's folder comes on the path with it

STUB = os.path.join(os.path.dirname(os.path.abspath(__file__)), "freqtrade_stub")
FOLDER = os.path.join(ROOT, "deploy", "freqtrade")
sys.path.insert(0, STUB)


class RunMode(enum.Enum):
    LIVE = "live"
    DRY_RUN = "dry_run"
    BACKTEST = "backtest"
    HYPEROPT = "hyperopt"


class Provider:
    def __init__(self, runmode):
        self.runmode = runmode


def load(name, folder=FOLDER):
    """The folder is on the path only while the file runs, and the module is not registered."""
    path = os.path.join(folder, f"{name}.py")
    before = list(sys.path)
    sys.path.insert(0, folder)
    try:
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path[:] = before
    return getattr(module, name)


def frame(rows):
    made = pandas.DataFrame(rows, columns=["date", "open", "high", "low", "close", "volume"])
    made["date"] = pandas.to_datetime(made["date"], unit="ms", utc=True)
    return made


def moment(ms):
    return ms if ms is None else datetime.datetime.fromtimestamp(ms / 1000, datetime.timezone.utc)


class Bot:
    """One strategy with its callbacks. What a callback raises counts as it does in Freqtrade:
    a confirmation that fails is a yes."""

    def __init__(self, strategy, runmode, **config):
        self.strategy = strategy({"runmode": runmode, "stake_amount": 100, **config})
        self.strategy.dp = Provider(runmode)
        self.strategy.bot_start()

    def analyse(self, pair, rows):
        metadata = {"pair": pair}
        self.strategy.bot_loop_start(current_time=moment(rows[-1][0]))
        data = self.strategy.populate_indicators(frame(rows), metadata)
        data["enter_tag"] = ""
        data = self.strategy.populate_entry_trend(data, metadata)
        return self.strategy.populate_exit_trend(data, metadata)

    def stake(self, pair, at, side="long", least=5.0):
        return self.strategy.custom_stake_amount(
            pair=pair, current_time=moment(at), current_rate=1.0, proposed_stake=100.0, min_stake=least,
            max_stake=1000.0, leverage=1.0, entry_tag="tag", side=side)

    def confirm(self, pair, at, side="long"):
        try:
            return self.strategy.confirm_trade_entry(
                pair=pair, order_type="limit", amount=1.0, rate=1.0, time_in_force="GTC",
                current_time=moment(at), entry_tag="tag", side=side)
        except Exception:
            return True
