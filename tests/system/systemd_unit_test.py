"""systemd's own opinion of our unit."""

import configparser
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from peers import BINARY

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
UNIT = os.path.join(ROOT, "deploy", "systemd", "riskbreaker.service")
MOST_EXPOSED = 1.5  # of 10; it was 1.4 when this was written


def run(*args):
    return subprocess.run(["systemd-analyze", *args], capture_output=True, text=True, timeout=60, check=False)


def settings(section):
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str
    parser.read(UNIT)
    return parser[section]


class Unit(unittest.TestCase):
    def test_it_is_verified(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "riskbreaker.service")
            with open(UNIT, encoding="utf-8") as file:
                text = file.read().replace("/usr/bin/riskbreaker", BINARY)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            got = run("verify", "--man=no", path)
            ours = [x for x in got.stderr.splitlines() if "riskbreaker" in x]
            self.assertEqual((got.returncode, ours), (0, []), got.stderr)
            with open(path, "a", encoding="utf-8") as file:
                file.write("[Service]\nNoSuchKey=1\n")
            self.assertIn("NoSuchKey", run("verify", "--man=no", path).stderr, "it would be seen")

    def test_it_is_exposed_to_little(self):
        got = run("security", "--offline=true", UNIT, f"--threshold={round(MOST_EXPOSED * 10)}")
        score = re.search(r"Overall exposure level.*: (\d+\.\d)", got.stdout)
        self.assertEqual(got.returncode, 0, got.stdout)
        print(f"systemd-analyze security: {score.group(1)} of 10 (at most {MOST_EXPOSED})")

    def test_its_times_fit_the_daemon(self):
        service = settings("Service")
        self.assertEqual(service["Type"], "notify")
        self.assertGreater(int(service["TimeoutStopSec"]), 2, "a stop may take two seconds")
        self.assertGreaterEqual(int(service["WatchdogSec"]), 10)
        self.assertIn("78", service["RestartPreventExitStatus"].split())


if __name__ == "__main__":
    if not shutil.which("systemd-analyze"):
        print("systemd-analyze is not installed: nothing was checked")
        sys.exit(77)
    unittest.main()
