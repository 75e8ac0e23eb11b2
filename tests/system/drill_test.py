"""The outage drill, on its own and against a running daemon."""

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import time
import unittest

from peers import BINARY, PATIENCE, Daemon, MockLlm, Process, ask, candle, config, last_closed, pusher


def drill(*args, limit=120):
    return subprocess.run([BINARY, "drill", *args], capture_output=True, text=True, timeout=limit,
                          check=False)


class OnItsOwn(unittest.TestCase):
    def test_it_needs_nothing_and_reports(self):
        done = drill()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for text in ("breaker CLOSED -> OPEN", "HALF_OPEN -> CLOSED", "time to open:",
                     "time to recover:", "OK: every request was answered"):
            self.assertIn(text, done.stdout)

    def test_hanging_calls_as_json(self):
        done = drill("--fault", "hang", "--json")
        report = json.loads(done.stdout)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(report["ok"])
        self.assertEqual(report["failures_to_open"], 3)
        self.assertGreater(report["phases"]["outage"]["by_cause"]["llm_timeout"], 2)
        for phase in report["phases"].values():
            self.assertEqual(phase["requests"], phase["answered"])
        self.assertEqual(report["states"][0], "closed")
        self.assertEqual(report["states"][-1], "closed")

    def test_a_fault_that_opens_nothing_fails_the_drill(self):
        done = drill("--fault", "status:400", "--patience", "2")
        self.assertEqual(done.returncode, 1)
        self.assertIn("failed: the breaker did not open", done.stderr)
        self.assertNotIn("OK:", done.stdout)

    def test_the_users_configuration_is_drilled(self):
        settings = config("https://llm.example/v1", breaker={"failure_threshold": 5},
                          pairs=["*/TRY"], timeframes=["15m"])
        settings["llm"]["endpoints"]["sim"]["api_key_env"] = "NOT_SET_ANYWHERE"
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "c.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(settings, file)
            done = drill("-c", path, "--quick", "--json")
            self.assertEqual(done.returncode, 0, done.stderr)
            report = json.loads(done.stdout)
            self.assertEqual(report["failures_to_open"], 5)
            self.assertEqual((report["strategy"], report["pair"], report["timeframe"]),
                             ("s", "BTC/TRY", "15m"))
            self.assertEqual(os.listdir(folder), ["c.json"])  # no journal, nothing else
            with open(path, "w", encoding="utf-8") as file:
                file.write("{")
            self.assertEqual(drill("-c", path).returncode, 78)

    def test_usage(self):
        self.assertEqual(drill("--fault", "nonsense").returncode, 2)
        self.assertEqual(drill("--strategy", "nobody").returncode, 2)
        self.assertEqual(drill("-c", "x", "--simulator", "y").returncode, 2)


class AgainstADaemon(unittest.TestCase):
    def feed(self, daemon):
        push = pusher(daemon.candles)
        push.send_json(candle("A/B", "5m", [last_closed(), 1, 2, 1, 2, 1]))
        end = time.monotonic() + PATIENCE
        while ask(daemon.control, {"cmd": "status"})["series_count"] < 1:
            self.assertLess(time.monotonic(), end)
        push.close()

    def test_its_llm_is_broken_and_mended(self):
        with MockLlm() as llm, Daemon(config(llm.url)) as daemon:
            self.feed(daemon)
            args = ("--simulator", llm.url, "--connect", daemon.control, "--interval", "0.1",
                    "--hold", "1")
            done = drill(*args, "--json")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(llm.counts()["fault"], "ok")
            stats = ask(daemon.control, {"cmd": "stats"})["strategies"]["s"]
            # What the drill asked for, and the candle that was pushed.
            asked = sum(x["requests"] for x in json.loads(done.stdout)["phases"].values())
            self.assertEqual(stats["answered"], asked + 1)
            # An open breaker is no beginning.
            ask(daemon.control, {"cmd": "breaker", "strategy": "s", "action": "force_open"})
            again = drill(*args)
            self.assertEqual(again.returncode, 1)
            self.assertIn("FORCED_OPEN already", again.stderr)

    @contextlib.contextmanager
    def outage_held(self, interval):
        """A drill in the middle of its outage; afterwards the LLM is mended."""
        with MockLlm() as llm, Daemon(config(llm.url)) as daemon:
            self.feed(daemon)
            with Process(["drill", "--simulator", llm.url, "--connect", daemon.control,
                          "--interval", interval, "--hold", "600"]) as running:
                running.wait_line("CLOSED -> OPEN")
                self.assertEqual(llm.counts()["fault"], "status:503")
                yield running, daemon
                self.assertEqual(running.stop(signal.SIGINT), 1)
                self.assertIn("the LLM is mended", "\n".join(running.lines))
            self.assertEqual(llm.counts()["fault"], "ok")

    def test_an_interrupted_drill_mends_the_llm(self):
        with self.outage_held("0.1"):
            pass

    def test_a_daemon_that_dies_does_not_hold_the_drill(self):
        with self.outage_held("0.001") as (_, daemon):
            daemon.child.kill()
            time.sleep(4)  # more requests than a socket without a peer takes

    def test_a_forming_candle_is_none_to_drill_on(self):
        with MockLlm() as llm, Daemon(config(llm.url)) as daemon:
            push = pusher(daemon.candles)
            push.send_json({**candle("A/B", "5m", [last_closed() + 300_000, 1, 2, 1, 2, 1]),
                            "closed": False})
            end = time.monotonic() + PATIENCE
            while ask(daemon.control, {"cmd": "status"})["series_count"] < 1:
                self.assertLess(time.monotonic(), end)
            none = drill("--simulator", llm.url, "--connect", daemon.control)
            self.assertEqual(none.returncode, 1)
            self.assertIn("no candles that s watches", none.stderr)
            push.close()

    def test_what_is_missing_is_said(self):
        with MockLlm() as llm, Daemon(config(llm.url)) as daemon:
            to = ("--connect", daemon.control)
            none = drill("--simulator", llm.url, *to)
            self.assertEqual(none.returncode, 1)
            self.assertIn("no candles that s watches", none.stderr)
            self.feed(daemon)
            nobody = drill("--simulator", "http://127.0.0.1:9", *to, "--interval", "0.1")
            self.assertEqual(nobody.returncode, 1)
            self.assertIn("the simulator at http://127.0.0.1:9 cannot be reached", nobody.stderr)
            llm.fault("status:400")
            sick = drill("--simulator", llm.url, *to, "--interval", "0.1")
            self.assertEqual(sick.returncode, 1)
            self.assertIn("does not answer before it is broken (llm_bad_request", sick.stderr)
        with Daemon(config()) as daemon:
            off = drill("--simulator", "http://127.0.0.1:9", "--connect", daemon.control)
            self.assertEqual(off.returncode, 2)
            self.assertIn("no strategy asks an LLM", off.stderr)


if __name__ == "__main__":
    unittest.main()
