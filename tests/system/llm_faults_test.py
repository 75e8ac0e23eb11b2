"""Every fault of the simulator, all at once, through one running daemon."""

import contextlib
import http.server
import json
import os
import re
import tempfile
import threading
import time
import unittest
from email.utils import formatdate
from typing import NamedTuple, Optional

from peers import Daemon, MockLlm, Subscriber, ask, candle, config, last_closed, pusher

SECRET = "7f3a9c51d2e84b06"  # what no one may say, not even a part of it
KEY = "planted/" + SECRET  # unlike any known provider's
DEADLINE = 2.5
API_TIMEOUT = 1.5
PROMISED = DEADLINE + 0.2
SLACK = 1.0  # fifty simulators on two cores

SUCCESS, FAILURE, NEUTRAL, TRIP = "success", "failure", "neutral", "trip"


class Row(NamedTuple):
    """With max_retries 1. No cause: the LLM's answer is taken."""

    fault: str
    cause: Optional[str]
    verdict: str
    attempts: int
    at_least: float = 0  # seconds before which no answer can be there
    arrive: Optional[int] = None  # requests at the server, where not every attempt is one
    asked_before: int = 0  # requests that the simulator has had
    retry_in: float = 0  # seconds for which the breaker stays open at least


DATE_AHEAD = formatdate(time.time() + 600, usegmt=True)
DATE_PAST = formatdate(time.time() - 600, usegmt=True)

ROWS = [
    Row("ok", None, SUCCESS, 1),
    Row("fenced", None, SUCCESS, 1),
    Row("think", None, SUCCESS, 1),
    Row("prose", None, SUCCESS, 1),
    Row("slow:0.3", None, SUCCESS, 1, at_least=0.3),
    Row("keepalive_blank_lines:1", None, SUCCESS, 1, at_least=1),
    Row("flaky:2", None, SUCCESS, 2, asked_before=1),  # the first attempt fails
    # The second attempt has what the first and the wait have left.
    Row("slow:5", "llm_timeout", FAILURE, 2, at_least=DEADLINE - 0.2),
    Row("hang", "llm_timeout", FAILURE, 2, at_least=DEADLINE - 0.2),
    Row("hang_after_headers", "llm_timeout", FAILURE, 2, at_least=DEADLINE - 0.2),
    Row("drip", "llm_timeout", FAILURE, 2, at_least=DEADLINE - 0.2),
    Row("keepalive_blank_lines", "llm_timeout", FAILURE, 2, at_least=DEADLINE - 0.2),
    Row("status:408", "llm_timeout", FAILURE, 2),
    Row("status:409", "llm_server_error", FAILURE, 2),
    Row("status:500", "llm_server_error", FAILURE, 2),
    Row("status:502+html", "llm_server_error", FAILURE, 2),
    Row("status:520", "llm_server_error", FAILURE, 2),
    Row("flaky:1", "llm_server_error", FAILURE, 2),
    Row("error_in_200:500", "llm_server_error", FAILURE, 2),
    Row("error_in_200:0", "llm_server_error", FAILURE, 2),  # no usable number: a 500
    Row("error_in_200", "llm_rate_limited", FAILURE, 2),
    Row("status:429", "llm_rate_limited", FAILURE, 2),
    # https://github.com/interviewstreet/hiring-agent/issues/386
    Row("status:503+retry_after=0.7", "llm_server_error", FAILURE, 2, at_least=0.7),
    Row("status:429+retry_after=abc", "llm_rate_limited", FAILURE, 2),
    Row("status:429+retry_after=-5", "llm_rate_limited", FAILURE, 2),
    Row(f"status:429+retry_after={DATE_PAST}", "llm_rate_limited", FAILURE, 2),
    # https://github.com/github/copilot-cli/issues/2760
    # Worth the wait once; after the second answer less than that is left.
    Row("status:429+retry_after=1.5", "llm_rate_limited", TRIP, 2, at_least=1.5, retry_in=20),
    Row("status:429+retry_after=120", "llm_rate_limited", TRIP, 1, retry_in=100),
    Row(f"status:503+retry_after={DATE_AHEAD}", "llm_server_error", TRIP, 1, retry_in=500),
    Row("cut_body", "llm_unreachable", FAILURE, 2),
    Row("reset", "llm_unreachable", FAILURE, 2),
    Row("refuse", "llm_unreachable", FAILURE, 2, arrive=0),
    Row("status:400", "llm_bad_request", NEUTRAL, 1),
    Row("status:413", "llm_bad_request", NEUTRAL, 1),
    Row("status:422", "llm_bad_request", NEUTRAL, 1),
    Row("auth", "llm_auth", TRIP, 1),
    Row("status:401", "llm_auth", TRIP, 1),
    Row("status:403", "llm_auth", TRIP, 1),
    Row("error_in_200:401", "llm_auth", TRIP, 1),
    Row("status:402", "llm_quota", TRIP, 1),
    Row("quota", "llm_quota", TRIP, 1),
    Row("status:404", "llm_not_found", TRIP, 1),
    Row("status:302", "llm_not_found", TRIP, 1),  # to itself: a client that follows comes twice
    Row("empty", "llm_malformed", FAILURE, 1),
    Row("malformed", "llm_malformed", FAILURE, 1),
    Row("status:200+html", "llm_malformed", FAILURE, 1),
    Row("no_choices", "llm_malformed", FAILURE, 1),
    Row("null_content", "llm_malformed", FAILURE, 1),
    Row("out_of_range", "llm_malformed", FAILURE, 1),
    Row("one_bad_pair", "llm_malformed", FAILURE, 1),
    Row("truncated", "llm_truncated", FAILURE, 1),
    Row("refused", "llm_refused", NEUTRAL, 1),
    # Servers that quote the key they were sent.
    Row("parrot:200", None, SUCCESS, 1),
    Row("parrot:302", "llm_not_found", TRIP, 1),
    Row("parrot:401", "llm_auth", TRIP, 1),
    Row("parrot:404", "llm_not_found", TRIP, 1),
    Row("parrot:502", "llm_server_error", FAILURE, 2),
]


def escaped(value):
    """JSON as PHP writes it: a search for the key itself does not find it there."""
    return json.dumps(value).replace("/", "\\/")


class Parrot:
    """Says the key wherever an answer of status N has room for it."""

    def __init__(self, status):
        self.chats = self.with_key = 0
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                key = self.headers["Authorization"]
                server.chats += 1
                server.with_key += KEY in key
                content = escaped({"risk_score": 50, "confidence": 0.9, "reasoning": key})
                body = {"model": key, "choices": [
                    {"message": {"content": content}, "finish_reason": "stop"}]}
                if status != 200:
                    body = {"error": {"message": f"wrong key: {key}", "type": key, "code": key}}
                self.send_response(status, key)
                self.send_header("Location", "/" + KEY)
                self.end_headers()
                self.wfile.write(escaped(body).encode())

            def log_message(self, *_):
                pass

        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}/v1"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


def server_for(row):
    name, _, status = row.fault.partition(":")
    if name == "parrot":
        return Parrot(int(status))
    # A closed port takes no orders either: it is closed when the daemon is up.
    return MockLlm("ok" if row.fault == "refuse" else row.fault)


def chats_of(server):
    """Ends a simulator; it then says what it received, also with its port closed."""
    if isinstance(server, Parrot):
        return server.chats
    server.stop()
    return int(server.wait_line(r"received \d+ requests \((\d+) chats").group(1))


def settings_for(urls):
    out = config()
    out["llm"]["endpoints"] = {
        f"e{i}": {"url": url, "model": f"mock-{i}", "api_key_env": "PLANTED_KEY",
                  "requests_per_minute": None} for i, url in enumerate(urls)}
    out["strategies"] = {
        f"s{i}": {"pairs": [f"P{i}/USDT"], "timeframes": ["5m"],
                  "llm": {"endpoints": [f"e{i}"], "api_timeout": API_TIMEOUT, "max_retries": 1,
                          "backoff_base": 0.1, "min_attempt": 0.1, "call_deadline": DEADLINE},
                  "breaker": {"recovery_timeout": 30, "recovery_jitter": 0},
                  "gate": {"min_confidence": 0.1}, "assess": {"max_candle_age": None}}
        for i in range(len(urls))}
    return out


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """One candle a row at the same instant; what came of it is kept for the tests."""
        with contextlib.ExitStack() as stack:
            servers = [stack.enter_context(server_for(row)) for row in ROWS]
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            settings = settings_for([x.url for x in servers])
            settings["journal"]["path"] = os.path.join(folder, "journal.db")
            daemon = stack.enter_context(Daemon(
                settings, env={"PLANTED_KEY": KEY}, args=["--log-level", "trace"]))
            for server, row in zip(servers, ROWS):
                for _ in range(row.asked_before):
                    server._call("GET", "/v1/models")
                if row.fault == "refuse":
                    server.fault("refuse")
            sub = Subscriber(daemon.results, "")
            stack.callback(sub.close)
            sub.wait_count("heartbeat", 1)
            cls.pushed, cls.arrived = {}, {}
            cls.push(daemon, sub)
            time.sleep(0.5)  # for what must not come: a second final, one more request
            replies = [ask(daemon.control, {"cmd": x})
                       for x in ("status", "stats", "config", "series")]
            cls.status = replies[0]["strategies"]
            cls.finals = {}
            for payload in sub.of("risk."):
                cls.finals.setdefault(payload["pair"], []).append(payload)
            cls.events = [[x for x in sub.of("breaker.") if x["strategy"] == f"s{i}"]
                          for i in range(len(ROWS))]
            cls.with_key = [row.fault == "refuse" or (
                server.with_key if isinstance(server, Parrot) else server.counts()["with_key"])
                for server, row in zip(servers, ROWS)]
            cls.journal = cls.content(folder)  # with its -wal
            daemon.stop()
            cls.journal += cls.content(folder)
            cls.chats = [chats_of(x) for x in servers]
            cls.logged = "\n".join(daemon.lines + daemon.out)
            cls.said = cls.logged + json.dumps([replies, sub.messages])

    @staticmethod
    def content(folder):
        out = b""
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), "rb") as file:
                out += file.read()
        return out

    @classmethod
    def push(cls, daemon, sub):
        push = pusher(daemon.candles)
        # A replay: a candle that is nearly over would shorten the deadline.
        opened = last_closed() - 3_600_000
        for i in range(len(ROWS)):
            cls.pushed[f"P{i}/USDT"] = time.monotonic()
            push.send_json(candle(f"P{i}/USDT", "5m", [opened, 1, 1, 1, 1, 1]))

        def all_there(messages):
            for topic, payload in messages:
                if topic.startswith("risk."):
                    cls.arrived.setdefault(payload["pair"], time.monotonic())
            return len(cls.arrived) == len(ROWS)

        sub.wait(all_there, what="a final for each row")
        push.close()

    def each(self, check):
        for i, row in enumerate(ROWS):
            with self.subTest(fault=row.fault):
                check(i, row)

    def final(self, i):
        return self.finals[f"P{i}/USDT"][0]

    def test_each_candle_has_one_final_of_the_right_source_and_cause(self):
        def check(i, row):
            self.assertEqual(len(self.finals[f"P{i}/USDT"]), 1)
            final = self.final(i)
            self.assertEqual(final["cause"], row.cause)
            self.assertEqual(final["source"], "fallback" if row.cause else "llm")

        self.each(check)

    # https://github.com/HKUDS/nanobot/pull/2759
    def test_the_server_gets_the_promised_number_of_requests(self):
        def check(i, row):
            self.assertEqual(self.chats[i], row.attempts if row.arrive is None else row.arrive)

        self.each(check)

    def test_the_breaker_counts_what_is_the_models_fault(self):
        def check(i, row):
            now = self.status[f"s{i}"]
            opened = [x["cause"] for x in self.events[i] if x["to"] == "open"]
            if row.verdict == TRIP:
                self.assertEqual(now["state"], "open")
                self.assertEqual(opened, ["retry_after" if row.retry_in else
                                          f"trip_now:{row.cause}"])
                self.assertGreater(now["retry_in_s"], row.retry_in or 20)
            else:
                self.assertEqual((now["state"], opened), ("closed", []))
                self.assertEqual(now["consecutive_failures"], int(row.verdict == FAILURE))

        self.each(check)

    def test_each_answer_is_out_in_time_and_none_before_its_time(self):
        def check(i, row):
            took = self.arrived[f"P{i}/USDT"] - self.pushed[f"P{i}/USDT"]
            self.assertLess(took, PROMISED + SLACK)
            self.assertGreaterEqual(took, row.at_least)

        self.each(check)

    # https://github.com/BerriAI/litellm/issues/28241
    def test_each_answer_names_who_was_asked_and_how_often(self):
        def check(i, row):
            final = self.final(i)
            self.assertEqual(final["llm"]["endpoint"], f"e{i}")
            self.assertEqual(final["llm"]["attempts"], row.attempts)
            if row.fault != "parrot:200":  # which gives the key for its name
                self.assertEqual(final["llm"]["model"], f"mock-{i}")
            self.assertEqual(final["breaker"], "open" if row.verdict == TRIP else "closed")

        self.each(check)

    # https://github.com/BerriAI/litellm/issues/15799
    def test_the_key_is_sent_and_said_nowhere(self):
        self.each(lambda i, row: self.assertTrue(self.with_key[i]))
        self.assertIn("attempt", self.logged)  # the log was on
        for line in self.said.splitlines():
            self.assertNotIn(SECRET, line)
        self.assertIn(b"llm_quota", self.journal)  # it was written
        self.assertNotIn(SECRET.encode(), self.journal)


if __name__ == "__main__":
    unittest.main()
