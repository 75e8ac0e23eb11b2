"""The rarer causes of docs/asyncapi.yaml: limits, budgets, age, confidence, probes; read-only."""

import json
import threading
import time
import unittest

from asyncapi_document import Document
from peers import PATIENCE, Daemon, MockLlm, Subscriber, ask, candle, config, last_closed, pusher


def settings_for(llm_url):
    settings = config(llm_url)
    base = settings["strategies"].pop("s")
    plain = {"url": llm_url, "model": "m", "requests_per_minute": None}
    settings["llm"]["endpoints"] = {
        "plain": plain, "poor": {**plain, "calls_per_day": 1}, "narrow": {**plain, "max_in_flight": 1}}

    def strategy(endpoint="plain", **sections):
        out = json.loads(json.dumps(base))
        out["pairs"] = ["A/USDT"]
        out["assess"]["provisional"] = False
        out["llm"]["endpoints"] = [endpoint]
        for name, keys in sections.items():
            out[name] = {**out.get(name, {}), **keys}
        return out

    settings["strategies"] = {
        "doubtful": strategy(gate={"min_confidence": 0.999}),
        "fresh": strategy(assess={"max_candle_age": 1}),
        "frugal": strategy("poor"),
        "narrow": strategy("narrow", llm={"endpoints": ["narrow"], "api_timeout": 30,
                                          "call_deadline": 30}),
        "probing": strategy(breaker={"failure_threshold": 1, "recovery_timeout": 0.1,
                                     "recovery_backoff": 1},
                            llm={"endpoints": ["plain"], "api_timeout": 3, "call_deadline": 3}),
        # Two candles of the past, of which the first still holds.
        "thrifty": strategy(assess={"grace": 3600}, llm={"endpoints": ["plain"], "min_interval": 600}),
    }
    return settings


class Causes(unittest.TestCase):
    def setUp(self):
        self.doc = Document()

    def assess(self, daemon, strategy):
        reply = ask(daemon.control, {"cmd": "assess", "strategy": strategy, "pair": "A/USDT",
                                     "timeframe": "5m"})
        self.assertEqual(self.doc.check_reply("assess", reply), "assessReply")
        return reply["assessment"]

    def published(self, sub, strategy, cause):
        """The published assessment with that cause, as described."""
        topic = f"risk.{strategy}.A/USDT.5m"
        sub.wait(lambda all_: any(t == topic and p["cause"] == cause for t, p in all_),
                 what=f"{topic} with {cause}")
        found = [p for p in sub.of(topic) if p["cause"] == cause][-1]
        self.doc.check_published(topic, found)
        return found

    def test_they_are_said_as_described(self):
        with MockLlm() as llm, Daemon(settings_for(llm.url)) as daemon:
            sub = Subscriber(daemon.results, "")
            push = pusher(daemon.candles)
            newest = last_closed()
            push.send_json(candle("A/USDT", "5m", [newest - 600_000, 1, 2, 1, 2, 1]))
            sub.wait_count("risk.", 6)  # each strategy's
            push.send_json(candle("A/USDT", "5m", [newest - 300_000, 1, 2, 1, 2, 1]))
            # A candle that closed five minutes ago is one timeframe old, the other older still.
            self.published(sub, "fresh", "stale_candle")
            cached = sub.wait_count("risk.thrifty.", 1)[0]
            self.assertEqual(cached["source"], "llm")
            again = sub.wait_count("risk.thrifty.", 2)[1]
            self.assertEqual(again["source"], "llm_cached")
            self.doc.check_published("risk.thrifty.A/USDT.5m", again)
            doubtful = self.published(sub, "doubtful", "low_confidence")
            self.assertEqual(doubtful["source"], "fallback")
            self.published(sub, "frugal", "budget_exhausted")

            llm.fault("hang")
            push.send_json(candle("A/USDT", "5m", [newest, 1, 2, 1, 2, 1]))
            end = time.monotonic() + PATIENCE
            while llm.counts()["in_flight"] < 1:
                self.assertLess(time.monotonic(), end)
            # Its one call hangs; the next would be the second.
            self.assertEqual(self.assess(daemon, "narrow")["cause"], "overloaded")
            # The first call of `probing` times out and opens it; then its probe hangs.
            self.published(sub, "probing", "llm_timeout")
            causes = set()
            while "half_open_busy" not in causes:
                self.assertLess(time.monotonic(), end, causes)
                self.half_open(daemon, causes)
            self.assertIn("half_open", {p["to"] for p in sub.of("breaker.probing")})
            llm.fault("ok")
            sub.close()
            push.close()

    def half_open(self, daemon, causes):
        """Three requests in a row: once the breaker may probe, one hangs and the next finds it
        busy."""
        def one():
            causes.add(self.assess(daemon, "probing")["cause"])

        threads = [threading.Thread(target=one) for _ in range(3)]
        for thread in threads:
            thread.start()
            time.sleep(0.2)
        for thread in threads:
            thread.join()

    def test_read_only_is_an_error_as_described(self):
        settings = config()
        settings["transport"]["control"]["read_only"] = True
        with Daemon(settings) as daemon:
            reply = ask(daemon.control, {"cmd": "reload", "id": 1})
            self.assertEqual(self.doc.check_reply("reload", reply), "errorReply")
            self.assertEqual(reply["error"]["code"], "read_only")


if __name__ == "__main__":
    unittest.main(warnings="ignore")  # sockets end with the process
