"""What can be said of the container files where no engine is: no image is built here. The
last stage's steps run for real in tests/package/install."""

import glob
import os
import shlex
import subprocess
import sys
import tempfile
import unittest

import yaml

from peers import BINARY, Daemon, config

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FOLDER = os.path.join(ROOT, "deploy", "container")
sys.path.insert(0, os.path.join(ROOT, "tests", "package"))
from container_steps import instructions, stages  # noqa: E402

FILE = os.path.join(FOLDER, "Containerfile")
KNOWN = {"FROM", "WORKDIR", "COPY", "RUN", "USER", "VOLUME", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"}


class Containerfile(unittest.TestCase):
    def test_it_copies_what_is_there_and_runs_as_nobody_special(self):
        for path in glob.glob(os.path.join(FOLDER, "Containerfile*")):
            for name, text in instructions(path):
                self.assertIn(name, KNOWN, path)
                if name == "COPY" and not text.startswith("--from"):
                    for source in shlex.split(text)[:-1]:
                        self.assertTrue(os.path.exists(os.path.join(ROOT, source)), source)
        build, last = stages(FILE)
        self.assertRegex(dict(build)["FROM"], r" AS build$")
        order = [name for name, _ in last]
        self.assertEqual(dict(last)["USER"], "riskbreaker")
        self.assertNotIn("RUN", order[order.index("USER"):], "nothing is installed after")

    def test_nothing_private_goes_into_the_image(self):
        with open(os.path.join(ROOT, ".dockerignore"), encoding="utf-8") as file:
            ignored = file.read().split()
        self.assertLessEqual({"build/", ".git/", "deploy/container/riskbreaker.env"}, set(ignored))

    def test_the_shell_of_the_steps_is_sound(self):
        for stage in stages(FILE):
            for name, text in stage:
                if name == "RUN":
                    subprocess.run(["sh", "-n", "-c", text], check=True, timeout=30)

    def test_its_configuration_is_good_and_opens_no_port(self):
        got = subprocess.run([BINARY, "check", "--print", "-c", os.path.join(ROOT, "config", "riskbreaker.json"),
                              "-c", os.path.join(FOLDER, "container.json")],
                             capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual(got.returncode, 0, got.stderr)
        for name in ("candles", "results", "control"):
            self.assertIn(f"ipc:///run/riskbreaker/{name}", got.stdout)
        self.assertNotIn("tcp://", got.stdout)

    def test_its_health_check_tells_the_living_from_the_dead(self):
        text = dict(stages(FILE)[-1])["HEALTHCHECK"].split("CMD", 1)[1]
        command = yaml.safe_load(text)
        self.assertEqual(command[0], "riskbreaker")
        place = command.index("--connect") + 1
        with tempfile.TemporaryDirectory() as folder:
            settings = config()
            settings["transport"]["control"]["bind"] = f"ipc://{folder}/control"
            command[0], command[place] = BINARY, f"ipc://{folder}/control"
            with Daemon(settings):
                subprocess.run(command, check=True, timeout=30, capture_output=True)
            self.assertEqual(subprocess.run(command, timeout=30, capture_output=True, check=False).returncode, 1)


class Compose(unittest.TestCase):
    def setUp(self):
        with open(os.path.join(FOLDER, "compose.yaml"), encoding="utf-8") as file:
            self.file = yaml.safe_load(file)

    def test_what_it_names_is_there(self):
        for service in self.file["services"].values():
            build = service["build"]
            context = os.path.normpath(os.path.join(FOLDER, build["context"]))
            self.assertTrue(os.path.isfile(os.path.join(context, build["dockerfile"])), build)
            for mount in service["volumes"]:
                source = mount.split(":")[0]
                self.assertTrue(source.startswith("./") or source in self.file["volumes"], source)
            self.assertNotIn("ports", service)

    def test_both_sides_meet_at_the_same_sockets(self):
        with open(os.path.join(FOLDER, "container.json"), encoding="utf-8") as file:
            ours = file.read()
        bot = self.file["services"]["freqtrade"]
        for name, address in bot["environment"].items():
            self.assertRegex(name, r"^FREQTRADE__RISKBREAKER__(PUSH|SUB)$")
            self.assertIn(f'"{address}"', ours)
            self.assertTrue(address.startswith("ipc:///run/riskbreaker/"))
        for service in self.file["services"].values():
            self.assertIn("sockets:/run/riskbreaker", service["volumes"])

    def test_the_daemon_may_do_little(self):
        daemon = self.file["services"]["riskbreaker"]
        self.assertTrue(daemon["read_only"])
        self.assertEqual(daemon["cap_drop"], ["ALL"])
        self.assertIn("no-new-privileges:true", daemon["security_opt"])


if __name__ == "__main__":
    unittest.main()
