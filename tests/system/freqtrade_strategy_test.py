"""Both strategies in Freqtrade's order of callbacks, live against the real daemon and in a
backtest on what `riskbreaker score` says of the same candles."""

import csv
import os
import statistics
import subprocess
import tempfile
import threading
import time
import unittest

import numpy

from fake_daemon import ROOT, FakeDaemon, now_ms, until
from freqtrade_bot import Bot, RunMode, frame, load
from peers import BINARY, Daemon, config, last_closed, real_or_made_up_candles

NAMES = {"IchimokuLLMRiskStrategy": ("ichimoku_llm_risk", "ichimoku"),
         "BBMeanReversionLLMStrategy": ("bb_meanreversion_llm", "bb_meanreversion")}
STEP = 300_000
END = last_closed()


def until_now(count):
    pair, _, rows = real_or_made_up_candles(count)
    return pair, [[END - (count - 1 - i) * STEP, *row[1:]] for i, row in enumerate(rows)]


def settings(gate):
    """A daemon without LLM that has both strategies, and answers that outlast the test."""
    made = config(llm={"endpoints": []}, assess={"grace": 86_400}, gate=gate)
    common = made["strategies"].pop("s")
    for name, profile in NAMES.values():
        made["strategies"][name] = {**common, "fallback": {"profile": profile}}
    return made


def oracle(name):
    with open(os.path.join(ROOT, "tests", "data", "oracle", name), encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Indicators(unittest.TestCase):
    def test_they_are_those_of_the_oracle(self):
        columns = {"IchimokuLLMRiskStrategy": {"tenkan": "tenkan9", "kijun": "kijun26", "senkou_a": "senkou_a_25",
                                               "senkou_b": "senkou_b_25"},
                   "BBMeanReversionLLMStrategy": {"bb_upper": "bb20_up", "bb_middle": "bb20_mid",
                                                  "bb_lower": "bb20_lo", "rsi": "rsi14"}}
        for file in ("syn_btc_5m.expected.csv", "syn_satoshi_5m.expected.csv", "syn_halts_spikes_5m.expected.csv"):
            table = oracle(file)
            rows = [[int(x["open_time_ms"]), *(float(x[c]) for c in ("open", "high", "low", "close", "volume"))]
                    for x in table]
            for name, pairs in columns.items():
                data = Bot(load(name), RunMode.BACKTEST).analyse("A/B", rows)
                for ours, theirs in pairs.items():
                    first = 300 if ours == "rsi" else 0  # without TA-Lib's seed it takes a while to agree
                    right = numpy.array([float(x[theirs] or "nan") for x in table])[first:]
                    numpy.testing.assert_allclose(data[ours].to_numpy()[first:], right, rtol=1e-8, err_msg=ours)

    def test_nothing_looks_ahead(self):
        pair, rows = until_now(700)
        for name in NAMES:
            bot = Bot(load(name), RunMode.BACKTEST)
            bot.strategy.can_short = True
            whole = bot.analyse(pair, rows)
            self.assertGreater(whole["enter_long"].sum() + whole["enter_short"].sum(), 3)
            for count in (450, 555, 699):
                part = bot.analyse(pair, rows[:count])
                for column in set(whole) & set(part):
                    left, right = whole[column][:count], part[column]
                    self.assertTrue(((left == right) | (left.isna() & right.isna())).all(), (name, column, count))

    def test_what_is_plotted_is_there(self):
        pair, rows = until_now(100)
        for name in NAMES:
            bot = Bot(load(name), RunMode.BACKTEST)
            data = bot.analyse(pair, rows)
            plot = bot.strategy.plot_config
            shown = {**plot["main_plot"], **{k: v for part in plot["subplots"].values() for k, v in part.items()}}
            fills = {x["fill_to"] for x in shown.values() if "fill_to" in x}
            self.assertLessEqual(set(shown) | fills, set(data))
            self.assertLessEqual({"risk_score", "risk_confidence"}, set(shown))


class Live(unittest.TestCase):
    def live(self, name, daemon, **more):
        bot = Bot(load(name), RunMode.DRY_RUN, riskbreaker={
            "push": daemon.candles, "sub": daemon.results, "scale_stake": True, **more})
        self.addCleanup(lambda: [x.stop() for x in bot.strategy._risk_clients.values() if x])
        return bot

    def test_live_and_backtest_agree_on_each_candle(self):
        pair, rows = until_now(460)
        first = 400
        gate = {"max_risk_score": 60, "min_confidence": 0.5}
        with tempfile.TemporaryDirectory() as folder:
            source = os.path.join(folder, "candles.csv")
            with open(source, "w", encoding="utf-8") as file:
                file.write("pair,timeframe,time,open,high,low,close,volume\n")
                file.writelines(f"{pair},5m,{','.join(map(repr, row))}\n" for row in rows)
            for name, (_, profile) in NAMES.items():
                scores = os.path.join(folder, f"{profile}.csv")
                with open(scores, "w", encoding="utf-8") as file:
                    subprocess.run([BINARY, "score", "--profile", profile, source], stdout=file, check=True, timeout=60)
                back = Bot(load(name), RunMode.BACKTEST, riskbreaker={
                    "scores": scores, "gate": gate, "scale_stake": True})
                with Daemon(settings(gate)) as daemon:
                    self.compare(pair, rows, first, self.live(name, daemon), back)

    def compare(self, pair, rows, first, bot, back):
        expected = back.analyse(pair, rows)
        client = bot.strategy._risk_clients["long"]
        answers = []
        for count in range(first, len(rows) + 1):
            opened = rows[count - 1][0]
            bot.analyse(pair, rows[:count])
            until(lambda o=opened: (client.risk(pair, "5m") or {}).get("candle_time") == o)
            asked_at = opened + STEP + 7_000
            answers.append(bot.confirm(pair, asked_at))
            self.assertEqual(answers[-1], back.confirm(pair, opened + STEP), count)
            self.assertEqual(bot.stake(pair, asked_at), back.stake(pair, opened + STEP))
        self.assertEqual(set(answers), {True, False}, "both were seen")
        data = bot.analyse(pair, rows)
        for column in ("risk_score", "risk_confidence"):
            numpy.testing.assert_array_equal(data[column][first - 1:], expected[column][first - 1:])

    def test_asking_again_every_loop_is_a_look_up_in_memory(self):
        pair, rows = until_now(300)
        with Daemon(settings({"max_risk_score": 0})) as daemon:
            bot = self.live("IchimokuLLMRiskStrategy", daemon)
            bot.analyse(pair, rows)
            until(lambda: bot.strategy._risk_clients["long"].risk(pair, "5m"))
            with self.assertNoLogs("riskbreaker_client"), self.assertLogs("riskbreaker_mixin") as logged:
                taken = []
                for _ in range(5000):
                    began = time.perf_counter_ns()
                    allowed = bot.confirm(pair, END + STEP)
                    taken.append(time.perf_counter_ns() - began)
                    self.assertIs(allowed, False)
            self.assertEqual(len(logged.output), 1, "one line, not one a loop")
            taken.sort()
            p99 = taken[len(taken) * 99 // 100] / 1000
            print(f"confirm_trade_entry, blocked: p50 {statistics.median(taken) / 1000:.1f} µs, p99 {p99:.1f} µs")
            self.assertLess(p99, 500)

    def test_what_raises_in_freqtrades_callback_opens_no_trade(self):
        pair, rows = until_now(60)
        with FakeDaemon(strategy="ichimoku_llm_risk") as daemon:
            for policy in ("block", "allow"):
                bot = self.live("IchimokuLLMRiskStrategy", daemon, on_stale=policy)
                bot.analyse(pair, rows)
                client = bot.strategy._risk_clients["long"]
                daemon.meet(client)
                daemon.assess(pair, candle_time=END)
                until(lambda c=client: c.risk(pair, "5m"))
                self.assertTrue(bot.confirm(pair, END + STEP))
                for odd in (None, 5, [], {}, b"x", object()):
                    self.assertIs(bot.confirm(odd, END + STEP), policy == "allow" and type(odd) not in (list, dict))
                bot.strategy.dp = object()
                self.assertFalse(bot.confirm(pair, END + STEP))
                bot.strategy.dp = None  # the runmode is in the configuration too
                self.assertTrue(bot.confirm(pair, END + STEP))
                bot.strategy._risk_clients["long"] = object()
                self.assertFalse(bot.confirm(pair, END + STEP))
                bot.strategy._risk_clients["long"] = client
                bot.strategy.max_risk_score = None
                self.assertFalse(bot.confirm(pair, END + STEP))

    def test_an_entry_waits_for_the_assessment_of_its_own_candle(self):
        pair, rows = until_now(60)
        with FakeDaemon(strategy="bb_meanreversion_llm") as daemon:
            strict = self.live("BBMeanReversionLLMStrategy", daemon)
            lenient = self.live("BBMeanReversionLLMStrategy", daemon, on_stale="allow")
            bots = (strict, lenient)
            for bot in bots:
                bot.analyse(pair, rows)
                daemon.meet(bot.strategy._risk_clients["long"])

            def answers(**changes):
                daemon.assess(pair, **changes)
                for bot in bots:
                    client = bot.strategy._risk_clients["long"]
                    until(lambda c=client: (c.risk(pair, "5m") or {}).get("score") == changes["score"])
                return [bot.confirm(pair, END + STEP) for bot in bots]

            self.assertEqual([bot.confirm(pair, END + STEP) for bot in bots], [False, True], "no assessment yet")
            self.assertEqual(answers(score=41, candle_time=END - STEP), [False, True])
            self.assertEqual(answers(score=82, candle_time=END - STEP, verdict="block"), [False, False])
            self.assertEqual(answers(score=43, candle_time=END), [True, True])
            self.assertEqual(answers(score=71, candle_time=END), [False, False], "over max_risk_score")
            self.assertEqual(answers(score=44, candle_time=END, confidence=0.49), [False, False])
            self.assertEqual(answers(score=45, candle_time=END, valid_until=now_ms() + 500), [True, True])
            until(lambda: not strict.confirm(pair, END + STEP), what="the end of its validity")
            self.assertTrue(lenient.confirm(pair, END + STEP))
            for bot in bots:
                self.assertFalse(bot.confirm(pair, END + STEP, side="short"), "nobody judges shorts here")

    def test_shorts_have_a_strategy_of_their_own(self):
        pair, rows = until_now(60)
        with FakeDaemon(strategy="ichimoku_llm_risk") as daemon:
            bot = self.live("IchimokuLLMRiskStrategy", daemon, strategy_short="shorts")
            data = bot.analyse(pair, rows)
            self.assertIn("risk_score_short", data)
            short = bot.strategy._risk_clients["short"]
            daemon.meet(short)
            daemon.strategy = "shorts"
            daemon.assess(pair, candle_time=END)
            until(lambda: short.risk(pair, "5m"))
            self.assertTrue(bot.confirm(pair, END + STEP, side="short"))
            self.assertFalse(bot.confirm(pair, END + STEP, side="long"))

    def test_risk_adds_little_to_populate_indicators(self):
        pair, rows = until_now(1000)
        taken = []
        with FakeDaemon(strategy="ichimoku_llm_risk") as daemon:
            bot = self.live("IchimokuLLMRiskStrategy", daemon)
            for i in range(30):
                data = frame(rows)
                began = time.perf_counter()
                bot.strategy.risk_populate(data, {"pair": f"P{i}/X" if i % 2 else pair})
                taken.append((time.perf_counter() - began) * 1000)
        print(f"risk_populate, 1,000 rows: median {statistics.median(taken):.1f} ms, most {max(taken):.1f} ms")
        self.assertLess(statistics.median(taken), 50)

    def test_a_strategy_that_freqtrade_drops_ends_its_thread(self):
        with FakeDaemon() as daemon:
            before = threading.active_count()
            bot = Bot(load("IchimokuLLMRiskStrategy"), RunMode.LIVE,
                      riskbreaker={"push": daemon.candles, "sub": daemon.results})
            self.assertEqual(threading.active_count(), before + 1)
            del bot
            until(lambda: threading.active_count() == before, 5, "the end of the thread")


if __name__ == "__main__":
    unittest.main()
