"""Completion in the shells themselves, where they are installed; bash always is."""

import os
import shutil
import subprocess
import tempfile
import unittest

from peers import BINARY


def script(shell):
    return subprocess.run([BINARY, "completion", shell], capture_output=True, text=True,
                          timeout=20, check=True).stdout


def run(args, **kwargs):
    return subprocess.run(args, capture_output=True, text=True, timeout=30, check=False, **kwargs)


class Bash(unittest.TestCase):
    def complete(self, *words, files=()):
        """What bash offers for the last word."""
        with tempfile.TemporaryDirectory() as folder:
            for name in files:
                with open(os.path.join(folder, name), "w", encoding="utf-8"):
                    pass
            done = run(["bash", "-c", script("bash") + '\nCOMP_WORDS=("$@"); '
                        'COMP_CWORD=$(($# - 1)); _riskbreaker; printf "%s\\n" "${COMPREPLY[@]}"',
                        "x", "riskbreaker", *words], cwd=folder)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return set(done.stdout.split())

    def test_commands(self):
        self.assertLessEqual({"serve", "push", "watch", "ctl", "drill", "keygen", "completion"},
                             self.complete(""))
        self.assertEqual(self.complete("com"), {"completion"})

    def test_subcommands_and_their_options(self):
        self.assertLessEqual({"status", "reset", "history"}, self.complete("ctl", ""))
        self.assertEqual(self.complete("ctl", "--timeout", "3", "rel"), {"reload"})
        self.assertLessEqual({"--limit", "--strategy", "--connect", "--log-level"},
                             self.complete("ctl", "history", "--"))
        self.assertEqual(self.complete("push", "--hist"), {"--history"})
        self.assertNotIn("--history", self.complete("watch", "--"))

    def test_values(self):
        self.assertEqual(self.complete("--log-level", ""),
                         {"trace", "debug", "info", "warn", "error", "off"})
        self.assertEqual(self.complete("score", "--profile", "b"), {"bb_meanreversion"})
        self.assertEqual(self.complete("completion", "--log-format", "j"), {"json"})

    def test_files(self):
        self.assertEqual(self.complete("serve", "-c", "con", files=("config.json", "other")),
                         {"config.json"})
        self.assertEqual(self.complete("push", "", files=("a.csv",)), {"a.csv"})


@unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
class Zsh(unittest.TestCase):
    def complete(self, *words):
        """What zsh would show; its completion system is replaced by two functions."""
        text = script("zsh").replace("#compdef riskbreaker", "")
        done = run(["zsh", "-f", "-c", r'''
compdef() { : }
_files() { print FILES }
compadd() { shift; print -l -- "$@" }
_describe() { print -l -- "${(@P)2}" }
''' + text + '\nwords=("$@"); CURRENT=$#; PREFIX=$words[-1]; _riskbreaker',
                    "x", "riskbreaker", *words])
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.splitlines()

    def test_commands_options_and_values(self):
        self.assertIn("watch:", "\n".join(self.complete("")))
        self.assertIn("status:Each strategy's breaker", self.complete("ctl", ""))
        self.assertTrue(any(x.startswith("--history:") for x in self.complete("push", "--")))
        self.assertEqual(self.complete("--log-format", ""), ["text", "json"])
        self.assertEqual(self.complete("serve", "-c", ""), ["FILES"])


@unittest.skipUnless(shutil.which("fish"), "fish is not installed")
class Fish(unittest.TestCase):
    def complete(self, line):
        with tempfile.TemporaryDirectory() as home:
            done = run(["fish", "--no-config", "-c", script("fish") + f'\ncomplete -C "{line}"'],
                       env={**os.environ, "HOME": home, "XDG_CONFIG_HOME": home,
                            "XDG_DATA_HOME": home}, cwd=home)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return {x.split("\t")[0] for x in done.stdout.splitlines()}

    def test_commands_options_and_values(self):
        self.assertLessEqual({"serve", "ctl", "drill"}, self.complete("riskbreaker "))
        self.assertLessEqual({"status", "reset"}, self.complete("riskbreaker ctl "))
        self.assertIn("--history", self.complete("riskbreaker push --hi"))
        self.assertEqual(self.complete("riskbreaker --log-format "), {"text", "json"})
        self.assertNotIn("status", self.complete("riskbreaker ctl history "))


if __name__ == "__main__":
    unittest.main()
