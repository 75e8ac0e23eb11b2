"""The log of an outage: an operator's question is answered by its lines alone."""

import json
import os
import tempfile
import time
import unittest

from peers import (PATIENCE, Daemon, MockLlm, Process, Subscriber, ask, candle, config,
                   last_closed, pusher)


def events(lines):
    out = []
    for line in lines:
        x = json.loads(line)  # each line by itself
        assert isinstance(x["time"], int) and x["level"], line
        out.append(x)
    return out


class Outage(unittest.TestCase):
    def wait_event(self, daemon, name, count=1):
        end = time.monotonic() + PATIENCE
        while True:
            found = [x for x in events(list(daemon.lines)) if x.get("event") == name]
            if len(found) >= count:
                return found
            self.assertLess(time.monotonic(), end, f"no {name} in {daemon.lines}")
            time.sleep(0.05)

    def test_every_step_is_one_event(self):
        with MockLlm() as llm:
            settings = config(llm.url, breaker={"failure_threshold": 1, "recovery_timeout": 0.5},
                              llm={"api_timeout": 2, "max_retries": 1, "backoff_base": 0.05,
                                   "call_deadline": 4})
            with Daemon(settings, args=["--log-format", "json"]) as daemon:
                sub = Subscriber(daemon.results, "risk.")
                push = pusher(daemon.candles)

                def assess(pair):
                    push.send_json(candle(pair, "5m", [last_closed(), 1, 2, 1, 2, 1]))
                    sub.wait(lambda all_: any(p["pair"] == pair for _, p in all_))
                    return [p for p in sub.of("risk.") if p["pair"] == pair][0]

                good = assess("A/USDT")
                attempt = self.wait_event(daemon, "llm_attempt")[0]
                self.assertEqual((attempt["attempt"], attempt["of"], attempt["timeout_ms"]),
                                 (1, 2, 2000))
                assessed = self.wait_event(daemon, "assessed")[0]
                # From the request to its result, in the log and on the topic.
                boot = ask(daemon.control, {"cmd": "ping"})["boot"]
                self.assertEqual(attempt["request"], assessed["request"])
                self.assertEqual(f"{boot}-{assessed['request']}", good["id"])
                for key in ("strategy", "pair", "timeframe", "verdict", "source"):
                    self.assertEqual(assessed[key], good[key], key)
                self.assertAlmostEqual(assessed["score"], good["score"], delta=0.051)

                llm.fault("status:503")
                bad = assess("B/USDT")
                failed = self.wait_event(daemon, "llm_attempt_failed", 2)
                self.assertEqual([x["attempt"] for x in failed], [1, 2])
                self.assertEqual({x["cause"] for x in failed}, {"llm_server_error"})
                self.assertEqual(f"{boot}-{failed[0]['request']}", bad["id"])
                used = self.wait_event(daemon, "fallback_used")[0]
                self.assertEqual((used["pair"], used["cause"]), ("B/USDT", "llm_server_error"))
                opened = self.wait_event(daemon, "breaker_open")[0]
                self.assertEqual((opened["level"], opened["from"], opened["cause"]),
                                 ("warning", "closed", "consecutive_failures"))

                # Without a call, one line stands for many.
                ask(daemon.control, {"cmd": "breaker", "strategy": "s", "action": "force_open"})
                for i in range(50):
                    assess(f"F{i}/USDT")
                forced = [x for x in self.wait_event(daemon, "fallback_used")
                          if x["cause"] == "breaker_forced"]
                self.assertEqual(len(forced), 1, forced)

                llm.fault("ok")
                ask(daemon.control, {"cmd": "breaker", "strategy": "s", "action": "auto"})
                self.wait_event(daemon, "breaker_closed")
                self.assertEqual(daemon.stop(), 0)
                self.assertEqual(events(daemon.lines)[-1]["event"], "stopped")
                sub.close()
                push.close()

    def test_a_probe_is_a_recovery_attempt(self):
        with MockLlm("status:503") as llm:
            settings = config(llm.url, breaker={"failure_threshold": 1, "recovery_timeout": 0.1})
            with Daemon(settings, args=["--log-format", "json"]) as daemon:
                push = pusher(daemon.candles)
                push.send_json(candle("A/USDT", "5m", [last_closed(), 1, 2, 1, 2, 1]))
                self.wait_event(daemon, "breaker_open")
                llm.fault("ok")
                self.wait_event(daemon, "breaker_half_open")
                ask(daemon.control, {"cmd": "assess", "strategy": "s", "pair": "A/USDT",
                                     "timeframe": "5m"})
                attempt = self.wait_event(daemon, "recovery_attempt")[0]
                self.assertEqual(attempt["strategy"], "s")
                self.assertEqual(self.wait_event(daemon, "breaker_closed")[0]["cause"],
                                 "probe_succeeded")
                push.close()


class Level(unittest.TestCase):
    def test_it_changes_while_the_daemon_runs(self):
        with Daemon(config()) as daemon:
            def attempts():
                return sum("candle_refused" in x for x in daemon.lines)

            push = pusher(daemon.candles)
            self.assertEqual(ask(daemon.control, {"cmd": "log_level", "level": "error"})["level"],
                             "error")
            push.send_json({"pair": "A B", "timeframe": "5m"})
            push.send_json(candle("A/USDT", "5m", [last_closed(), 1, 2, 1, 2, 1]))
            end = time.monotonic() + PATIENCE
            while ask(daemon.control, {"cmd": "status"})["series_count"] < 1:
                self.assertLess(time.monotonic(), end)
            self.assertEqual(attempts(), 0)
            ask(daemon.control, {"cmd": "log_level", "level": "warn"})
            push.send_json({"pair": "C D", "timeframe": "5m"})
            daemon.wait_line("candle_refused")
            push.close()


class File(unittest.TestCase):
    def test_the_log_goes_into_a_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "riskbreaker.log")
            settings = os.path.join(folder, "c.json")
            with open(settings, "w", encoding="utf-8") as file:
                json.dump(config(), file)
            with Process(["--log-file", path, "serve", "-c", settings]) as daemon:
                end = time.monotonic() + PATIENCE
                text = ""
                while " serves candles=" not in text:
                    self.assertLess(time.monotonic(), end, text)
                    time.sleep(0.05)
                    if os.path.exists(path):
                        with open(path, encoding="utf-8") as file:
                            text = file.read()
                self.assertEqual(daemon.stop(), 0)
                self.assertFalse([x for x in daemon.lines if " serves " in x])


if __name__ == "__main__":
    unittest.main(warnings="ignore")
