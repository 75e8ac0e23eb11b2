"""The Freqtrade client against the real daemon."""

import signal
import socket
import statistics
import time
import unittest

from fake_daemon import until  # and with it the way to the client
from peers import Daemon, config, last_closed, real_or_made_up_candles
from riskbreaker_client import RiskClient

PAIR = "A.B/C:C"  # with a dot, as topics are separated by


END = last_closed()  # for the whole run: the next candle may close meanwhile


def until_now(count, shift=0):
    """Rows of a market that end with the candle that has closed last, or `shift` before."""
    end = END - shift * 300_000
    return [[end - (count - 1 - i) * 300_000, *row[1:]]
            for i, row in enumerate(real_or_made_up_candles(count)[2])]


def settings(**strategy):
    """No LLM, and answers that outlast the test."""
    return config(llm={"endpoints": []}, assess={"grace": 3600}, **strategy)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Client(unittest.TestCase):
    def client(self, daemon, **more):
        client = RiskClient("s", daemon.candles, daemon.results, **more)
        client.start()
        self.addCleanup(client.stop)
        return client

    def answer(self, client, pair, candle_time=None, limit=20.0):
        def arrived():
            x = client.risk(pair, "5m")
            return x if x and candle_time in (None, x["candle_time"]) else None
        return until(arrived, limit, f"an answer for {pair}")

    def test_an_assessment_is_there_after_a_push(self):
        rows = until_now(300)
        with Daemon(settings()) as daemon:
            client = self.client(daemon)
            self.assertFalse(client.allow(PAIR, "5m"))
            self.assertIsNone(client.risk(PAIR, "5m"))
            self.assertTrue(client.push(PAIR, "5m", rows))
            got = self.answer(client, PAIR, rows[-1][0])
            # All four factors: the history was with it.
            self.assertEqual(got["confidence"], 0.7)
            self.assertEqual(client.allow(PAIR, "5m"), got["verdict"] == "allow")
            self.assertTrue(client.healthy())

    def test_a_data_frame_says_the_same_as_rows(self):
        import pandas
        rows = until_now(300)
        columns = ["date", "open", "high", "low", "close", "volume"]
        frame = pandas.DataFrame(rows, columns=columns)
        frame["date"] = pandas.to_datetime(frame["date"], unit="ms", utc=True)
        naive = frame.assign(date=frame["date"].dt.tz_localize(None))
        abroad = frame.assign(date=frame["date"].dt.tz_convert("America/New_York"))
        with Daemon(settings()) as daemon:
            client = self.client(daemon)
            given = {"ROWS/X": rows, "FRAME/X": frame, "NAIVE/X": naive, "ABROAD/X": abroad}
            for pair, data in given.items():
                self.assertTrue(client.push(pair, "5m", data))
            seen = {pair: self.answer(client, pair, rows[-1][0]) for pair in given}
            self.assertEqual({(x["score"], x["confidence"]) for x in seen.values()},
                             {(seen["ROWS/X"]["score"], 0.7)})
            self.assertEqual(len({repr(x["factors"]) for x in seen.values()}), 1)

    def test_a_blocked_pair_is_blocked_however_lenient_the_client_is(self):
        rows = until_now(60)
        with Daemon(settings(gate={"max_risk_score": 0})) as daemon:
            client = self.client(daemon, on_stale="allow")
            self.assertTrue(client.allow(PAIR, "5m"), "a missing assessment, by the user's choice")
            client.push(PAIR, "5m", rows)
            self.assertEqual(self.answer(client, PAIR)["verdict"], "block")
            self.assertFalse(client.allow(PAIR, "5m"))

    def test_without_a_daemon_nothing_is_allowed_and_nobody_waits(self):
        class Nowhere:
            candles, results = (f"tcp://127.0.0.1:{free_port()}" for _ in range(2))
        client = self.client(Nowhere)
        rows = until_now(300)
        slowest = 0.0
        for i in range(200):
            began = time.perf_counter()
            self.assertTrue(client.push(f"P{i}/X", "5m", rows))
            self.assertFalse(client.allow(f"P{i}/X", "5m"))
            slowest = max(slowest, time.perf_counter() - began)
        print(f"slowest push of 300 rows and look-up without a daemon: {slowest * 1e3:.1f} ms")
        self.assertLess(slowest, 0.25)
        self.assertFalse(client.healthy())
        began = time.monotonic()
        client.stop()
        self.assertLess(time.monotonic() - began, 3)

    def test_a_killed_daemon_gets_its_history_again_and_no_answer_is_lost(self):
        bound = settings()
        for name in bound["transport"]:
            bound["transport"][name]["bind"] = f"tcp://127.0.0.1:{free_port()}"
        pairs = [f"P{i}/X" for i in range(20)]
        with Daemon(bound) as daemon:
            client = self.client(daemon)
            for pair in pairs:
                client.push(pair, "5m", until_now(300, shift=3))
            first = {pair: self.answer(client, pair) for pair in pairs}
            daemon.stop(signal.SIGKILL)
        # While it is away, and for a second time in the very moment of its return.
        for pair in pairs[:10]:
            self.assertTrue(client.push(pair, "5m", until_now(300, shift=2)))
        with Daemon(bound) as daemon:
            for pair in pairs[10:]:
                self.assertTrue(client.push(pair, "5m", until_now(300, shift=2)))
            for pair in pairs:
                again = self.answer(client, pair, END - 600_000)
                self.assertNotEqual(again["boot"], first[pair]["boot"])
                self.assertEqual(again["confidence"], 0.7, "it has its history")
            daemon.stop(signal.SIGKILL)
        with Daemon(bound):  # nothing new is pushed: the answers are asked for again
            for pair in pairs:
                until(lambda p=pair: client.risk(p, "5m")["boot"] != again["boot"])
                self.assertEqual(client.risk(pair, "5m")["confidence"], 0.7)

    def test_a_thousand_pairs_are_looked_up_in_microseconds(self):
        rows = until_now(60)
        pairs = [f"P{i}/USDT:USDT" for i in range(1000)]
        with Daemon(settings()) as daemon:
            client = self.client(daemon)
            began = time.monotonic()
            for pair in pairs:
                self.assertTrue(client.push(pair, "5m", rows))
            handed = time.monotonic() - began
            for pair in pairs:
                self.answer(client, pair, rows[-1][0])
            answered = time.monotonic() - began
            taken = []
            for _ in range(20):
                for pair in pairs:
                    began = time.perf_counter_ns()
                    client.allow(pair, "5m")
                    taken.append(time.perf_counter_ns() - began)
            taken.sort()
            p99 = taken[len(taken) * 99 // 100] / 1000
            print(f"1,000 pairs of 60 rows: handed over in {handed:.2f} s, answered after {answered:.2f} s; "
                  f"look-up p50 {statistics.median(taken) / 1000:.2f} µs, p99 {p99:.2f} µs")
            self.assertLess(p99, 200)  # 20 on an idle machine


if __name__ == "__main__":
    unittest.main()
