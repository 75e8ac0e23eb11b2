"""What an operator does and meets: stopping, reloading, mistakes, a quiet night."""

import json
import os
import random
import signal
import subprocess
import tempfile
import time
import unittest

import zmq

from peers import (BINARY, Daemon, MockLlm, Process, Subscriber, ask, candle, config, last_closed,
                   pusher)
from web_peers import TOKEN, Listener, WebDaemon, web_config


def run(*args, **kwargs):
    return subprocess.run([BINARY, *args], capture_output=True, text=True, timeout=60,
                          check=False, **kwargs)


class Stopping(unittest.TestCase):
    def test_sigterm_during_50_hung_calls(self):
        with MockLlm("hang") as llm:
            settings = config(llm.url, llm={"api_timeout": 60, "call_deadline": 60})
            with Daemon(settings) as daemon:
                sub = Subscriber(daemon.results, "risk.", "risk_provisional.")
                push = pusher(daemon.candles)
                for i in range(50):
                    push.send_json(candle(f"P{i}/USDT", "5m", [last_closed(), 1, 1, 1, 1, 1]))
                sub.wait_count("risk_provisional.", 50)
                deadline = time.monotonic() + 20
                while llm.counts()["in_flight"] < 50 and time.monotonic() < deadline:
                    time.sleep(0.05)
                began = time.monotonic()
                self.assertEqual(daemon.stop(), 0)
                self.assertLess(time.monotonic() - began, 2)
                finals = sub.wait_count("risk.", 50)
                self.assertEqual({x["cause"] for x in finals}, {"shutting_down"})
                self.assertEqual(len({x["pair"] for x in finals}), 50)
                sub.close()

    def test_sigint_ends_it_as_well(self):
        with Daemon(config()) as daemon:
            self.assertEqual(daemon.stop(signal.SIGINT), 0)


class Reloading(unittest.TestCase):
    def test_a_good_file_is_applied_and_a_bad_one_changes_nothing(self):
        settings = config("http://127.0.0.1:9/v1")  # nobody listens: every call fails
        with Daemon(settings) as daemon:
            sub = Subscriber(daemon.results, "config", "risk.", "breaker.")
            sub.wait(lambda all_: any(t == "config" and p["version"] == 1 for t, p in all_))
            settings["strategies"]["s"]["breaker"]["failure_threshold"] = 1
            settings["strategies"]["new"] = {"timeframes": ["1h"], "llm": {"endpoints": []}}
            daemon.write(settings)
            daemon.child.send_signal(signal.SIGHUP)
            sub.wait(lambda all_: any(t == "config" and p["version"] == 2 for t, p in all_))
            report = sub.of("config")[-1]
            self.assertTrue(report["ok"])
            self.assertTrue(any("failure_threshold" in x for x in report["changes"]), report)
            self.assertEqual(set(ask(daemon.control, {"cmd": "status"})["strategies"]),
                             {"s", "new"})
            push = pusher(daemon.candles)
            push.send_json(candle("BTC/USDT", "5m", [last_closed(), 1, 1, 1, 1, 1]))
            sub.wait(lambda all_: any(p.get("to") == "open" for _, p in all_))

            settings["strategies"]["s"]["breaker"]["failure_threshold"] = 0
            daemon.write(settings)
            reply = ask(daemon.control, {"cmd": "reload"})
            self.assertFalse(reply["ok"])
            self.assertIn("failure_threshold", json.dumps(reply))
            status = ask(daemon.control, {"cmd": "status"})
            self.assertEqual(status["config_version"], 2)
            self.assertEqual(status["strategies"]["s"]["state"], "open")

            settings["strategies"]["s"]["breaker"]["failure_threshold"] = 5
            settings["transport"]["results"]["bind"] = "tcp://127.0.0.1:1"
            daemon.write(settings)
            reply = ask(daemon.control, {"cmd": "reload"})
            self.assertTrue(reply["ok"], reply)
            self.assertTrue(any("/transport/results/bind" in x for x in reply["needs_restart"]))
            self.assertEqual(ask(daemon.control, {"cmd": "status"})["strategies"]["s"]["state"],
                             "open")
            sub.close()


class Control(unittest.TestCase):
    def test_every_request_gets_a_reply_whatever_is_sent(self):
        with Daemon(config()) as daemon:
            noise = random.Random(7)
            for body in (b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"cmd":17}', b'{"cmd":"frobnicate"}',
                         b'{"cmd":"breaker"}', b'{"cmd":"breaker","strategy":"nope","action":"reset"}',
                         noise.randbytes(1 << 20), b"[" * 100_000):
                reply = ask(daemon.control, body)
                self.assertFalse(reply["ok"], body[:40])
                self.assertTrue(reply["error"]["code"] and reply["error"]["message"])
            self.assertEqual(ask(daemon.control, {"cmd": "ping", "id": [1, "x"]})["id"], [1, "x"])

    def test_status_stats_series_and_forced_states(self):
        with MockLlm() as llm, Daemon(config(llm.url)) as daemon:
            sub = Subscriber(daemon.results, "risk.", "breaker.", "stats.")
            push = pusher(daemon.candles)
            push.send_json(candle("BTC/USDT", "5m", [last_closed(), 1, 1, 1, 1, 1]))
            sub.wait_count("risk.", 1)
            status = ask(daemon.control, {"cmd": "status"})
            self.assertEqual(status["strategies"]["s"]["state"], "closed")
            self.assertEqual(status["series_count"], 1)
            stats = ask(daemon.control, {"cmd": "stats"})["strategies"]["s"]
            self.assertEqual((stats["total_calls"], stats["successful_calls"]), (1, 1))
            self.assertEqual(stats["success_rate"], 100)
            series = ask(daemon.control, {"cmd": "series"})["series"]
            self.assertEqual([x["pair"] for x in series], ["BTC/USDT"])
            reply = ask(daemon.control, {"cmd": "breaker", "strategy": "s", "action": "force_open"})
            self.assertEqual(reply["state"], "forced_open")
            sub.wait(lambda all_: any(p.get("to") == "forced_open" for _, p in all_))
            got = ask(daemon.control, {"cmd": "assess", "strategy": "s", "pair": "BTC/USDT",
                                       "timeframe": "5m"})
            self.assertTrue(got["ok"], got)
            self.assertEqual(got["assessment"]["cause"], "breaker_forced")
            self.assertEqual(len(sub.of("risk.")), 1)  # answered to the caller alone
            reply = ask(daemon.control, {"cmd": "breaker", "strategy": "s", "action": "auto"})
            self.assertEqual(reply["state"], "closed")
            self.assertNotIn("api_key\"", json.dumps(ask(daemon.control, {"cmd": "config"})))
            sub.close()


class Mistakes(unittest.TestCase):
    def one_line(self, text):
        """The one error; warnings may stand beside it."""
        lines = [x for x in text.splitlines() if x.strip() and ": warning: " not in x]
        self.assertEqual(len(lines), 1, text)
        return lines[0]

    def test_a_broken_config_is_named_by_file_and_line(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "broken.json")
            with open(path, "w", encoding="utf-8") as file:
                file.write('{\n  "strategies": {"s": {"breaker": {"failure_treshold": 3}}}\n}\n')
            for command in ("check", "serve"):
                got = run(command, "-c", path)
                self.assertEqual(got.returncode, 78)
                line = self.one_line(got.stderr)
                for part in ("broken.json:2", "failure_treshold", "failure_threshold"):
                    self.assertIn(part, line)
            got = run("serve", "-c", os.path.join(folder, "nowhere.json"))
            self.assertEqual(got.returncode, 78)
            self.assertIn("nowhere.json", self.one_line(got.stderr))

    def test_a_taken_port(self):
        with Daemon(config()) as first:
            again = config()
            again["transport"]["candles"]["bind"] = first.candles
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "again.json")
                with open(path, "w", encoding="utf-8") as file:
                    json.dump(again, file)
                got = run("serve", "-c", path)
            self.assertEqual(got.returncode, 1)
            line = self.one_line(got.stderr)
            self.assertIn(first.candles, line)
            self.assertIn("in use", line)

    def test_a_missing_key_switches_the_llm_off_and_says_so(self):
        settings = config("http://127.0.0.1:9/v1")
        settings["llm"]["endpoints"]["sim"]["api_key_env"] = "NO_SUCH_KEY"
        with Daemon(settings) as daemon:
            daemon.wait_line(r"warning.*NO_SUCH_KEY")
            sub = Subscriber(daemon.results, "risk.")
            push = pusher(daemon.candles)
            push.send_json(candle("BTC/USDT", "5m", [last_closed(), 1, 1, 1, 1, 1]))
            self.assertEqual(sub.wait_count("risk.", 1)[0]["cause"], "llm_disabled")
            sub.close()

    def test_bad_frames_are_refused_alone(self):
        with Daemon(config()) as daemon:
            sub = Subscriber(daemon.results, "risk.", "ingest.rejected")
            push = pusher(daemon.candles)
            time.sleep(0.3)
            now = last_closed()
            push.send(b"\x00\xffgarbage")
            push.send_multipart([b"{}", b"{}"])
            push.send_json(candle("BTC/USDT", "5m", [now, 1, 1, 2, 1, 1]))  # high < low
            push.send_json(candle("BTC/USDT", "5m", [now // 1000, 1, 1, 1, 1, 1]))
            push.send(b"x" * (4 << 20) + b"y")
            push.send_json(candle("BTC/USDT", "5m", [now, 1, 1, 1, 1, 1]))
            sub.wait_count("risk.", 1)
            reasons = sorted(x["reason"] for x in sub.wait_count("ingest.rejected", 5))
            self.assertEqual(reasons, ["bad_range", "bad_time", "malformed", "multipart", "too_large"])
            refused = [x for x in daemon.lines if "refused" in x]
            self.assertEqual(len(refused), 5, refused)
            sub.close()

    def test_usage(self):
        self.assertEqual(run("frobnicate").returncode, 2)
        self.assertEqual(run().returncode, 2)
        self.assertEqual(run("--version").returncode, 0)
        for command in ("serve", "check", "demo", "push", "watch", "ctl", "mock-llm"):
            got = run(command, "--help")
            self.assertEqual(got.returncode, 0)
            self.assertIn("Example", got.stdout)


class Secrets(unittest.TestCase):
    # https://github.com/BerriAI/litellm/issues/15799
    def test_the_key_is_nowhere(self):
        key = "sk-or-v1-0123456789abcdef"
        with MockLlm() as llm:
            settings = web_config(llm.url, llm={"api_timeout": 0.5, "call_deadline": 1},
                                  breaker={"failure_threshold": 100, "recovery_timeout": 0.2})
            settings["llm"]["endpoints"]["sim"]["api_key_env"] = "SOME_KEY"
            with WebDaemon(settings, env={"SOME_KEY": key},
                           args=("--log-level", "trace")) as daemon:
                sub = Subscriber(daemon.results, "")
                push = pusher(daemon.candles)
                for i, fault in enumerate(("ok", "status:404", "auth", "hang", "reset", "status:500")):
                    llm.fault(fault)
                    push.send_json(candle(f"P{i}/USDT", "5m", [last_closed(), 1, 1, 1, 1, 1]))
                    sub.wait_count("risk.", i + 1)
                    ask(daemon.control, {"cmd": "breaker", "strategy": "s", "action": "reset"})
                replies = [ask(daemon.control, {"cmd": x}) for x in ("config", "status", "stats")]
                replies += [daemon.get(x).body.decode() for x in (
                    "/", "/dashboard.js", "/metrics", "/readyz", "/api/info", "/api/config",
                    "/api/status", "/api/stats", "/api/series", "/api/latest",
                    "/api/transitions", "/api/assessments")]
                listener = Listener(daemon)
                listener.wait(lambda all_: len(all_) >= 9)  # last values and a heartbeat
                replies.append(listener.events)
                self.assertEqual(llm.counts()["with_key"], llm.counts()["chats"])
                daemon.stop()
                seen = "\n".join(daemon.lines + daemon.out) + json.dumps([sub.messages, replies])
                self.assertNotIn(key, seen)
                self.assertNotIn(TOKEN, seen)
                self.assertIn("attempt", seen)
                listener.close()
                sub.close()


class Idle(unittest.TestCase):
    def test_a_quiet_minute_costs_next_to_nothing(self):
        with MockLlm() as llm, Daemon(config(llm.url)) as daemon:
            def cpu_seconds():
                with open(f"/proc/{daemon.child.pid}/stat", encoding="utf-8") as file:
                    fields = file.read().rsplit(")", 1)[1].split()
                return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

            time.sleep(2)
            before, began = cpu_seconds(), time.monotonic()
            time.sleep(60)
            used = (cpu_seconds() - before) / (time.monotonic() - began)
            with open(f"/proc/{daemon.child.pid}/status", encoding="utf-8") as file:
                rss = next(x for x in file if x.startswith("VmRSS")).split()[1]
            print(f"idle: {used:.4%} of a core, {int(rss) / 1024:.1f} MB")
            self.assertLess(used, 0.001)


if __name__ == "__main__":
    unittest.main(warnings="ignore")  # sockets end with the process
