"""What a restart finds again, and what becomes of the journal when things go wrong."""

import json
import os
import re
import resource
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest

from peers import (BINARY, Daemon, MockLlm, Subscriber, ask, candle, config, last_closed, pusher,
                   real_or_made_up_candles)

# A clean restart keeps all of it; after a kill -9 the docs promise what is older
# than this.
SAVED_AFTER = 1.5


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "journal.db")

    def settings(self, llm_url=None, **strategy):
        out = config(llm_url, **strategy)
        out["journal"]["path"] = self.path
        return out

    def rows(self, sql):
        with sqlite3.connect(f"file:{self.path}?mode=ro", uri=True) as db:
            return db.execute(sql).fetchall()


def status_of(daemon):
    return ask(daemon.control, {"cmd": "status"})


class Restart(Folder):
    # https://github.com/postel-sh/postel/issues/127
    def test_kill_9_while_open_probes_after_the_remaining_time(self):
        # Nobody listens: every call fails.
        settings = self.settings("http://127.0.0.1:9/v1", breaker={
            "failure_threshold": 1, "recovery_timeout": 6})
        with Daemon(settings) as daemon:
            sub = Subscriber(daemon.results, "breaker.")
            pusher(daemon.candles).send_json(
                candle("BTC/USDT", "5m", [last_closed(), 1, 1, 1, 1, 1]))
            sub.wait(lambda all_: any(p["to"] == "open" for _, p in all_))
            retry_at = sub.of("breaker.")[-1]["retry_at"]
            sub.close()
            time.sleep(SAVED_AFTER)
            daemon.stop(signal.SIGKILL)
        with Daemon(settings) as daemon:
            sub = Subscriber(daemon.results, "breaker.")
            first = sub.wait_count("breaker.", 1)[0]
            self.assertEqual((first["cause"], first["to"]), ("restored", "open"))
            self.assertAlmostEqual(first["retry_at"], retry_at, delta=50)
            strategy = status_of(daemon)["strategies"]["s"]
            self.assertEqual((strategy["state"], strategy["consecutive_failures"]), ("open", 1))
            sub.wait(lambda all_: any(p["to"] == "half_open" for _, p in all_), limit=10)
            self.assertAlmostEqual(time.time() * 1000, retry_at, delta=1000)
            sub.close()

    def test_a_forced_state_and_a_days_budget_come_back(self):
        with MockLlm() as llm:
            settings = self.settings(llm.url)
            settings["llm"]["endpoints"]["sim"]["calls_per_day"] = 2
            settings["strategies"]["t"] = {"timeframes": ["5m"], "llm": {"endpoints": []}}
            with Daemon(settings) as daemon:
                sub = Subscriber(daemon.results, "risk.s.")
                push = pusher(daemon.candles)
                for i in range(2):
                    push.send_json(candle(f"P{i}/USDT", "5m", [last_closed(), 1, 1, 1, 1, 1]))
                sub.wait_count("risk.", 2)
                self.assertEqual({x["source"] for x in sub.of("risk.")}, {"llm"})
                ask(daemon.control, {"cmd": "breaker", "strategy": "t", "action": "force_open"})
                self.assertEqual(daemon.stop(), 0)
                sub.close()
            del settings["strategies"]["t"]
            settings["strategies"]["u"] = {"timeframes": ["1h"]}
            with Daemon(settings) as daemon:  # one that is not configured is no trouble
                self.assertEqual(set(status_of(daemon)["strategies"]), {"s", "u"})
            del settings["strategies"]["u"]
            settings["strategies"]["t"] = {"timeframes": ["5m"], "llm": {"endpoints": []}}
            with Daemon(settings) as daemon:
                self.assertEqual(status_of(daemon)["strategies"]["t"]["state"], "forced_open")
                sub = Subscriber(daemon.results, "risk.s.")
                push = pusher(daemon.candles)
                push.send_json(candle("P9/USDT", "5m", [last_closed(), 1, 1, 1, 1, 1]))
                self.assertEqual(sub.wait_count("risk.", 1)[0]["cause"], "budget_exhausted")
                sub.close()
            self.assertEqual(llm.counts()["chats"], 2)

    def test_windows_come_back_to_the_last_bit_and_no_candle_is_asked_twice(self):
        pair, frame, rows = real_or_made_up_candles(700)
        del rows[400:405]  # a hole, filled flat
        settings = self.settings(llm={"endpoints": []})
        plain = config(llm={"endpoints": []})

        def follow(daemon, some):
            sub = Subscriber(daemon.results, "risk.")
            sub_up = Subscriber(daemon.results, "heartbeat")
            sub_up.wait_count("heartbeat", 1)
            push = pusher(daemon.candles)
            for row in some:
                push.send_json(candle(pair, frame, row))
            sub.wait(lambda all_: any(p["candle_time"] == some[-1][0] for _, p in all_))
            sub.close()
            sub_up.close()
            asked = {row[0] for row in some}  # the last value of before comes too
            return {p["candle_time"]: (p["score"], p["factors"]) for p in sub.of("risk.")
                    if p["candle_time"] in asked}

        with Daemon(settings) as daemon, Daemon(plain) as twin:
            follow(daemon, rows[:640])
            follow(twin, rows[:640])
            self.assertEqual(daemon.stop(), 0)
            with Daemon(settings) as after:
                self.assertEqual(ask(after.control, {"cmd": "series"}),
                                 ask(twin.control, {"cmd": "series"}))
                # What was pushed before is a duplicate, revisions and all.
                again = rows[600:641]
                self.assertEqual(set(follow(after, again)), {rows[640][0]})
                expected = follow(twin, rows[640:])
                expected.pop(rows[640][0])
                self.assertEqual(follow(after, rows[641:]), expected)


class History(Folder):
    def test_it_says_what_was_published(self):
        with MockLlm() as llm, Daemon(self.settings(llm.url)) as daemon:
            sub = Subscriber(daemon.results, "risk.")
            push = pusher(daemon.candles)
            now = last_closed()
            for i, pair in enumerate(["A/USDT", "币安人生/USDT:USDT", "A/USDT"]):
                push.send_json(candle(pair, "5m", [now + (i - 2) * 300_000, 1, 1, 1, 1, 1]))
                sub.wait_count("risk.", i + 1)
            published = sub.of("risk.")
            sub.close()
            time.sleep(0.5)
            reply = ask(daemon.control, {"cmd": "history"})
            self.assertEqual(reply["assessments"], published[::-1])
            one = ask(daemon.control, {"cmd": "history", "pair": "A/USDT", "strategy": "s",
                                       "timeframe": "5m", "limit": 1})
            self.assertEqual(one["assessments"], [published[2]])
            self.assertFalse(ask(daemon.control, {"cmd": "history", "limit": 1001})["ok"])
            got = subprocess.run([BINARY, "ctl", "--connect", daemon.control, "history", "s",
                                  "A/USDT", "--limit", "5"], capture_output=True, text=True,
                                 timeout=30, check=True)
            self.assertEqual(json.loads(got.stdout)["assessments"], published[::-2])
            self.assertEqual(self.rows("SELECT count(*), sum(attempts) FROM llm_calls"), [(3, 3)])
            # In this process: a backup while the daemon writes.
            with sqlite3.connect(self.path) as db, sqlite3.connect(":memory:") as copy:
                db.backup(copy)
                self.assertEqual(copy.execute("SELECT pair FROM history WHERE id = 2").fetchall(),
                                 [("币安人生/USDT:USDT",)])

    def test_assessments_none_keeps_what_a_restart_needs(self):
        settings = self.settings(llm={"endpoints": []})
        settings["journal"]["assessments"] = "none"
        with Daemon(settings) as daemon:
            sub = Subscriber(daemon.results, "risk.")
            pusher(daemon.candles).send_json(
                candle("A/B", "5m", [last_closed(), 1, 1, 1, 1, 1]))
            sub.wait_count("risk.", 1)
            sub.close()
            daemon.stop()
        self.assertEqual(self.rows("SELECT count(*) FROM assessments"), [(0,)])
        self.assertEqual(self.rows("SELECT count(*) FROM candles"), [(1,)])

    def test_without_a_journal_it_says_how_to_get_one(self):
        with Daemon(config()) as daemon:
            reply = ask(daemon.control, {"cmd": "history"})
            self.assertEqual(reply["error"]["code"], "not_available")
            self.assertIn("journal.path", reply["error"]["message"])
            self.assertIsNone(status_of(daemon)["journal"])


class Trouble(Folder):
    def serve(self, settings):
        path = self.path + ".json"
        with open(path, "w", encoding="utf-8") as file:
            json.dump(settings, file)
        return subprocess.run([BINARY, "serve", "-c", path], capture_output=True, text=True,
                              timeout=30, check=False)

    def test_a_full_disk_is_said_once_and_scoring_goes_on(self):
        settings = self.settings(llm={"endpoints": []})
        settings["journal"]["keep_days"] = None
        with Daemon(settings, args=["--log-level", "info"]) as daemon:
            limit = 400_000  # bytes that a file may have
            resource.prlimit(daemon.child.pid, resource.RLIMIT_FSIZE, (limit, limit * 1000))
            sub = Subscriber(daemon.results, "risk.")
            push = pusher(daemon.candles)
            count = 6000
            time.sleep(0.3)
            for i in range(count):
                push.send_json(candle(f"P{i % 20}/USDT", "5m",
                                      [1_600_000_200_000 + i // 20 * 300_000, 1, 1, 1, 1, 1]))
            sub.wait(lambda all_: sum(t.startswith("risk.") for t, _ in all_) >= count,
                     what="all answers")
            journal = status_of(daemon)["journal"]
            self.assertFalse(journal["ok"])
            self.assertGreater(journal["rows_lost"], 0)
            self.assertIn(self.path, journal["error"])
            errors = [x for x in daemon.lines if re.search(r"\berror\b.*journal", x)]
            self.assertEqual(len(errors), 1, errors)
            self.assertIn("scoring goes on", errors[0])
            resource.prlimit(daemon.child.pid, resource.RLIMIT_FSIZE, (limit * 1000, limit * 1000))
            time.sleep(1.2)
            push.send_json(candle("LAST/USDT", "5m", [1_600_000_200_000, 1, 1, 1, 1, 1]))
            daemon.wait_line(r"journal_works_again rows_lost=\d+")
            self.assertTrue(status_of(daemon)["journal"]["ok"])
            sub.close()
            daemon.stop()
        with Daemon(settings) as daemon:  # the windows were written late, but whole
            series = ask(daemon.control, {"cmd": "series"})["series"]
            self.assertEqual({x["candles"] for x in series if x["pair"] != "LAST/USDT"}, {300})
            self.assertEqual(len(series), 21)

    def test_a_second_daemon_is_refused_in_one_line(self):
        with Daemon(self.settings()):
            got = self.serve(self.settings())
        self.assertEqual(got.returncode, 1)
        self.assertRegex(got.stderr, r"error: journal \S+ is in use by another riskbreaker")

    def test_a_missing_folder_is_refused_with_its_cure(self):
        settings = self.settings()
        settings["journal"]["path"] = os.path.dirname(self.path) + "/nowhere/j.db"
        got = self.serve(settings)
        self.assertEqual(got.returncode, 1)
        self.assertIn("its folder does not exist", got.stderr)
        self.assertIn("nowhere/j.db", got.stderr)

    def test_a_damaged_file_is_moved_aside_and_trading_goes_on(self):
        settings = self.settings(llm={"endpoints": []})
        with Daemon(settings) as daemon:
            daemon.stop()
        size = os.path.getsize(self.path)
        with open(self.path, "r+b") as file:
            file.seek(4096)
            file.write(b"x" * (size - 4096))
        with Daemon(settings) as daemon:
            daemon.wait_line(r"journal_damaged .*moved_to=\S+\.damaged-\d+")
            self.assertTrue(status_of(daemon)["journal"]["ok"])
        kept = [x for x in os.listdir(os.path.dirname(self.path)) if ".damaged-" in x]
        self.assertEqual(len(kept), 1, kept)


if __name__ == "__main__":
    unittest.main(warnings="ignore")  # sockets end with the process
