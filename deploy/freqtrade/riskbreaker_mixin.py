"""Risk of riskbreaker for any Freqtrade strategy. Three lines:

    from riskbreaker_mixin import LLMRiskMixin                       # 1

    class MyStrategy(LLMRiskMixin, IStrategy):                       # 2
        def populate_indicators(self, dataframe, metadata):
            ...
            return self.risk_populate(dataframe, metadata)           # 3

Live and in dry-run, closed candles go to the daemon, and entries ask the memory of
`riskbreaker_client`. In backtests and hyperopt there is no network: scores come from a file
that `riskbreaker score` wrote. docs/freqtrade.md of riskbreaker says more.
"""

from __future__ import annotations

import copy
import logging
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, Dict, Optional, Tuple

import numpy
import pandas
from freqtrade.strategy import DecimalParameter, IntParameter, IStrategy, timeframe_to_minutes
from pandas import DataFrame

# Loaded here, where Freqtrade has this folder on its path, and never named below: hyperopt
# sends this module to processes that could not import it.
import riskbreaker_client  # noqa: F401

log = logging.getLogger(__name__)

SETTINGS = ("strategy", "strategy_short", "push", "sub", "on_stale", "curve", "scores", "scores_short", "gate",
            "scale_stake", "full_stake_until", "least_stake")


class Risk:
    """What is known of one candle. A plain class: a named tuple cannot be sent by value."""

    def __init__(self, score: float, confidence: float, allowed: bool, current: bool) -> None:
        self.score, self.confidence = score, confidence
        self.allowed = allowed  # by the daemon's gate
        self.current = current  # of the very candle that gave the signal, and not of one before it


class LLMRiskMixin(IStrategy):
    """Derives from IStrategy and not from object, because hyperopt sends all modules of base
    classes up to IStrategy to its workers by value; that of `object` would be too much for it.

    Each setting `risk_x` may stand in the configuration too, where it wins:
    {"riskbreaker": {"push": "tcp://10.0.0.1:5555", "scores": "scores.csv"}}
    """

    INTERFACE_VERSION = 3

    # Entries need a score up to this and a confidence from this on; hyperopt tunes both.
    max_risk_score = IntParameter(30, 100, default=70, space="buy")
    min_confidence = DecimalParameter(0.1, 0.9, default=0.5, decimals=2, space="buy")

    risk_strategy: Optional[str] = None  # its name in the daemon's configuration; None: the class's
    risk_strategy_short: Optional[str] = None  # the one with "side": "short"; None: no shorts
    risk_push: Any = "tcp://127.0.0.1:5555"
    risk_sub: Any = "tcp://127.0.0.1:5556"
    risk_on_stale = "block"  # or "allow": what an entry without an assessment gets
    risk_curve: Any = None
    risk_scores: Optional[str] = None  # file for backtests, relative to user_data or the folder of the run
    risk_scores_short: Optional[str] = None  # written with --side short
    # The daemon's gate, which decides live as well, for backtests: as in its configuration.
    risk_gate: Dict[str, float] = {"max_risk_score": 70, "min_confidence": 0.5}
    risk_scale_stake = False
    risk_full_stake_until = 30  # a score up to which the whole stake is put in
    risk_least_stake = 0.25  # the share at max_risk_score, and where the risk is not known

    # For plot_config: "subplots": {**LLMRiskMixin.risk_plot}
    risk_plot = {"Risk": {"risk_score": {"color": "#d95f02"}},
                 "Risk confidence": {"risk_confidence": {"color": "#1f78b4"}}}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # Freqtrade writes values into parameters. Each strategy has its own, or the values of
        # one would be those of the next in the same run.
        super().__init_subclass__(**kwargs)
        for name in ("max_risk_score", "min_confidence"):
            if name not in vars(cls) and hasattr(cls, name):
                setattr(cls, name, copy.deepcopy(getattr(cls, name)))

    def __init__(self, config: Dict[str, Any]) -> None:
        super().__init__(config)
        self._risk_clients: Dict[str, Any] = {}  # by side
        self._risk_files: Dict[str, Dict[str, Tuple[Any, Any, Any]]] = {}  # by side, then by pair
        self._risk_seen: Dict[Tuple[str, str], Dict[int, Tuple[float, float]]] = {}  # live, for the columns
        self._risk_newest: Dict[str, int] = {}  # open time of the newest closed candle of a pair
        self._risk_said: Dict[Any, str] = {}

    # -- Freqtrade's callbacks -----------------------------------------------------

    def bot_start(self, **kwargs: Any) -> None:
        """Connects, or reads the scores; settings that are wrong end the start here."""
        super().bot_start(**kwargs)
        unknown = [x for x in self.config.get("riskbreaker") or {} if x not in SETTINGS]
        if unknown:
            raise ValueError(f"riskbreaker has no setting {unknown[0]!r}, only {', '.join(SETTINGS)}")
        if self._risk_setting("on_stale") not in ("block", "allow"):
            raise ValueError(f'on_stale is "block" or "allow", not {self._risk_setting("on_stale")!r}')
        for side in ("long", "short"):
            if self._risk_live():
                self._risk_client(side)
            else:
                self._risk_file(side)

    def confirm_trade_entry(self, pair: str, order_type: str, amount: float, rate: float, time_in_force: str,
                            current_time: datetime, entry_tag: Optional[str], side: str, **kwargs: Any) -> bool:
        """Whether the risk allows the entry. Never raises: Freqtrade would take that for True."""
        try:
            return self.risk_allows(pair, current_time, side) and bool(super().confirm_trade_entry(
                pair, order_type, amount, rate, time_in_force, current_time, entry_tag, side, **kwargs))
        except Exception as why:
            self._risk_say("confirm", f"an entry is blocked, since its check failed: {why!r}")
            return False

    def custom_stake_amount(self, pair: str, current_time: datetime, current_rate: float, proposed_stake: float,
                            min_stake: Optional[float], max_stake: float, leverage: float,
                            entry_tag: Optional[str], side: str, **kwargs: Any) -> float:
        """With `risk_scale_stake`, less stake for more risk; never below what the exchange takes."""
        stake = super().custom_stake_amount(pair, current_time, current_rate, proposed_stake, min_stake,
                                            max_stake, leverage, entry_tag, side, **kwargs)
        if not self._risk_setting("scale_stake") or not stake:
            return stake
        return max(stake * self.risk_stake_share(pair, current_time, side), min(min_stake or 0.0, stake))

    # -- for strategies ------------------------------------------------------------

    def risk_populate(self, dataframe: DataFrame, metadata: Dict[str, Any]) -> DataFrame:
        """Pushes what is new (live) and joins the columns risk_score and risk_confidence, NaN
        where nothing is known. Live that is so for the newest candle, most of the time: it is
        asked about here, and its assessment is there when an entry is confirmed. Never raises for the daemon's sake."""
        pair = metadata["pair"]
        times = _open_times(dataframe["date"])
        sides = [x for x in ("long", "short") if x == "long" or self._risk_setting("strategy_short")
                 or self._risk_setting("scores_short")]
        for side in sides:
            columns = numpy.full((len(times), 2), numpy.nan)
            try:
                columns = self._risk_columns(pair, side, times, dataframe)
            except Exception as why:
                self._risk_say("populate", f"{pair}: no risk for its candles: {why!r}")
            suffix = "" if side == "long" else "_short"
            dataframe[f"risk_score{suffix}"] = columns[:, 0]
            dataframe[f"risk_confidence{suffix}"] = columns[:, 1]
        return dataframe

    def risk_allows(self, pair: str, current_time: datetime, side: str = "long") -> bool:
        """The gate for those with a `confirm_trade_entry` of their own. Never raises."""
        try:
            found = self._risk_of(pair, current_time, side)
            lenient = self._risk_setting("on_stale") == "allow"
            if side != "long" and not self._risk_setting("strategy_short"):
                allowed, why = False, "no strategy_short judges the risk of shorts"
            elif found is None:
                allowed, why = lenient, "no valid assessment"
            elif not found.current and not lenient:
                allowed, why = False, "its newest candle is still being assessed"
            elif not found.allowed:
                allowed, why = False, f"the daemon's gate, score {found.score}, confidence {found.confidence}"
            else:
                most, least = _value(self.max_risk_score), _value(self.min_confidence)
                allowed = found.score <= most and found.confidence >= least
                why = f"score {found.score} of {most}, confidence {found.confidence} of {least}"
            if self._risk_live():
                self._risk_say((pair, side), f"{pair} {side}: {'allowed' if allowed else 'blocked'}, {why}")
            return allowed
        except Exception as why:
            self._risk_say("gate", f"entries are blocked, since the gate failed: {why!r}")
            return False

    def risk_stake_share(self, pair: str, current_time: datetime, side: str = "long") -> float:
        """From 1 (score up to `risk_full_stake_until`) straight down to `risk_least_stake` at
        `max_risk_score`. Never raises."""
        try:
            least = float(self._risk_setting("least_stake"))
            found = self._risk_of(pair, current_time, side)
            if found is None:
                return least
            full = float(self._risk_setting("full_stake_until"))
            part = (found.score - full) / max(_value(self.max_risk_score) - full, 1e-9)
            return 1 - (1 - least) * min(max(part, 0.0), 1.0)
        except Exception as why:
            self._risk_say("stake", f"stakes are cut to the least, since their scaling failed: {why!r}")
            return LLMRiskMixin.risk_least_stake

    # -- inside --------------------------------------------------------------------

    def _risk_setting(self, name: str) -> Any:
        given = self.config.get("riskbreaker") or {}
        return given[name] if name in given else getattr(self, f"risk_{name}")

    def _risk_live(self) -> bool:
        provider = getattr(self, "dp", None)
        mode = provider.runmode if provider is not None else self.config.get("runmode")
        return getattr(mode, "value", mode) in ("live", "dry_run")

    def _risk_client(self, side: str) -> Any:
        """The client of a side, running; None where no strategy of the daemon judges it."""
        if side not in self._risk_clients:
            name = self._risk_setting("strategy") or type(self).__name__
            if side != "long":
                name = self._risk_setting("strategy_short")
            client = None
            if name:
                client = sys.modules["riskbreaker_client"].RiskClient(
                    name, *(self._risk_setting(x) for x in ("push", "sub", "on_stale", "curve")))
                client.start()
            self._risk_clients[side] = client
        return self._risk_clients[side]

    def _risk_file(self, side: str) -> Dict[str, Tuple[Any, Any, Any]]:
        """Open times, scores and confidences of each pair."""
        if side not in self._risk_files:
            name = self._risk_setting("scores" if side == "long" else "scores_short")
            self._risk_files[side] = {}
            if name:
                self._risk_files[side] = _read_scores(_found(name, self.config), self.timeframe)
            elif side == "long":
                answer = {"block": "blocked", "allow": "allowed"}[self._risk_setting("on_stale")]
                log.warning("riskbreaker: no file of scores (setting: scores), so all entries are %s", answer)
        return self._risk_files[side]

    def _risk_columns(self, pair: str, side: str, times: Any, dataframe: DataFrame) -> Any:
        if not self._risk_live():
            known, *values = self._risk_file(side).get(pair) or (numpy.empty(0, "int64"),) + (numpy.empty(0),) * 2
            return DataFrame(dict(enumerate(values)), index=known).reindex(times).to_numpy()
        if side == "long" and len(times):
            self._risk_newest[pair] = int(times[-1])
            self._risk_client(side).push(pair, self.timeframe, dataframe)  # one push serves both sides
        self._risk_of(pair, None, side)  # the candle before has its final assessment by now
        seen = self._risk_seen.get((pair, side), {})
        nothing = (numpy.nan, numpy.nan)
        return numpy.array([seen.get(x, nothing) for x in times.tolist()], dtype=float).reshape(-1, 2)

    def _risk_of(self, pair: str, current_time: Optional[datetime], side: str) -> Optional[Risk]:
        if not self._risk_live():
            return self._risk_at(pair, current_time, side)
        client = self._risk_client(side)
        x = client.risk(pair, self.timeframe) if client else None
        if x is None:
            return None
        seen = self._risk_seen.setdefault((pair, side), {})
        seen[x["candle_time"]] = (x["score"], x["confidence"])
        while len(seen) > 500:
            del seen[next(iter(seen))]
        current = x["candle_time"] >= self._risk_newest.get(pair, 0)
        return Risk(x["score"], x["confidence"], x["verdict"] == "allow", current)

    def _risk_at(self, pair: str, current_time: Optional[datetime], side: str) -> Optional[Risk]:
        """Of the candle that has closed last at this time: its signal is what is confirmed."""
        known, scores, confidences = self._risk_file(side).get(pair) or ((), (), ())
        length = timeframe_to_minutes(self.timeframe) * 60_000
        latest = round(current_time.timestamp() * 1000) - length
        i = int(numpy.searchsorted(known, latest, side="right")) - 1
        if i < 0 or known[i] <= latest - length or not numpy.isfinite([scores[i], confidences[i]]).all():
            return None
        score, confidence = float(scores[i]), float(confidences[i])
        gate = self._risk_setting("gate")
        return Risk(score, confidence, score <= gate["max_risk_score"] and confidence >= gate["min_confidence"],
                    True)

    def _risk_say(self, what: Any, text: str) -> None:
        """A line of the log when something changes, not each time that Freqtrade asks."""
        if self._risk_said.get(what) != text and (what in self._risk_said or len(self._risk_said) < 10_000):
            self._risk_said[what] = text
            log.info("riskbreaker: %s", text)


def _value(parameter: Any) -> float:
    """Of a hyperoptable parameter, or of the plain number that a strategy put in its place."""
    return getattr(parameter, "value", parameter)


def _open_times(dates: Any) -> Any:
    """In ms UTC, whatever unit pandas keeps them in."""
    return ((dates - pandas.Timestamp(0, tz="UTC")) // pandas.Timedelta(milliseconds=1)).to_numpy()


def _found(name: str, config: Dict[str, Any]) -> Path:
    for path in (Path(config.get("user_data_dir") or ".") / name, Path(name)):
        if path.is_file():
            return path
    raise ValueError(f"riskbreaker: there is no file of scores {name}; write one with: riskbreaker score")


def _read_scores(path: Path, timeframe: str) -> Dict[str, Tuple[Any, Any, Any]]:
    columns = ["pair", "timeframe", "time", "score", "confidence"]
    # Only an empty cell is a missing value: there are coins called NA and NULL.
    table = pandas.read_csv(path, usecols=columns, keep_default_na=False, na_values={"score": [""], "confidence": [""]},
                            dtype={"pair": str, "timeframe": str, "time": "int64", "score": float, "confidence": float})
    table = table[table["timeframe"] == timeframe].drop_duplicates(["pair", "time"], keep="last").sort_values("time")
    found = {str(pair): tuple(rows[x].to_numpy() for x in columns[2:]) for pair, rows in table.groupby("pair")}
    log.info("riskbreaker: %s has scores of %d pairs at %s", path, len(found), timeframe)
    return found
