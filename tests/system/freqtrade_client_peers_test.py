"""The Freqtrade client against daemons that are old, slow, broken or not daemons at all."""

import json
import os
import time
import unittest

from fake_daemon import FakeDaemon, now_ms, until
from peers import resident_kb
from riskbreaker_client import RiskClient

T = 1_700_000_100_000  # a 5m candle's open time
STEP = 300_000


def rows(count, first=T):
    return [[first + i * STEP, 1, 2, 0.5, 1.5, 10 + i] for i in range(count)]


class Peers(unittest.TestCase):
    def start(self, *daemons, **more):
        client = RiskClient("s", [x.candles for x in daemons], [x.results for x in daemons], **more)
        client.start()
        self.addCleanup(client.stop)
        for daemon in daemons:
            self.addCleanup(daemon.close)
            daemon.meet(client)
        return client

    def told(self, client, daemon, **changes):
        """Sends an assessment and then another pair's, which shows that the first was read."""
        daemon.assess(**changes)
        mark = f"MARK/{time.monotonic_ns()}"
        daemon.assess(mark)
        until(lambda: client.risk(mark, "5m"), what="the mark")


class Assessments(Peers):
    def test_past_valid_until_it_counts_as_absent(self):
        daemon = FakeDaemon()
        strict = self.start(daemon)
        lenient = self.start(daemon, on_stale="allow")
        daemon.assess(valid_until=now_ms() + 700, verdict="block")
        for client in (strict, lenient):
            until(lambda c=client: c.risk("A/B", "5m"))
            self.assertFalse(client.allow("A/B", "5m"))
        until(lambda: strict.risk("A/B", "5m") is None)
        self.assertFalse(strict.allow("A/B", "5m"))
        self.assertTrue(lenient.allow("A/B", "5m"))
        self.assertTrue(strict.healthy(), "the daemon is well, the assessment is old")

    def test_older_assessments_never_replace_newer_ones(self):
        daemon = FakeDaemon()
        client = self.start(daemon)
        self.told(client, daemon, candle_time=T + STEP, verdict="block", score=90)
        self.told(client, daemon, candle_time=T, verdict="allow", score=10)
        self.assertEqual(client.risk("A/B", "5m")["score"], 90)
        self.assertFalse(client.allow("A/B", "5m"))
        self.told(client, daemon, candle_time=T + 2 * STEP, score=11)
        self.assertTrue(client.allow("A/B", "5m"))

    def test_repetitions_are_dropped_by_topic_boot_and_seq(self):
        daemon = FakeDaemon()
        client = self.start(daemon)
        self.told(client, daemon, score=20)
        again = daemon.assessment(score=99, verdict="block", candle_time=T + STEP)
        self.told(client, daemon, seq=1, score=99, verdict="block", candle_time=T + STEP)
        self.assertEqual(client.risk("A/B", "5m")["score"], 20, "seq 1 was there before")
        daemon.send("risk.s.A/B.5m", {**again, "boot": "second", "seq": 1})
        until(lambda: client.risk("A/B", "5m")["score"] == 99)

    def test_what_is_no_final_assessment_of_ours_changes_nothing(self):
        daemon = FakeDaemon()
        client = self.start(daemon)
        self.told(client, daemon, score=20)
        newer = {"candle_time": T + STEP, "verdict": "allow"}
        for wrong in ({"score": None}, {"score": "10"}, {"score": True}, {"score": 101}, {"score": -1},
                      {"confidence": 1.5}, {"confidence": None}, {"verdict": "maybe"}, {"verdict": None},
                      {"valid_until": None}, {"valid_until": "soon"}, {"final": False}, {"final": None},
                      {"strategy": "other"}, {"v": 2}, {"boot": 7}, {"pair": ["A/B"]}, {"timeframe": 5}):
            self.told(client, daemon, **{**newer, **wrong})
            self.assertEqual(client.risk("A/B", "5m")["score"], 20, wrong)
        for text in (b"", b"{", b"[1]", b"nul", b"\xff\xfe", b'{"v":1}', b'{"score":NaN}', b"{" * 5000):
            daemon.send("risk.s.A/B.5m", text)
        daemon.out.send(b"risk.s.alone")
        daemon.out.send_multipart([b"risk.s.\xff", b"{}"])
        self.told(client, daemon, candle_time=T + STEP, score=30)
        self.assertEqual(client.risk("A/B", "5m")["score"], 30, "and the thread lives")

    def test_msgpack_is_read_where_the_module_is_there(self):
        try:
            import msgpack
        except ImportError:
            self.skipTest("no msgpack here")
        daemon = FakeDaemon()
        client = self.start(daemon)
        daemon.send("risk.s.A/B.5m", msgpack.packb(daemon.assessment(score=33.5)))
        until(lambda: client.risk("A/B", "5m"))
        self.assertEqual(client.risk("A/B", "5m")["score"], 33.5)

    def test_memory_is_flat_over_a_hundred_thousand_messages(self):
        daemon = FakeDaemon()
        client = self.start(daemon)
        plain = json.dumps(daemon.assessment()).replace('"seq": 1', '"seq": %d').replace(
            '"pair": "A/B"', '"pair": "%s"').replace(f'"candle_time": {T}', '"candle_time": %d')

        def flood(first, count):
            for i in range(first, first + count):
                pair = f"P{i % 500}/X"
                daemon.send(f"risk.s.{pair}.5m", (plain % (i + 1, pair, T + i * STEP)).encode())
                if i % 1000 == 999:  # what waits in sockets is memory too
                    newest = T + i * STEP
                    until(lambda p=pair, n=newest: (client.risk(p, "5m") or {}).get("candle_time") == n)

        flood(0, 10_000)
        before = resident_kb(os.getpid())
        flood(10_000, 100_000)
        grown = resident_kb(os.getpid()) - before
        print(f"100,000 assessments of 500 pairs: memory grew by {grown} kB")
        self.assertLess(grown, 16_384, "one that kept each message would grow by 100 MB")

    def test_names_that_nobody_knows_cannot_fill_the_memory(self):
        daemon = FakeDaemon()
        client = self.start(daemon)
        for i in range(30_000):
            client.allow(f"N{i}", "5m")
        for i in range(11_000):
            daemon.assess(f"P{i}/X", valid_until=now_ms() + 600_000 + i)
        until(lambda: client.risk("P10999/X", "5m"))
        self.assertLessEqual(len(client._risks), 10_000)
        self.assertLessEqual(len(client._said), 10_001)


class Candles(Peers):
    def test_history_first_then_the_newest_rows_alone(self):
        daemon = FakeDaemon()
        client = self.start(daemon)
        client.push("A/B", "5m", rows(600))
        block = daemon.next_block()
        self.assertEqual((block["pair"], block["timeframe"], block["history"]), ("A/B", "5m", False))
        self.assertEqual(block["candles"], rows(600)[-500:])
        client.push("A/B", "5m", rows(600))
        self.assertTrue(daemon.silence(), "nothing new")
        client.push("A/B", "5m", rows(603))
        self.assertEqual(daemon.next_block()["candles"], rows(603)[-3:])
        corrected = rows(603)
        corrected[-1][4] = 1.75
        client.push("A/B", "5m", corrected)
        self.assertEqual(daemon.next_block()["candles"], corrected[-1:])

    def test_history_asks_for_nothing_and_a_candle_after_it_does(self):
        daemon = FakeDaemon()
        client = self.start(daemon)
        client.push("A/B", "5m", rows(5), history=True)
        block = daemon.next_block()
        self.assertEqual((len(block["candles"]), block["history"]), (5, True))
        client.push("A/B", "5m", rows(6))
        block = daemon.next_block()
        self.assertEqual((block["candles"], block["history"]), (rows(6)[-1:], False))

    def test_a_candle_that_is_not_closed_stays_here(self):
        daemon = FakeDaemon()
        client = self.start(daemon)
        forming = now_ms() // STEP * STEP
        if forming + STEP - now_ms() < 10_000:
            time.sleep(10)  # it would close on the way
            forming += STEP
        self.assertFalse(client.push("A/B", "5m", rows(1, forming)))
        self.assertTrue(client.push("A/B", "5m", rows(3, forming - 2 * STEP)))
        self.assertEqual([x[0] for x in daemon.next_block()["candles"]], [forming - 2 * STEP, forming - STEP])
        month = [1_767_225_600_000, 1, 2, 0.5, 1.5, 10]  # January 2026
        self.assertEqual(client.push("A/B", "1M", [month]), time.time() > 1_769_904_000)

    def test_values_that_are_no_numbers_go_out_as_null(self):
        daemon = FakeDaemon()
        client = self.start(daemon)
        bad = [[T, 1, 2, 0.5, float("nan"), 1], [T + STEP, "1.5", 2, 0.5, None, 1],
               [T + 2 * STEP, 1, float("inf"), 0.5, "x", 1], [None, 1, 2, 0.5, 1, 1], [T + 3 * STEP, 1]]
        self.assertFalse(client.push("A/B", "5m", [bad[3]]))
        self.assertTrue(client.push("A/B", "5m", bad[:4]))
        self.assertEqual(daemon.next_block()["candles"], [
            [T, 1, 2, 0.5, None, 1], [T + STEP, 1.5, 2, 0.5, None, 1], [T + 2 * STEP, 1, None, 0.5, None, 1]])

    def test_a_daemon_that_does_not_read_holds_nobody_up_and_misses_nothing(self):
        daemon = FakeDaemon(candles_hwm=1)
        client = self.start(daemon)
        slowest = 0.0
        for count in range(1, 40):
            for i in range(100):
                began = time.perf_counter()
                self.assertTrue(client.push(f"P{i}", "5m", rows(count * 10)))
                slowest = max(slowest, time.perf_counter() - began)
        print(f"slowest push to a daemon that does not read: {slowest * 1e3:.1f} ms")
        self.assertLess(slowest, 0.25)
        got = {}
        while any(len(got.get(f"P{i}", ())) < 390 for i in range(100)):
            block = daemon.next_block()
            got.setdefault(block["pair"], []).extend(block["candles"])
        for taken in got.values():
            self.assertEqual(taken, rows(390))

    def test_a_new_daemon_gets_the_history_before_what_was_on_its_way_to_the_old_one(self):
        daemon = FakeDaemon(candles_hwm=1)
        client = self.start(daemon, keep=2000)
        pairs = [f"P{i}" for i in range(20)]
        for pair in pairs:
            client.push(pair, "5m", rows(50))
            daemon.next_block()
        for i in range(40):  # more than the buffers hold, so that the next ones wait in the pipe
            client.push(f"FILL{i}", "5m", rows(2000))
        for pair in pairs:
            client.push(pair, "5m", rows(51))
        until(lambda: not client._worker.links[0].owed, what="the end of the queue")
        daemon.close()
        second = FakeDaemon("second", bind=(daemon.candles, daemon.results))
        self.addCleanup(second.close)
        first = {}
        while len(first) < 60:
            block = second.next_block()
            first.setdefault(block["pair"], block["candles"])
        for pair in pairs:
            self.assertEqual(first[pair], rows(51))

    def test_every_daemon_gets_every_candle_and_the_newest_answer_counts(self):
        one, two = FakeDaemon("one"), FakeDaemon("two")
        client = self.start(one, two)
        client.push("A/B", "5m", rows(3))
        self.assertEqual(one.next_block(), two.next_block())
        self.told(client, one, candle_time=T + STEP, score=61)
        self.told(client, two, candle_time=T, score=10)
        self.assertEqual(client.risk("A/B", "5m")["score"], 61)
        one.close()
        self.told(client, two, candle_time=T + 2 * STEP, score=12)
        self.assertEqual(client.risk("A/B", "5m")["score"], 12)


if __name__ == "__main__":
    unittest.main()
