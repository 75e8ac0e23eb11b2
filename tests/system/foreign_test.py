"""OpenAI-compatible servers that we did not write, from npm: a mock, and a gateway before it.

Needs Node 20 and npm's registry for a first `npm ci`; exits with 77 where one is missing.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from typing import NamedTuple, Optional

from npm import SKIPPED, unavailable
from peers import Daemon, Subscriber, candle, config, last_closed, pusher

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "foreign")
MODULES = os.path.join(FOLDER, "node_modules")
KEY = "sk-planted-7f3a9c51"
ROUNDS = 2


class Case(NamedTuple):
    """What the mock does for a model of that name, and what must come of two candles."""

    status: int
    body: object  # a text is the mock's template
    cause: Optional[str] = None
    opened: Optional[str] = None  # the breaker's cause, with a failure_threshold of 2


def chat(content, **message):
    return {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "foreign-1",
            "choices": [{"index": 0, "finish_reason": "stop",
                         "message": {"role": "assistant", "content": content, **message}}],
            "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}}


def error(message, kind, code):
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


ANSWER = json.dumps({"risk_score": 61, "confidence": 0.8, "reasoning": "a \"foreign\" view"})
CASES = {
    "scores": Case(200, chat(ANSWER)),
    "fences": Case(200, chat(f"Sure:\n```json\n{ANSWER}\n```")),
    # The numbers of our own question must not become a score.
    "echoes": Case(200, '{"choices": [{"message": {{jmes request body.messages[-1]}}}]}',
                   "llm_malformed", "consecutive_failures"),
    "chatters": Case(200, chat("I cannot say."), "llm_malformed", "consecutive_failures"),
    "limited": Case(429, error("Rate limit reached", "requests", "rate_limit_exceeded"),
                    "llm_rate_limited", "consecutive_failures"),
    "broken": Case(500, error("The server had an error", "server_error", None),
                   "llm_server_error", "consecutive_failures"),
    "locked": Case(401, error("Incorrect API key provided", "invalid_request_error",
                              "invalid_api_key"), "llm_auth", "trip_now:llm_auth"),
    "gone": Case(404, error("The model does not exist", "invalid_request_error",
                            "model_not_found"), "llm_not_found", "trip_now:llm_not_found"),
    "unpaid": Case(429, error("You exceeded your current quota", "insufficient_quota",
                              "insufficient_quota"), "llm_quota", "trip_now:llm_quota"),
}


def rules():
    """The mock's configuration: YAML, so JSON as well."""
    return json.dumps({"rules": [
        {"path": "/v1/chat/completions", "match": f"body.model=='{model}'",
         "response": {"status": case.status, "content": case.body if isinstance(
             case.body, str) else json.dumps(case.body)}}
        for model, case in CASES.items()]})


class NodeServer:
    def __init__(self, args, port, **env):
        self.port = port
        environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        self._child = subprocess.Popen(
            ["node", "--require", os.path.join(FOLDER, "loopback.cjs"), *args], cwd=FOLDER,
            env={**environment, **env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def wait(self, limit=30):
        end = time.monotonic() + limit
        while time.monotonic() < end and self._child.poll() is None:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            time.sleep(0.05)
        raise AssertionError("a server of npm's does not start")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._child.kill()
        self._child.wait()


def free_ports(count):
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [x.getsockname()[1] for x in probes]


class Foreign(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """Two candles, one after the other, for each server and case."""
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            path = os.path.join(folder, "mock-llm.yaml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(rules())
            mock_port, gateway_port = free_ports(2)
            mock = stack.enter_context(NodeServer(
                [os.path.join(MODULES, "@dwmkerr/mock-llm/dist/main.js"), "--config", path],
                mock_port, PORT=str(mock_port), HOST="127.0.0.1"))
            gateway = stack.enter_context(NodeServer(
                [os.path.join(MODULES, "@portkey-ai/gateway/build/start-server.js"),
                 f"--port={gateway_port}", "--headless"], gateway_port))
            mock.wait()
            gateway.wait()
            mock_url, gateway_url = (f"http://127.0.0.1:{x}/v1" for x in (mock_port, gateway_port))
            daemon = stack.enter_context(Daemon(
                cls.settings(mock_url, gateway_url), {"PLANTED_KEY": KEY}))
            sub = Subscriber(daemon.results, "")
            stack.callback(sub.close)
            sub.wait_count("heartbeat", 1)
            push = pusher(daemon.candles)
            stack.callback(push.close)
            cls.names = [f"{server}_{case}" for server in ("mock", "gateway") for case in CASES]
            for i in range(ROUNDS):
                opened = last_closed() - 3_600_000 + i * 300_000
                for name in cls.names:
                    push.send_json(candle(name, "5m", [opened, 1, 1, 1, 1, 1]))
                sub.wait_count("risk.", (i + 1) * len(cls.names), limit=40)
            cls.finals = {x: sub.of(f"risk.{x}.") for x in cls.names}
            cls.opened = {x: [e["cause"] for e in sub.of("breaker.")
                              if e["strategy"] == x and e["to"] == "open"] for x in cls.names}
            cls.said = json.dumps(sub.messages) + "\n".join(daemon.lines + daemon.out)

    @staticmethod
    def settings(mock_url, gateway_url):
        out = config()
        base = out["strategies"].pop("s")
        base["llm"].update(api_timeout=10, call_deadline=15)
        base["breaker"].update(failure_threshold=2, recovery_timeout=60)
        routing = ["x-portkey-provider: openai", f"x-portkey-custom-host: {mock_url}"]
        for server, url, headers in (("mock", mock_url, []), ("gateway", gateway_url, routing)):
            for model in CASES:
                name = f"{server}_{model}"
                out["llm"]["endpoints"][name] = {
                    "url": url, "model": model, "headers": headers, "api_key_env": "PLANTED_KEY",
                    "usd_per_million_tokens": {"prompt": 1, "completion": 10}}
                out["strategies"][name] = {
                    **base, "pairs": [name], "llm": {**base["llm"], "endpoints": [name]}}
        return out

    def each(self, check):
        for name in self.names:
            with self.subTest(name=name):
                check(self.finals[name], CASES[name.split("_")[1]], name)

    def test_each_candle_has_the_models_score_or_the_right_cause(self):
        def check(finals, case, _):
            self.assertEqual(len(finals), ROUNDS)
            self.assertEqual(finals[0]["cause"], case.cause)
            self.assertEqual(finals[0]["source"], "fallback" if case.cause else "llm")
            if not case.cause:
                self.assertEqual([(x["score"], x["confidence"]) for x in finals], [(61, 0.8)] * 2)

        self.each(check)

    def test_tokens_and_cost_are_the_servers(self):
        def check(finals, case, _):
            if not case.cause:
                llm = finals[0]["llm"]
                self.assertEqual((llm["prompt_tokens"], llm["completion_tokens"]), (11, 7))
                self.assertAlmostEqual(llm["cost_usd"], 81e-6)

        self.each(check)

    def test_the_breaker_opens_when_it_should(self):
        def check(finals, case, name):
            self.assertEqual(self.opened[name], [case.opened] if case.opened else [])
            self.assertEqual(finals[1]["breaker"], "open" if case.opened else "closed")

        self.each(check)

    def test_the_key_is_said_nowhere(self):
        self.assertNotIn(KEY, self.said)


if __name__ == "__main__":
    if why := unavailable(FOLDER, oldest_node=20):
        print(f"skipped: {why}")
        sys.exit(SKIPPED)
    unittest.main()
