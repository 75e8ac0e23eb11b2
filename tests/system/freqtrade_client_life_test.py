"""The Freqtrade client as a guest in a bot: its arguments, its thread, its log, its keys."""

import ast
import os
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import zmq

from fake_daemon import ROOT, FakeDaemon, until
from riskbreaker_client import RiskClient

FOLDER = os.path.join(ROOT, "deploy", "freqtrade")
ROW = [1_700_000_100_000, 1, 2, 0.5, 1.5, 10]


class Refuses:
    """Raises at whatever is done with it."""

    def _no(self, *_):
        raise RuntimeError("hostile")

    __hash__ = __eq__ = __str__ = __repr__ = __len__ = __iter__ = __bool__ = __getitem__ = _no


class HostileText(str):
    def __hash__(self):
        raise RuntimeError("hostile")


HOSTILE = [None, 0, -1, 1.5, float("nan"), b"A/B", "", "x" * 100_000, "\ud800", "A/B\x00", [], {}, object(),
           Refuses(), HostileText("A/B"), ("A/B", "5m"), lambda: 1, [[]], [[1]], [None], {"a": 1}, [ROW, None]]


class Life(unittest.TestCase):
    def start(self, daemon, **more):
        client = RiskClient("s", daemon.candles, daemon.results, **more)
        client.start()
        self.addCleanup(client.stop)
        return client

    def run_python(self, text, *arguments):
        done = subprocess.run([sys.executable, "-B", "-c", text, *arguments], capture_output=True, text=True,
                              timeout=20, check=False, env={**os.environ, "PYTHONPATH": FOLDER})
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_nothing_that_is_given_raises_and_nothing_odd_is_allowed(self):
        with FakeDaemon() as daemon:
            for policy in ("block", "allow"):
                client = self.start(daemon, on_stale=policy)
                daemon.meet(client)
                for odd in HOSTILE:
                    for pair, timeframe in ((odd, "5m"), ("A/B", odd), (odd, odd)):
                        allowed = client.allow(pair, timeframe)
                        text = type(pair) is str and type(timeframe) is str
                        self.assertIs(allowed, policy == "allow" and text)
                        self.assertIsNone(client.risk(pair, timeframe))
                        self.assertFalse(client.push(pair, timeframe, odd))
                    self.assertFalse(client.push("C/D", "5m", odd) and odd != [ROW, None])
                    self.assertIs(type(client.push("A/B", "5m", [ROW], odd)), bool)
                self.assertTrue(client._worker.thread.is_alive())

    def test_wrong_settings_are_said_at_once(self):
        key = "x" * 40
        for wrong in ({"on_stale": "maybe"}, {"on_stale": None}, {"strategy": "a.b"}, {"strategy": ""},
                      {"strategy": None}, {"push": []}, {"push": ["tcp://127.0.0.1:1"] * 2}, {"sub": None},
                      {"keep": 0}, {"keep": True}, {"curve": {}}, {"curve": {"server_key": key}},
                      {"curve": {"server_key": key, "public_key": key, "secret_key": "/nowhere/at/all"}}):
            with self.assertRaises((ValueError, TypeError), msg=wrong) as caught:
                RiskClient(**{"strategy": "s", **wrong})
            self.assertNotIn(key, str(caught.exception))
        with self.assertRaises(ValueError):
            RiskClient("s", push="tcp://nonsense").start()

    def test_start_and_stop_may_come_in_any_order_and_number(self):
        with FakeDaemon() as daemon:
            client = RiskClient("s", daemon.candles, daemon.results)
            client.stop()
            self.assertFalse(client.push("A/B", "5m", [ROW]), "nobody is there to take it")
            before = threading.active_count()
            for _ in range(3):
                client.start()
                client.start()
                self.assertEqual(threading.active_count(), before + 1)
                daemon.meet(client)
                client.push("A/B", "5m", [ROW])
                self.assertEqual(daemon.next_block()["candles"], [ROW], "each start tells it anew")
                client.stop()
                client.stop()
                self.assertEqual(threading.active_count(), before)
                self.assertFalse(client.healthy())

    def test_what_was_handed_over_is_sent_before_the_end(self):
        with FakeDaemon() as daemon:
            client = self.start(daemon)
            daemon.meet(client)
            client.push("A/B", "5m", [ROW])
            daemon.next_block()  # they know each other now
            client.push("C/D", "5m", [ROW])
            client.stop()
            self.assertEqual(daemon.next_block()["pair"], "C/D")

    def test_a_bot_that_forgets_its_client_ends_all_the_same(self):
        began = time.monotonic()
        self.run_python("from riskbreaker_client import RiskClient\n"
                        "c = RiskClient('s'); c.start(); c.push('A/B', '5m', [[1700000100000,1,2,.5,1,1]])")
        self.assertLess(time.monotonic() - began, 8)

    def test_a_client_that_is_dropped_ends_its_thread(self):
        with FakeDaemon() as daemon:
            before = threading.active_count()
            client = RiskClient("s", daemon.candles, daemon.results)
            client.start()
            del client
            until(lambda: threading.active_count() == before, 5, "the end of the thread")

    def test_a_forked_process_answers_no_and_may_start_its_own(self):
        with FakeDaemon() as daemon:
            out = self.run_python(
                "import os, sys, time\n"
                "from riskbreaker_client import RiskClient\n"
                "c = RiskClient('s', sys.argv[1], sys.argv[2]); c.start()\n"
                "if os.fork() == 0:\n"
                "    row = [[1700000100000,1,2,.5,1,1]]\n"
                "    print(c.push('A/B','5m',row), c.healthy(), c.allow('A/B','5m'))\n"
                "    c.stop(); c.start(); print(c.push('A/B','5m',row)); c.stop()\n"
                "else:\n"
                "    print(os.waitstatus_to_exitcode(os.wait()[1]))\n"
                "    print(c.push('A/B', '5m', [[1700000100000,1,2,.5,1,1]]))\n",
                daemon.candles, daemon.results)
        self.assertEqual(out.split(), ["False", "False", "False", "True", "0", "True"])

    def test_a_daemon_that_falls_silent_is_lost_after_five_seconds_and_the_log_says_it_once(self):
        with FakeDaemon() as daemon, self.assertLogs("riskbreaker_client", "INFO") as logged:
            client = self.start(daemon)
            daemon.meet(client)
            heard = time.monotonic()
            daemon.assess(verdict="block", score=88)
            until(lambda: client.risk("A/B", "5m"))
            for _ in range(1000):
                client.allow("A/B", "5m")
                client.allow("C/D", "5m")
            until(lambda: not client.healthy(), 8)
            self.assertGreater(time.monotonic() - heard, 4.5)
            self.assertFalse(client.allow("A/B", "5m"), "it holds until valid_until")
            until(lambda: any("away" in x for x in logged.output), 3)
            daemon.meet(client)
            until(lambda: len(logged.output) >= 5, 3)
            client.stop()
        said = [x.split(":", 2)[2] for x in logged.output]
        self.assertEqual(len(said), 5, said)
        for text, number in (("is there", 2), ("away", 1), ("A/B 5m: blocked by s, score 88", 1),
                             ("C/D 5m: no assessment", 1)):
            self.assertEqual(sum(text in x for x in said), number, said)

    def test_keys_open_a_daemon_with_curve_and_wrong_ones_do_not(self):
        server_public, server_secret = zmq.curve_keypair()
        public, secret = zmq.curve_keypair()
        with FakeDaemon(curve=server_secret) as daemon, tempfile.TemporaryDirectory() as folder:
            plain = os.path.join(folder, "secret")
            with open(plain, "wb") as file:
                file.write(secret + b"\n")
            certificate = os.path.join(folder, "daemon.key")
            with open(certificate, "w", encoding="ascii") as file:
                file.write(f'metadata\ncurve\n    public-key = "{server_public.decode()}"\n')
            good = [{"server_key": server_public.decode(), "public_key": public.decode(),
                     "secret_key": secret.decode()},
                    {"server_key": certificate, "public_key": public, "secret_key": plain}]
            for number, keys in enumerate(good):
                client = self.start(daemon, curve=keys)
                daemon.meet(client)
                client.push(f"P{number}", "5m", [ROW])
                self.assertEqual(daemon.next_block()["pair"], f"P{number}")
                client.stop()
            with self.assertLogs("riskbreaker_client", "WARNING") as logged:
                wrong = self.start(daemon, curve={**good[0], "server_key": public.decode()})
                bare = self.start(daemon)
                for client in (wrong, bare):
                    client.push("A/B", "5m", [ROW])
                self.assertTrue(daemon.silence(1.0))
                self.assertFalse(wrong.healthy() or bare.healthy())
            self.assertIn("CURVE", "".join(logged.output))
            self.assertLessEqual(len(logged.output), 2, "once each, however often it is tried")

    def test_it_is_written_for_python_3_9(self):
        for name in os.listdir(FOLDER):
            if name.endswith(".py"):
                with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
                    ast.parse(file.read(), name, feature_version=(3, 9))


if __name__ == "__main__":
    unittest.main()
