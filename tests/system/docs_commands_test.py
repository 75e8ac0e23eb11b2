"""Every `sh` block of the guides, run as it stands there against a daemon: only places and
addresses are others, and systemctl, journalctl and sudo are stood in for."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from peers import BINARY, Daemon, MockLlm, config, last_closed, real_or_made_up_candles

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
UNIT = os.path.join(ROOT, "deploy", "systemd", "riskbreaker.service")
STAND_INS = {
    # Addresses are the only thing added.
    "riskbreaker": """case $1 in
ctl) exec "$BINARY" "$@" --connect "$CONTROL" ;;
push) exec "$BINARY" "$@" --connect "$CANDLES" ;;
watch) exec "$BINARY" "$@" --connect "$RESULTS" ;;
*) exec "$BINARY" "$@" ;;
esac""",
    "sudo": 'exec "$@"',
    "systemctl": """[ "$2" = riskbreaker ] && [ -f "$UNIT" ] || exit 5
case $1 in
status) exit 0 ;;
reload) grep -q '^ExecReload=.*kill -HUP' "$UNIT" && kill -HUP "$PID" ;;
*) exit 5 ;;
esac""",
    "journalctl": '[ "$1 $2" = "-u riskbreaker" ] && cat "$LOG"',
}


def blocks(name):
    with open(os.path.join(ROOT, "docs", name), encoding="utf-8") as file:
        return re.findall(r"^```sh\n(.*?)^```", file.read(), re.S | re.M)


class Guide(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = os.path.join(folder.name, "home")
        self.bin = os.path.join(folder.name, "bin")
        self.state = os.path.join(folder.name, "state")
        self.user_data = os.path.join(self.home, "freqtrade", "user_data")
        for path in (self.bin, self.state, os.path.join(self.user_data, "strategies"),
                     os.path.join(self.user_data, "data", "binance")):
            os.makedirs(path)
        for name, text in STAND_INS.items():
            path = os.path.join(self.bin, name)
            with open(path, "w", encoding="utf-8") as file:
                file.write(f"#!/bin/sh\n{text}\n")
            os.chmod(path, 0o755)
        _, _, rows = real_or_made_up_candles(230)
        end = last_closed()
        rows = [[end - (len(rows) - 1 - i) * 300_000, *row[1:]] for i, row in enumerate(rows)]
        with open(os.path.join(self.user_data, "data", "binance", "BTC_USDT-5m.json"), "w", encoding="utf-8") as file:
            json.dump(rows, file)
        with open(os.path.join(self.user_data, "config.json"), "w", encoding="utf-8") as file:
            file.write("{}")
        self.llm = MockLlm()
        self.addCleanup(self.llm.__exit__)
        settings = config(self.llm.url)
        common = settings["strategies"].pop("s")
        settings["strategies"] = {"ichimoku_llm_risk": common, "bb_meanreversion_llm": common}
        settings["journal"]["path"] = os.path.join(self.state, "riskbreaker.db")
        self.daemon = Daemon(settings, files={"riskbreaker.env": "NANO_GPT_API_KEY=test\n"})
        self.addCleanup(self.daemon.__exit__)

    def run_block(self, text):
        log = os.path.join(self.state, "log")
        with open(log, "w", encoding="utf-8") as file:
            file.write("\n".join(self.daemon.lines))
        for there, here in (("/etc/riskbreaker/", self.daemon.folder.name + "/"),
                            ("/var/lib/riskbreaker", self.state),
                            ("/usr/share/riskbreaker/freqtrade", os.path.join(ROOT, "deploy", "freqtrade")),
                            ("/tmp/riskbreaker-copy.db", os.path.join(self.state, "copy.db")),
                            ("https://nano-gpt.com/api/v1", self.llm.url)):
            text = text.replace(there, here)
        env = {"PATH": f"{self.bin}:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": self.home, "BINARY": BINARY, "UNIT": UNIT,
               "CONTROL": self.daemon.control, "CANDLES": self.daemon.candles, "RESULTS": self.daemon.results,
               "PID": str(self.daemon.child.pid), "LOG": log}
        got = subprocess.run(["sh", "-eu", "-c", text], env=env, capture_output=True, text=True, timeout=100, check=False)
        self.assertEqual(got.returncode, 0, f"{text}\n{got.stdout}\n{got.stderr}")
        return got.stdout

    def test_migration_there_and_back(self):
        strategies = os.path.join(self.user_data, "strategies")
        self.daemon.wait_line("restored|serves")
        said = []
        for text in blocks("migration.md"):
            said.append(self.run_block(text))
            if "freqtrade/upgrade" in text:
                self.assertEqual(len([x for x in os.listdir(strategies) if x.endswith(".py")]), 4)
            if "ctl assess" in text:
                self.assertIn('"source":"llm"', said[-1])
                time.sleep(0.5)  # the journal writes every 50 ms
            if "ctl export" in text:
                with open(os.path.join(self.user_data, "scores.csv"), encoding="utf-8") as file:
                    rows = file.read().splitlines()
                self.assertTrue(rows[0].startswith("pair,timeframe,time,score,confidence"), rows)
                self.assertEqual(len(rows), 31, rows)
        self.assertGreaterEqual(len(said), 8)
        self.assertEqual(os.listdir(strategies), [])

    def test_troubleshooting(self):
        if not shutil.which("sqlite3"):
            self.skipTest("sqlite3 is not installed")
        self.run_block("riskbreaker push --history 200 --timeframe 5m --pair BTC/USDT "
                       "~/freqtrade/user_data/data/binance/BTC_USDT-5m.json")
        self.daemon.child.send_signal(signal.SIGHUP)
        time.sleep(1)
        said = [self.run_block(text) for text in blocks("troubleshooting.md")]
        self.assertGreaterEqual(len(said), 11)
        whole = "\n".join(said)
        for piece in ('"data"', "success", "BTC/USDT", "ok: 2 strategies", "\nok\n", '"version":1'):
            self.assertIn(piece, whole)
        self.assertTrue(os.path.getsize(os.path.join(self.state, "copy.db")) > 0)


class Links(unittest.TestCase):
    def test_they_lead_somewhere(self):
        for name in ("README.md", *(f"docs/{x}" for x in os.listdir(os.path.join(ROOT, "docs")) if x.endswith(".md"))):
            with open(os.path.join(ROOT, name), encoding="utf-8") as file:
                text = file.read()
            for target in re.findall(r"\]\(([^)\s]+)\)", text):
                path, _, anchor = target.partition("#")
                if "://" in path:
                    continue
                there = os.path.normpath(os.path.join(ROOT, os.path.dirname(name), path)) if path \
                    else os.path.join(ROOT, name)
                self.assertTrue(os.path.exists(there), f"{name}: {target}")
                if anchor:
                    with open(there, encoding="utf-8") as file:
                        heads = [re.sub(r"[^\w\- ]", "", x.strip().lower()).replace(" ", "-")
                                 for x in re.findall(r"^#+ (.*)$", file.read(), re.M)]
                    self.assertIn(anchor, heads, f"{name}: {target}")


if __name__ == "__main__":
    unittest.main(warnings="ignore")
