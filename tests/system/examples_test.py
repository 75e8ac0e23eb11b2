"""examples/python with pyzmq and examples/c with nothing but libzmq, as they stand there."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

from example_runs import EXAMPLES, Examples


class Python(Examples, unittest.TestCase):
    def command(self, name, *args):
        return [sys.executable, "-u", os.path.join(EXAMPLES, "python", f"{name}.py"), *args]


class C(Examples, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        for name in ("push", "follow", "control"):
            subprocess.run(
                ["cc", "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-o",
                 os.path.join(cls.folder.name, name), os.path.join(EXAMPLES, "c", f"{name}.c"),
                 "-lzmq"], check=True, timeout=60)

    def command(self, name, *args):
        return [os.path.join(self.folder.name, name), *args]

    def check_line(self, pair, line):
        topic, payload = line.split(" ", 1)
        self.assertEqual(topic, f"risk.s.{pair}.5m")
        x = json.loads(payload)
        self.assertEqual((x["pair"], x["score"], x["confidence"], x["verdict"], x["cause"]),
                         (pair, 50, 0, "block", "llm_disabled"))

    def check_state(self, printed):
        self.assertEqual(json.loads(printed)["strategies"]["s"]["state"], "closed")


if __name__ == "__main__":
    unittest.main(warnings="ignore")  # sockets end with the process
