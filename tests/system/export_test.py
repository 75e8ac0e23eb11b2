"""`ctl export`: the journal's scores, joined by a backtest, are those that were live."""

import csv
import io
import json
import os
import signal
import subprocess
import tempfile
import time
import unittest

import numpy

from fake_daemon import until
from freqtrade_bot import Bot, RunMode, load
from peers import BINARY, Daemon, MockLlm, candle, config, last_closed, pusher, real_or_made_up_candles

STEP = 300_000
END = last_closed()
NAMES = ("ichimoku_llm_risk", "bb_meanreversion_llm")


def until_now(count):
    pair, _, rows = real_or_made_up_candles(count)
    return pair, [[END - (count - 1 - i) * STEP, *row[1:]] for i, row in enumerate(rows)]


def export(*args, good=True, code=0):
    got = subprocess.run([BINARY, "ctl", "export", *args], capture_output=True, text=True, timeout=60, check=False)
    assert got.returncode == code, (got.returncode, got.stderr)
    assert (got.stderr == "") == (code == 0), got.stderr
    return got.stdout if code == 0 else got.stderr


class Journal(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.journal = os.path.join(self.folder, "j.db")

    def settings(self, llm_url=None, **more):
        made = config(llm_url, assess={"grace": 86_400, "max_candle_age": None}, **more)
        common = made["strategies"].pop("s")
        made["strategies"] = {x: common for x in NAMES}
        made["journal"] = {"path": self.journal}
        return made


class Backtest(Journal):
    def test_it_sees_what_was_live(self):
        pair, rows = until_now(260)
        first = 200
        gate = {"max_risk_score": 70, "min_confidence": 0.1}
        with MockLlm() as llm, Daemon(self.settings(llm.url, gate=gate)) as daemon:
            live = Bot(load("IchimokuLLMRiskStrategy"), RunMode.DRY_RUN,
                       riskbreaker={"push": daemon.candles, "sub": daemon.results})
            client = live.strategy._risk_clients["long"]
            self.addCleanup(client.stop)
            known, answers = {}, {}
            for count in range(first, len(rows) + 1):
                if count == first + 20:
                    llm.fault("status:500")  # from here on some are the fallback's
                if count == first + 40:
                    llm.fault("ok")
                opened = rows[count - 1][0]
                live.analyse(pair, rows[:count])
                until(lambda o=opened: (client.risk(pair, "5m") or {}).get("candle_time") == o)
                known[opened] = client.risk(pair, "5m")
                answers[opened] = live.confirm(pair, opened + STEP + 7_000)
            self.assertEqual({x["source"] for x in known.values()}, {"llm", "fallback"})
            time.sleep(0.5)  # the journal writes every 50 ms
            whole = export("--strategy", NAMES[0], "--connect", daemon.control)
            self.assertEqual(whole, export("--strategy", NAMES[0], "-c", daemon.path), "beside the daemon")
            daemon.stop(signal.SIGKILL)
            self.assertEqual(whole, export("--strategy", NAMES[0], "--journal", self.journal), "after a crash")
        table = list(csv.DictReader(io.StringIO(whole)))
        self.assertEqual(len(table), len(known))
        for row in table:
            x = known[int(row["time"])]
            self.assertEqual((row["pair"], row["timeframe"], float(row["score"]), float(row["confidence"]),
                              row["verdict"], row["source"], row["cause"] or None),
                             (pair, "5m", x["score"], x["confidence"], x["verdict"], x["source"], x["cause"]))
        scores = os.path.join(self.folder, "scores.csv")
        with open(scores, "w", encoding="utf-8") as file:
            file.write(whole)
        back = Bot(load("IchimokuLLMRiskStrategy"), RunMode.BACKTEST, riskbreaker={"scores": scores, "gate": gate})
        data = back.analyse(pair, rows)
        shown = live.analyse(pair, rows)
        for column in ("risk_score", "risk_confidence"):
            numpy.testing.assert_array_equal(data[column][first - 1:], shown[column][first - 1:])
        self.assertTrue(numpy.isnan(data["risk_score"][:first - 1]).all())
        for opened, answer in answers.items():
            self.assertEqual(back.confirm(pair, opened + STEP), answer, opened)


class Choice(Journal):
    def setUp(self):
        super().setUp()
        _, rows = until_now(5)
        self.times = [row[0] for row in rows]
        with Daemon(self.settings()) as daemon:
            push = pusher(daemon.candles)
            for row in rows:
                for pair in ("A/B", 'C,"D'):
                    push.send_json(candle(pair, "5m", row))
            push.close()
            daemon_said = lambda: export("--strategy", NAMES[1], "--connect", daemon.control).count("\n")  # noqa: E731
            until(lambda: os.path.exists(self.journal) and subprocess.run(
                [BINARY, "ctl", "export", "--journal", self.journal, NAMES[1]], capture_output=True,
                timeout=60, check=False).stdout.count(b"\n") == 11, what="the rows")
            self.assertEqual(daemon_said(), 11)
            daemon.stop()
        self.args = ("--journal", self.journal, "--strategy", NAMES[0])

    def rows(self, *args):
        return list(csv.DictReader(io.StringIO(export(*self.args, *args))))

    def test_of_pairs_times_and_forms(self):
        self.assertEqual({x["pair"] for x in self.rows()}, {"A/B", 'C,"D'})
        self.assertEqual([int(x["time"]) for x in self.rows("--pair", "A/B")], self.times)
        iso = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(self.times[1] / 1000))
        some = self.rows("--pair", 'C,"D', "--timeframe", "5m", "--from", iso, "--to", str(self.times[3]))
        self.assertEqual([int(x["time"]) for x in some], self.times[1:3])
        self.assertEqual(self.rows("--to", "2020-01-01"), [])
        lines = [json.loads(x) for x in export(*self.args, "--json").splitlines()]
        self.assertEqual([(x["pair"], x["time"], x["cause"]) for x in lines[:1]], [("A/B", self.times[0], "llm_disabled")])
        self.assertEqual(len(lines), 10)

    def test_mistakes_are_one_line_that_says_how_to_mend_it(self):
        for args, code, words in (
                (("--journal", self.journal), 2, "choose one with --strategy: bb_meanreversion_llm, ichimoku_llm_risk"),
                ((*self.args, "--from", "yesterday"), 2, "2026-11-01"),
                ((*self.args, "--from", "1700000000"), 2, "milliseconds"),
                ((*self.args, "--pair", "X/Y"), 1, "ctl history"),
                (("--journal", "/nowhere/j.db"), 1, "/nowhere/j.db"),
                (("--journal", BINARY), 1, "journal"),
                (("-c", "/nowhere/c.json"), 78, "/nowhere/c.json"),
                (("--connect", "ipc:///nowhere/x", "--timeout", "0.2"), 1, "--journal")):
            said = export(*args, code=code)
            self.assertIn(words, said)
            self.assertEqual(said.count("\n"), 1, said)

    def test_who_has_seen_enough_may_leave(self):
        got = subprocess.run(["sh", "-c", '"$0" ctl export --journal "$1" --strategy "$2" | head -n 1; exit 0',
                              BINARY, self.journal, NAMES[0]], capture_output=True, timeout=60, check=True)
        self.assertEqual((got.stdout.count(b"\n"), got.stderr), (1, b""))

    def test_the_file_stays_as_it_was(self):
        with open(self.journal, "rb") as file:
            before = file.read()
        self.rows()
        with open(self.journal, "rb") as file:
            self.assertEqual(file.read(), before)


if __name__ == "__main__":
    unittest.main(warnings="ignore")
