"""LLMRiskMixin in backtests and hyperopt, and in somebody else's strategy."""

import os
import re
import subprocess
import sys
import tempfile
import unittest

import numpy

from fake_daemon import ROOT
from freqtrade_bot import FOLDER, STUB, Bot, RunMode, load

T = 1_700_000_100_000
STEP = 300_000
HEADER = "pair,timeframe,time,score,confidence\n"


def rows(count):
    return [[T + i * STEP, 1.0, 2.0, 0.5, 1.5, 10.0] for i in range(count)]


class Backtest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def bot(self, text="", name="IchimokuLLMRiskStrategy", **settings):
        path = os.path.join(self.folder.name, "scores.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write(HEADER + text)
        return Bot(load(name), RunMode.BACKTEST, user_data_dir=self.folder.name,
                   riskbreaker={"scores": "scores.csv", **settings})

    def test_scores_join_by_open_time_pair_and_timeframe(self):
        lines = [f"NA,5m,{T},10,0.7", f"NA,5m,{T + 2 * STEP},30.5,0.7", f"NA,5m,{T + 3 * STEP},,",
                 f"NA,1h,{T + STEP},99,0.7", f"B/USDT,5m,{T + STEP},88,0.7", f"NA,5m,{T - STEP},77,0.7"]
        data = self.bot("\n".join(lines)).analyse("NA", rows(5))
        numpy.testing.assert_array_equal(data["risk_score"], [10, numpy.nan, 30.5, numpy.nan, numpy.nan])
        numpy.testing.assert_array_equal(data["risk_confidence"], [0.7, numpy.nan, 0.7, numpy.nan, numpy.nan])
        other = self.bot("\n".join(lines)).analyse("C/USDT", rows(5))
        self.assertTrue(other["risk_score"].isna().all())

    def test_an_entry_is_judged_by_the_candle_that_closed_before_it(self):
        bot = self.bot(f"A/B,5m,{T + 2 * STEP},20,0.7\nA/B,5m,{T},95,0.7\nA/B,5m,{T + STEP},71,0.7\n"
                       f"A/B,5m,{T},20,0.7\nA/B,5m,{T + 3 * STEP},,\nA/B,5m,{T + 5 * STEP},20,0.49\n")
        for opened, allowed in ((0, False), (1, True), (2, False), (3, True), (4, False), (5, False), (6, False)):
            for within in (0, 60_000, STEP - 1):  # as with --timeframe-detail
                self.assertIs(bot.confirm("A/B", T + opened * STEP + within), allowed, (opened, within))
        self.assertFalse(bot.confirm("C/D", T + STEP))
        self.assertFalse(bot.confirm("A/B", None))
        self.assertFalse(bot.confirm("A/B", T + STEP, side="short"))

    def test_a_missing_score_is_what_the_user_says_and_a_bad_one_is_not(self):
        bot = self.bot(f"A/B,5m,{T},71,0.7\n", on_stale="allow")
        self.assertFalse(bot.confirm("A/B", T + STEP))
        self.assertTrue(bot.confirm("A/B", T + 2 * STEP))
        self.assertFalse(bot.confirm("A/B", T + 2 * STEP, side="short"))

    def test_parameters_and_the_daemons_gate_decide_together(self):
        bot = self.bot(f"A/B,5m,{T},65,0.6\n", gate={"max_risk_score": 80, "min_confidence": 0.3})
        for most, least, allowed in ((65, 0.6, True), (64, 0.6, False), (65, 0.61, False), (100, 0.1, True)):
            bot.strategy.max_risk_score.value, bot.strategy.min_confidence.value = most, least
            self.assertIs(bot.confirm("A/B", T + STEP), allowed)
        bot = self.bot(f"A/B,5m,{T},65,0.6\n", gate={"max_risk_score": 60, "min_confidence": 0.3})
        bot.strategy.max_risk_score.value = 100
        self.assertFalse(bot.confirm("A/B", T + STEP), "the daemon would have blocked it")

    def test_the_stake_shrinks_with_the_risk(self):
        text = "".join(f"A/B,5m,{T + i * STEP},{score},0.7\n" for i, score in enumerate((0, 30, 50, 70, 95)))
        bot = self.bot(text, scale_stake=True)
        stakes = [bot.stake("A/B", T + i * STEP) for i in range(1, 7)]
        self.assertEqual(stakes, [100, 100, 62.5, 25, 25, 25], "the last one is not known at all")
        self.assertEqual(bot.stake("A/B", T + 4 * STEP, least=40), 40, "what the exchange takes at least")
        self.assertEqual(bot.stake("A/B", None), 25, "what fails is no reason to stake more")
        self.assertEqual(self.bot(text).stake("A/B", T + 5 * STEP), 100, "only if asked for")

    def test_wrong_settings_end_the_start(self):
        for wrong in ({"scores": "nowhere.csv"}, {"score": "scores.csv"}, {"on_stale": "maybe"}):
            with self.assertRaises(ValueError, msg=wrong):
                self.bot(**wrong)
        with self.assertRaises(ValueError):
            self.bot("A/B,5m,soon,1,1\n")

    def test_without_a_file_nothing_is_allowed_and_the_log_says_why(self):
        with self.assertLogs("riskbreaker_mixin", "WARNING") as logged:
            bot = Bot(load("BBMeanReversionLLMStrategy"), RunMode.BACKTEST)
        self.assertIn("blocked", logged.output[0])
        self.assertFalse(bot.confirm("A/B", T + STEP))

    def test_hyperopt_can_send_a_strategy_to_its_workers(self):
        try:
            import cloudpickle
        except ImportError:
            self.skipTest("no cloudpickle here")
        bot = self.bot(f"A/B,5m,{T},65,0.6\n")
        registered = []

        def by_value(bases):  # as Freqtrade does it, up to IStrategy
            for base in bases:
                if base.__name__ != "IStrategy":
                    registered.append(sys.modules[base.__module__])
                    cloudpickle.register_pickle_by_value(registered[-1])
                    by_value(base.__bases__)

        by_value(type(bot.strategy).__bases__)
        self.assertEqual({x.__name__ for x in registered}, {"riskbreaker_mixin"})
        try:
            bot.strategy.dp = None  # the stand-in of ours is not in the worker
            bot.strategy.config["runmode"] = "hyperopt"
            sent = cloudpickle.dumps(bot.strategy)
        finally:
            for module in set(registered):
                cloudpickle.unregister_pickle_by_value(module)
        path = os.path.join(self.folder.name, "strategy.pickle")
        with open(path, "wb") as file:
            file.write(sent)
        worker = ("import pickle, sys, datetime\n"
                  "strategy = pickle.load(open(sys.argv[1], 'rb'))\n"
                  "at = datetime.datetime.fromtimestamp(int(sys.argv[2]) / 1000, datetime.timezone.utc)\n"
                  "for most in (70, 64):\n"
                  "    strategy.max_risk_score.value = most\n"
                  "    print(strategy.confirm_trade_entry('A/B', 'limit', 1, 1, 'GTC', at, None, 'long'))\n"
                  "assert 'riskbreaker_client' not in sys.modules\n")
        done = subprocess.run([sys.executable, "-B", "-c", worker, path, str(T + STEP)], capture_output=True,
                              text=True, timeout=30, check=False, env={**os.environ, "PYTHONPATH": STUB})
        self.assertEqual(done.stdout.split(), ["True", "False"], done.stderr)


class Mixin(unittest.TestCase):
    def test_each_strategy_has_parameters_of_its_own(self):
        one, two = load("IchimokuLLMRiskStrategy"), load("BBMeanReversionLLMStrategy")
        one.max_risk_score.value = 42
        self.assertEqual(two.max_risk_score.value, 70)
        self.assertEqual({one.max_risk_score.category, one.min_confidence.category}, {"buy"})

    def test_three_lines_are_enough_for_a_strategy_of_ones_own(self):
        with open(os.path.join(ROOT, "docs", "freqtrade.md"), encoding="utf-8") as file:
            example = re.search(r"```python\n(.*?class MyStrategy.*?)```", file.read(), re.S).group(1)
        with tempfile.TemporaryDirectory() as folder:
            for name in ("riskbreaker_client.py", "riskbreaker_mixin.py"):
                os.symlink(os.path.join(FOLDER, name), os.path.join(folder, name))
            with open(os.path.join(folder, "MyStrategy.py"), "w", encoding="utf-8") as file:
                file.write(example)
            with open(os.path.join(folder, "mine.csv"), "w", encoding="utf-8") as file:
                file.write(HEADER + f"A/B,5m,{T},20,0.7\nA/B,5m,{T + STEP},90,0.7\n")
            bot = Bot(load("MyStrategy", folder), RunMode.BACKTEST, user_data_dir=folder,
                      riskbreaker={"scores": "mine.csv"})
            data = bot.analyse("A/B", rows(3))
            self.assertEqual(list(data["risk_score"])[:2], [20, 90])
            self.assertTrue(bot.confirm("A/B", T + STEP))
            self.assertFalse(bot.confirm("A/B", T + 2 * STEP))

    def test_plain_numbers_do_in_place_of_parameters(self):
        class Plain(load("IchimokuLLMRiskStrategy")):
            max_risk_score = 15
            min_confidence = 0.2
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "s.csv"), "w", encoding="utf-8") as file:
                file.write(HEADER + f"A/B,5m,{T},15,0.7\nA/B,5m,{T + STEP},16,0.7\n")
            bot = Bot(Plain, RunMode.BACKTEST, user_data_dir=folder, riskbreaker={"scores": "s.csv"})
            self.assertTrue(bot.confirm("A/B", T + STEP))
            self.assertFalse(bot.confirm("A/B", T + 2 * STEP))


if __name__ == "__main__":
    unittest.main()
