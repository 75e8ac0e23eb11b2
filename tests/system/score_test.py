"""`riskbreaker score` as a process: a filter among others."""

import os
import re
import signal
import subprocess
import unittest

from peers import BINARY

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
HEADER = "pair,timeframe,open_time_ms,open,high,low,close,volume\n"


def rows(count):
    return "".join(f"A/B,5m,{1_500_000_000_000 + i * 300_000},1,2,1,{1 + i % 7 / 10},3\n"
                   for i in range(count))


def score(*arguments, stdin=None, **more):
    return subprocess.run([BINARY, "score", *arguments], input=stdin, capture_output=True,
                          text=True, timeout=60, check=False, cwd=ROOT, **more)


class Examples(unittest.TestCase):
    def run_shell(self, text):
        return subprocess.run(["bash", "-c", text.replace("build/release/riskbreaker", BINARY)
                               .replace("| riskbreaker", "| " + BINARY)], cwd=ROOT,
                              capture_output=True, text=True, timeout=60, check=False)

    def test_the_readmes_example_works_when_pasted(self):
        with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
            blocks = re.findall(r"```sh\n(.*?)```", file.read(), re.S)
        example = next(x for x in blocks if "riskbreaker score" in x)
        got = self.run_shell(example.replace("> scores.csv", ""))
        self.assertEqual(got.returncode, 0, got.stderr)
        lines = got.stdout.splitlines()
        self.assertEqual(len(lines), 701)
        self.assertTrue(lines[700].startswith("BTC/USDT,5m,"), lines[700])

    def test_the_helps_example_works_when_pasted(self):
        text = score("--help").stdout
        example = next(x for x in text.splitlines() if "printf" in x)
        got = self.run_shell(example)
        self.assertEqual(got.returncode, 0, got.stderr)
        self.assertIn("BTC/USDT,5m,1700000100000,50,0\n", got.stdout)


class Filter(unittest.TestCase):
    def test_a_live_pipe_gets_each_row_at_once(self):
        with subprocess.Popen([BINARY, "score", "-"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as child:
            lines = rows(3).splitlines(keepends=True)
            child.stdin.write(HEADER + lines[0])
            child.stdin.flush()
            self.assertEqual(child.stdout.readline(), "pair,timeframe,time,score,confidence\n")
            self.assertEqual(child.stdout.readline(), "A/B,5m,1500000000000,50,0\n")
            child.stdin.write(lines[1] + lines[2][:9])
            child.stdin.flush()
            self.assertEqual(child.stdout.readline(), "A/B,5m,1500000300000,50,0\n")
            child.stdin.write(lines[2][9:])
            child.stdin.close()
            self.assertEqual(child.stdout.readline(), "A/B,5m,1500000600000,50,0\n")
            self.assertEqual(child.wait(10), 0)

    def test_a_signal_ends_the_wait_with_whole_rows(self):
        with subprocess.Popen([BINARY, "score", "-"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as child:
            child.stdin.write(HEADER + rows(2) + "A/B,5m,15000")
            child.stdin.flush()
            for _ in range(3):
                child.stdout.readline()
            child.send_signal(signal.SIGINT)
            self.assertEqual(child.wait(10), 1)
            self.assertEqual(child.stdout.read(), "")
            self.assertEqual(child.stderr.read(),
                             "riskbreaker score: interrupted after 2 candles\n")
            child.stdin.close()

    def test_a_reader_that_leaves_ends_it_quietly(self):
        with subprocess.Popen([BINARY, "score", "-"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as child:
            child.stdout.close()
            try:
                child.stdin.write(HEADER + rows(50_000))
                child.stdin.close()
            except BrokenPipeError:
                pass
            self.assertEqual(child.wait(10), 0)
            self.assertEqual(child.stderr.read(), "")

    def test_a_full_disk_is_a_failure(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            got = subprocess.run([BINARY, "score", "-"], input=HEADER + rows(10), stdout=full,
                                 stderr=subprocess.PIPE, text=True, timeout=30, check=False)
        self.assertEqual(got.returncode, 1)
        self.assertIn("cannot be written: No space left on device", got.stderr)

    def test_times_are_utc_wherever_it_runs(self):
        want = score("-", stdin=HEADER + rows(100))
        for zone in ("America/New_York", "Asia/Kolkata"):
            got = score("-", stdin=HEADER + rows(100), env={**os.environ, "TZ": zone})
            self.assertEqual(got.stdout, want.stdout)


if __name__ == "__main__":
    unittest.main(warnings="ignore")
