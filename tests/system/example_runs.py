"""What examples/ must do in every language: push a candle, follow the risk, ask how it is."""

import os
import subprocess
import threading
import time

from peers import PATIENCE, Daemon, Subscriber, candle, config, last_closed, pusher

EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples")
FIRST = "ETH/USDT"  # pushed by us before the example pushes its own
OWN = "BTC/USDT"


class Follower:
    """A running `follow` with the lines that it has printed and when."""

    def __init__(self, command):
        self.lines = []
        self._changed = threading.Condition()
        self._child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        for line in self._child.stdout:
            with self._changed:
                self.lines.append(line.rstrip("\n"))
                self._changed.notify_all()

    def wait(self, text, limit=PATIENCE):
        with self._changed:
            def found():
                return [x for x in self.lines if text in x]
            if not self._changed.wait_for(found, limit):
                raise AssertionError(f"no line with {text!r} in {self.lines}")
            return found()[0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._child.kill()
        self._child.wait()
        self._thread.join(2)
        self._child.stdout.close()


class Examples:
    """Mixed into a TestCase, which brings `command(name, *args)` and the two checks."""

    def command(self, name, *args):
        raise NotImplementedError

    def check_line(self, pair, line):
        """A line of `follow` about a series of one candle, which every gate blocks."""
        self.assertEqual([float(x) if x[0].isdigit() else x for x in line.split()],
                         [pair, 50, 0, "block", "fallback", "llm_disabled"])

    def check_state(self, printed):
        self.assertEqual(printed, "s closed\n")

    def run_once(self, name, endpoint, limit=30):
        return subprocess.run(self.command(name, endpoint), capture_output=True, text=True,
                              timeout=limit, check=False)

    def test_it_pushes_follows_and_asks(self):
        with Daemon(config(llm={"endpoints": []})) as daemon:
            ours = Subscriber(daemon.results, "")
            ours.wait_count("heartbeat", 1)
            with pusher(daemon.candles) as push:
                push.send_json(candle(FIRST, "5m", [last_closed(), 1, 1, 1, 1, 1]))
                ours.wait_count(f"risk.s.{FIRST}", 1)
            with Follower(self.command("follow", daemon.results)) as follower:
                self.check_line(FIRST, follower.wait(FIRST))  # so it listens
                done = self.run_once("push", daemon.candles)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.check_line(OWN, follower.wait(OWN))
                self.assertEqual(len(follower.lines), 2)
            ours.wait_count(f"risk.s.{OWN}", 1)
            self.assertEqual(ours.of("ingest."), [])
            self.late_subscriber_knows_all(daemon)
            asked = self.run_once("control", daemon.control)
            self.assertEqual((asked.returncode, asked.stderr), (0, ""))
            self.check_state(asked.stdout)
            ours.close()

    def late_subscriber_knows_all(self, daemon):
        """Nothing is pushed meanwhile: what it prints is the last value of each topic."""
        with Follower(self.command("follow", daemon.results)) as late:
            began = time.monotonic()
            for pair in (FIRST, OWN):
                self.check_line(pair, late.wait(pair))
            print(f"late subscriber told after {time.monotonic() - began:.2f} s")
            self.assertEqual(len(late.lines), 2)

    def test_without_a_daemon_nothing_hangs(self):
        """Nobody listens on port 9 of the loopback."""
        results = {}

        def run(name):
            results[name] = self.run_once(name, "tcp://127.0.0.1:9", limit=15).returncode

        threads = [threading.Thread(target=run, args=(x,)) for x in ("push", "control")]
        for x in threads:
            x.start()
        for x in threads:
            x.join()
        self.assertIn("push", results)
        self.assertNotEqual(results.get("control", 0), 0)
