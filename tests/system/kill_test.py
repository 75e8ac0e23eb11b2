"""kill -9 under load, over and over: the journal stays sound and loses a moment at most.

RISKBREAKER_KILL_ROUNDS says how often (default 15; the promise is held with 100).
"""

import os
import random
import signal
import sqlite3
import tempfile
import threading
import time
import unittest

from peers import Daemon, Subscriber, ask, candle, config, pusher

ROUNDS = int(os.environ.get("RISKBREAKER_KILL_ROUNDS", "15"))
PAIRS = [f"P{i}/USDT" for i in range(8)]
STRATEGIES = ["a", "b", "c"]
START = 1_600_000_200_000
STEP = 300_000
# The docs promise a third of a second; this machine may be busy.
LOST_AT_MOST = 1.0


def row(pair, index):
    noise = random.Random(f"{pair} {index}")
    close = 100 + 10 * noise.random()
    return [START + index * STEP, 105, 111 + noise.random(), 99 - noise.random(), close, 1]


class Load(threading.Thread):
    """Pushes each pair's next candles until told to stop."""

    def __init__(self, daemon, first):
        super().__init__()
        self.next = dict(first)
        self.stopped = threading.Event()
        self._push = pusher(daemon.candles)

    def run(self):
        while not self.stopped.is_set():
            for pair in PAIRS:
                self._push.send_json(candle(pair, "5m", row(pair, self.next[pair])))
                self.next[pair] += 1
            time.sleep(0.004)
        self._push.close(0)


class Answered(Subscriber):
    """When which candle of a pair was answered last."""

    def newest_before(self, instant):
        out = {}
        for topic, payload in self.messages:
            if topic.startswith("risk.a.") and payload["issued_at"] <= instant:
                out[payload["pair"]] = payload["candle_time"]
        return out


class Kill(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "journal.db")
        self.settings = config(llm={"endpoints": []})
        one = self.settings["strategies"].pop("s")
        self.settings["strategies"] = {name: one for name in STRATEGIES}
        self.settings["journal"]["path"] = self.path
        self.must = {}    # pair: the candle that must be there after the restart
        self.states = {}  # strategy: states that it may have

    def check_restored(self, daemon):
        series = {x["pair"]: x for x in ask(daemon.control, {"cmd": "series"})["series"]}
        for pair, time_ in self.must.items():
            self.assertGreaterEqual(series[pair]["last_time"], time_)
            self.assertEqual(series[pair]["filled"], 0)
            total = (series[pair]["last_time"] - START) // STEP + 1
            self.assertEqual(series[pair]["candles"], min(total, 500))
        now = ask(daemon.control, {"cmd": "status"})["strategies"]
        for name, allowed in self.states.items():
            self.assertIn(now[name]["state"], allowed)
            self.states[name] = {now[name]["state"]}
        return {pair: (series[pair]["last_time"] - START) // STEP + 1 if pair in series else 0
                for pair in PAIRS}

    def check_file(self):
        with sqlite3.connect(self.path) as db:
            self.assertEqual(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            # Every published answer once, and nothing that points nowhere.
            self.assertEqual(db.execute(
                "SELECT count(*) FROM (SELECT 1 FROM assessments GROUP BY boot, topic, seq "
                "HAVING count(*) > 1)").fetchall(), [(0,)])
            self.assertEqual(db.execute(
                "SELECT count(*) FROM candles WHERE series NOT IN (SELECT id FROM series)"
            ).fetchall(), [(0,)])
            # Each window is gapless: its state stands for what was before it.
            for count, first, last in db.execute(
                    "SELECT count(*), min(time), max(time) FROM candles GROUP BY series"):
                self.assertEqual((last - first) // STEP + 1, count)
        db.close()

    def test_the_journal_survives_and_loses_a_moment_at_most(self):
        luck = random.Random(5)
        began = time.monotonic()
        for number in range(ROUNDS):
            with Daemon(self.settings) as daemon:
                sub = Answered(daemon.results, "risk.a.")
                load = Load(daemon, self.check_restored(daemon))
                load.start()
                # One round in five is long enough for something to be due.
                lasts = 1.5 if number % 5 == 4 else luck.uniform(0.05, 0.6)
                until = time.monotonic() + lasts
                while time.monotonic() < until:
                    name, action = luck.choice(STRATEGIES), luck.choice(["force_open", "auto",
                                                                         "force_closed"])
                    state = ask(daemon.control, {"cmd": "breaker", "strategy": name,
                                                 "action": action})["state"]
                    if time.monotonic() + LOST_AT_MOST < until:
                        self.states[name] = {state}
                    else:
                        self.states.setdefault(name, {"closed"}).add(state)
                    time.sleep(0.02)
                killed_at = int(time.time() * 1000)
                daemon.stop(signal.SIGKILL)
                load.stopped.set()
                load.join()
                sub.close()
                newest = sub.newest_before(killed_at - LOST_AT_MOST * 1000)
                for pair, time_ in newest.items():
                    self.must[pair] = max(time_, self.must.get(pair, 0))
            self.check_file()
        self.compare_with_a_twin()
        print(f"{ROUNDS} rounds in {time.monotonic() - began:.0f} s, "
              f"{os.path.getsize(self.path) / 1e6:.1f} MB")

    def compare_with_a_twin(self):
        """The windows that came through it all score as those of a daemon that was never killed."""
        plain = config(llm={"endpoints": []})
        with Daemon(self.settings) as daemon, Daemon(plain) as twin:
            first = self.check_restored(daemon)
            answers = []
            for each, name in ((daemon, "a"), (twin, "s")):
                sub = Subscriber(each.results, f"risk.{name}.", "heartbeat")
                sub.wait_count("heartbeat", 1)
                push = pusher(each.candles)
                for pair in PAIRS:
                    if each is twin:
                        rows = [row(pair, i)[:6] for i in range(first[pair])]
                        push.send_json({"pair": pair, "timeframe": "5m", "candles": rows,
                                        "history": True})
                    push.send_json(candle(pair, "5m", row(pair, first[pair])))
                got = sub.wait_count("risk.", len(PAIRS))
                answers.append({x["pair"]: (x["candle_time"], x["score"], x["confidence"],
                                            x["factors"]) for x in got})
                sub.close()
            self.assertEqual(answers[0], answers[1])


if __name__ == "__main__":
    unittest.main(warnings="ignore")  # sockets end with the process
