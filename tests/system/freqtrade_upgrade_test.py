"""deploy/freqtrade's upgrade, rollback and bot on a folder laid out like Freqtrade's user_data."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
SHIPPED = os.path.join(ROOT, "deploy", "freqtrade")
FILES = sorted(x for x in os.listdir(SHIPPED) if x.endswith(".py"))
OURS = "riskbreaker-"  # what the scripts keep beside the strategies
BOT = "import signal, time\nsignal.signal(signal.SIGTERM, lambda *_: exit(0))\nwhile True: time.sleep(0.1)\n"


def runs(pid):
    """Whether it does; one that only waits for its parent to notice the end does not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rsplit(") ", 1)[1][0] != "Z"
    except FileNotFoundError:
        return False


class UserData(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="user's bots ")
        self.addCleanup(folder.cleanup)
        self.scripts = os.path.join(folder.name, "the scripts")
        shutil.copytree(SHIPPED, self.scripts, ignore=shutil.ignore_patterns("__pycache__"))
        self.user_data = os.path.join(folder.name, "user data")
        for name in ("strategies", "data/binance", "hyperopts", "logs"):
            os.makedirs(os.path.join(self.user_data, name))
        # The seed's own strategy, one of the user's, and a configuration.
        self.put("strategies/IchimokuLLMRiskStrategy.py", b"# the one before, \xff\r\n", 0o640)
        self.put("strategies/Mine.py", b"# mine\n", 0o600)
        self.put("config.json", b"{}", 0o600)
        os.utime(self.path("strategies/IchimokuLLMRiskStrategy.py"), (1_600_000_000, 1_600_000_000))
        self.before = self.content()

    def path(self, name):
        return os.path.join(self.user_data, name)

    def put(self, name, data, mode=0o644):
        with open(self.path(name), "wb") as file:
            file.write(data)
        os.chmod(self.path(name), mode)

    def content(self):
        """Bytes, mode and time of every file but those that the scripts keep."""
        found = {}
        for folder, _, names in os.walk(self.user_data):
            for name in names:
                path = os.path.join(folder, name)
                inside = os.path.relpath(path, self.user_data)
                if inside.startswith((OURS, ".riskbreaker.lock")):
                    continue
                with open(path, "rb") as file:
                    about = os.stat(path)
                    found[inside] = (file.read(), stat.S_IMODE(about.st_mode), int(about.st_mtime))
        return found

    def shipped(self, name):
        with open(os.path.join(self.scripts, name), "rb") as file:
            return file.read()

    def interrupted(self, tool, call, script="upgrade"):
        """Runs the script with a `tool` that kills it, as kill -9 would, at its n-th call."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, tool)
            with open(path, "w", encoding="utf-8") as file:
                file.write(f'#!/bin/sh\necho x >>"{folder}/calls"\n'
                           f'[ "$(wc -l <"{folder}/calls")" != {call} ] || {{ kill -9 $PPID; exit 1; }}\n'
                           f'exec {shutil.which(tool)} "$@"\n')
            os.chmod(path, 0o755)
            got = subprocess.run([os.path.join(self.scripts, script), self.user_data], capture_output=True,
                                 timeout=60, check=False, env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"})
            self.assertEqual(got.returncode, -signal.SIGKILL, got)

    def run_script(self, name, *args, good=True, env=None):
        got = subprocess.run([os.path.join(self.scripts, name), *args], capture_output=True, text=True,
                             timeout=60, check=False, cwd="/", env={**os.environ, **(env or {})})
        self.assertEqual(got.returncode == 0, good, (got.stdout, got.stderr))
        return got.stdout + got.stderr

    def upgrade(self, **more):
        return self.run_script("upgrade", self.user_data, **more)

    def rollback(self, *flags, **more):
        return self.run_script("rollback", *flags, self.user_data, **more)

    def assert_installed(self):
        now = self.content()
        for name in FILES:
            self.assertEqual(now[f"strategies/{name}"][0], self.shipped(name))
        for name in ("strategies/Mine.py", "config.json"):
            self.assertEqual(now[name], self.before[name])
        self.assertEqual(len(now), len(self.before) + len(FILES) - 1)

    def backups(self):
        return sorted(os.listdir(self.path("riskbreaker-backups")))


class Upgrade(UserData):
    def test_it_installs_and_is_taken_back_byte_for_byte(self):
        self.assertEqual(len(FILES), 4)
        self.assertIn("installed into", self.upgrade())
        self.assert_installed()
        self.assertRegex(self.rollback(), r"as it was before \d{8}-\d{6}-00")
        self.assertEqual(self.content(), self.before)
        self.assertIn("no upgrade is left", self.rollback(good=False))
        self.assertEqual(self.content(), self.before)

    def test_twice_is_once(self):
        self.upgrade()
        self.assertIn("up to date", self.upgrade())
        self.assertEqual(len(self.backups()), 1)
        self.rollback()
        self.assertEqual(self.content(), self.before)

    def test_two_versions_are_taken_back_one_by_one(self):
        self.upgrade()
        first = self.content()
        with open(os.path.join(self.scripts, "riskbreaker_mixin.py"), "a", encoding="utf-8") as file:
            file.write("# the next version\n")
        self.upgrade()  # within the same second, most of the time
        self.assert_installed()
        self.assertEqual(len(self.backups()), 2)
        self.rollback()
        self.assertEqual(self.content(), first)
        self.rollback()
        self.assertEqual(self.content(), self.before)
        self.rollback(good=False)
        self.assertEqual([x.endswith(".rolled-back") for x in self.backups()], [True, True])

    def test_edits_are_never_lost(self):
        self.upgrade()
        self.put("strategies/riskbreaker_mixin.py", b"# edited\n")
        edited = self.content()
        said = self.rollback(good=False)
        self.assertIn("riskbreaker_mixin.py", said)
        self.assertIn("--force", said)
        self.assertNotIn("client", said)
        self.assertEqual(self.content(), edited)
        self.rollback("--force")
        self.assertEqual(self.content(), self.before)
        kept = self.path(f"riskbreaker-backups/{self.backups()[0]}/edited/riskbreaker_mixin.py")
        with open(kept, "rb") as file:
            self.assertEqual(file.read(), b"# edited\n")

    def test_a_link_stays_a_link(self):
        os.remove(self.path("strategies/IchimokuLLMRiskStrategy.py"))
        self.put("elsewhere.py", b"# in a repository\n")
        os.symlink("../elsewhere.py", self.path("strategies/IchimokuLLMRiskStrategy.py"))
        self.upgrade()
        with open(self.path("elsewhere.py"), "rb") as file:
            self.assertEqual(file.read(), b"# in a repository\n")
        self.rollback()
        self.assertEqual(os.readlink(self.path("strategies/IchimokuLLMRiskStrategy.py")), "../elsewhere.py")

    def test_interrupted_anywhere_it_can_be_taken_back_or_done_again(self):
        # Each of these tools is a place to die at; the n-th call of it kills the script.
        for again in ("rollback", "upgrade"):
            for tool, most in (("cp", 5), ("mv", 5), ("touch", 1), ("sync", 1), ("chmod", 4)):
                for call in range(1, most + 1):
                    with self.subTest(again=again, tool=tool, call=call):
                        self.interrupted(tool, call)
                        if again == "upgrade":
                            self.upgrade()
                            self.assert_installed()
                        if again == "upgrade" or any(x[-1].isdigit() for x in self.backups()):
                            self.rollback()
                        self.assertEqual(self.content(), self.before)
                        shutil.rmtree(self.path("riskbreaker-backups"))

    def test_a_rollback_that_is_interrupted_goes_on(self):
        for tool, most in (("cp", 1), ("mv", 2), ("rm", 4)):
            for call in range(1, most + 1):
                with self.subTest(tool=tool, call=call):
                    self.upgrade()
                    self.interrupted(tool, call, "rollback")
                    self.rollback()
                    self.assertEqual(self.content(), self.before)
                    shutil.rmtree(self.path("riskbreaker-backups"))

    def test_an_edit_after_an_interruption_is_not_lost_either(self):
        self.interrupted("mv", 3)
        self.put("strategies/IchimokuLLMRiskStrategy.py", b"# edited\n")
        self.assertIn("edited", self.upgrade(good=False))
        self.assertIn("edited", self.rollback(good=False))
        self.rollback("--force")
        self.assertEqual(self.content(), self.before)

    def test_mistakes_are_one_line(self):
        for args in ((), ("a", "b"), ("--force",), (self.path("data"),), (self.path("nowhere"),)):
            for script in ("upgrade", "rollback"):
                said = self.run_script(script, *args, good=False)
                self.assertEqual(len(said.splitlines()), 1, said)
        self.assertEqual(self.content(), self.before)

    def test_one_at_a_time(self):
        lock = subprocess.Popen(["flock", self.path(".riskbreaker.lock"), "sleep", "30"])
        self.addCleanup(lock.wait)
        self.addCleanup(lock.kill)
        time.sleep(0.5)
        self.assertIn("another upgrade", self.upgrade(good=False))


class Bot(UserData):
    def setUp(self):
        super().setUp()
        self.put("a bot's program.py", BOT.encode())
        self.before = self.content()
        self.addCleanup(lambda: subprocess.run(
            [os.path.join(self.scripts, "bot"), "stop", self.user_data], capture_output=True, timeout=90, check=False))

    def start(self, *more):
        self.run_script("bot", "start", self.user_data, sys.executable, self.path("a bot's program.py"), *more)
        return self.pid()

    def pid(self):
        return int(self.run_script("bot", "status", self.user_data).split()[-1])

    def test_the_bot_that_it_started_is_stopped_and_started_again(self):
        first = self.start("it's", "$HOME")
        bystander = subprocess.Popen([sys.executable, self.path("a bot's program.py")])
        self.addCleanup(bystander.wait)
        self.addCleanup(bystander.kill)
        self.assertIn("runs already", self.run_script("bot", "start", self.user_data, "true", good=False))
        self.upgrade()
        second = self.pid()
        self.assertNotEqual(first, second)
        self.assertFalse(runs(first))
        with open(f"/proc/{second}/cmdline", "rb") as file:
            self.assertEqual(file.read().split(b"\0")[-3:], [b"it's", b"$HOME", b""])
        self.rollback()
        third = self.pid()
        self.run_script("bot", "stop", self.user_data)
        self.assertFalse(runs(third))
        self.run_script("bot", "stop", self.user_data, good=False)
        self.assertIsNone(bystander.poll(), "the other one runs on")
        self.assertEqual(self.content(), self.before)

    def test_a_number_that_was_given_out_anew_is_nobodys_bot(self):
        first = self.start()
        self.run_script("bot", "stop", self.user_data)
        bystander = subprocess.Popen([sys.executable, self.path("a bot's program.py")])
        self.addCleanup(bystander.wait)
        self.addCleanup(bystander.kill)
        self.put("riskbreaker-bot/process", f"{bystander.pid} 12345\n".encode())
        self.upgrade()
        self.assertIn("no bot runs", self.run_script("bot", "stop", self.user_data, good=False))
        self.assertIsNone(bystander.poll())
        self.assertNotEqual(first, bystander.pid)

    def test_a_bot_that_ends_at_once_is_said(self):
        for command in ("false", "/nowhere/at/all"):
            for _ in range(3):
                said = self.run_script("bot", "start", self.user_data, command, good=False)
                self.assertIn("ended at once", said)
                self.assertIn("no bot runs", self.run_script("bot", "status", self.user_data, good=False))
        self.upgrade()  # nothing holds it up

    def test_one_that_was_written_down_too_late_is_no_bot(self):
        self.start()
        self.run_script("bot", "stop", self.user_data)
        self.put("riskbreaker-bot/process", b"4194304 \n")  # ended before its start could be read
        self.assertIn("no bot runs", self.run_script("bot", "status", self.user_data, good=False))
        self.assertNotEqual(self.start(), 4194304)

    def test_a_bot_is_started_again_after_an_interruption_too(self):
        for tool, call in (("mkdir", 1), ("cp", 1), ("mv", 3), ("chmod", 2)):
            with self.subTest(tool=tool, call=call):
                first = self.start()
                self.interrupted(tool, call)
                self.assertFalse(runs(first))
                self.upgrade()
                self.assertTrue(runs(self.pid()))
                self.rollback()
                self.run_script("bot", "stop", self.user_data)
                shutil.rmtree(self.path("riskbreaker-backups"))
        # Who was stopped by hand stays so.
        self.upgrade()
        self.run_script("bot", "status", self.user_data, good=False)


if __name__ == "__main__":
    unittest.main()
