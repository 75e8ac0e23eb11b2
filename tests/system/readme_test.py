"""The README's own examples, run as they stand there but for the ports."""

import os
import re
import subprocess
import sys
import time
import unittest

from peers import BINARY, Daemon, Process, Subscriber, config

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


class Readme(unittest.TestCase):
    def setUp(self):
        with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
            self.text = file.read()

    def test_the_python_examples_push_and_follow(self):
        blocks = re.findall(r"```python\n(.*?)```", self.text, re.S)
        push = next(x for x in blocks if "zmq.PUSH" in x)
        follow = next(x for x in blocks if "zmq.SUB" in x)
        settings = config(llm={"endpoints": []})
        settings["strategies"]["ichimoku_llm_risk"] = settings["strategies"].pop("s")
        with Daemon(settings) as daemon:
            push = push.replace("tcp://127.0.0.1:5555", daemon.candles)
            follow = follow.replace("tcp://127.0.0.1:5556", daemon.results)
            watcher = subprocess.Popen([sys.executable, "-u", "-c", follow], text=True,
                                       stdout=subprocess.PIPE)
            time.sleep(1)
            subprocess.run([sys.executable, "-c", push], check=True, timeout=30)
            line = watcher.stdout.readline()
            watcher.kill()
            watcher.wait()
            watcher.stdout.close()
            self.assertTrue(line.startswith("BTC/USDT 50"), line)
            self.assertIn("block fallback llm_disabled", line)

    def test_the_default_configuration_is_good(self):
        got = subprocess.run([BINARY, "check", "-c", "config/riskbreaker.json"], cwd=ROOT,
                             capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual(got.returncode, 0, got.stderr)
        self.assertIn("ichimoku_llm_risk", got.stdout)


class Demo(unittest.TestCase):
    def test_it_shows_the_outage_and_ends_well(self):
        began = time.monotonic()
        with Process(["demo"]) as demo:
            code = demo.child.wait(60)
            demo.wait_line("OK: every request")
            self.assertEqual(code, 0)
            text = "\n".join(demo.out)
            for step in ("CLOSED -> OPEN", "OPEN -> HALF_OPEN", "HALF_OPEN -> CLOSED"):
                self.assertIn(step, text)
        print(f"demo took {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    unittest.main(warnings="ignore")  # sockets end with the process
