"""Pairs that close together share one call; `llm.batch` of README.md."""

import contextlib
import unittest

from peers import Daemon, MockLlm, Subscriber, ask, candle, config, last_closed, pusher

PAIRS = [f"P{i}/USDT" for i in range(10)]


class Batch(unittest.TestCase):
    def finals(self, fault, one_message=False):
        """Pushes a candle of each pair; returns the finals and what the server received."""
        settings = config()
        with contextlib.ExitStack() as stack:
            server = stack.enter_context(MockLlm(fault))
            settings["llm"]["endpoints"] = {
                "e": {"url": server.url, "model": "m", "requests_per_minute": None,
                      "usd_per_million_tokens": {"prompt": 1.0, "completion": 1.0}}}
            settings["strategies"] = {"s": {
                "pairs": ["*"], "timeframes": ["5m"],
                "llm": {"endpoints": ["e"], "max_retries": 0,
                        # Wide for a slow machine: a full call waits for nobody.
                        "batch": {"max_pairs": len(PAIRS), "window_ms": 4000}},
                "gate": {"min_confidence": 0.1}, "assess": {"max_candle_age": None}}}
            daemon = stack.enter_context(Daemon(settings))
            sub = Subscriber(daemon.results, "")
            stack.callback(sub.close)
            sub.wait_count("heartbeat", 1)
            push = pusher(daemon.candles)
            stack.callback(push.close)
            opened = last_closed() - 3_600_000
            frames = [candle(pair, "5m", [opened, 1, 1, 1, 1, 1]) for pair in PAIRS]
            for frame in [frames] if one_message else frames:
                push.send_json(frame)
            sub.wait_count("risk.", len(PAIRS))
            self.status = ask(daemon.control, {"cmd": "status"})["strategies"]["s"]
            self.stats = ask(daemon.control, {"cmd": "stats"})["strategies"]["s"]
            return {x["pair"]: x for x in sub.of("risk.")}, server.counts()

    def test_ten_candles_that_close_together_make_one_request(self):
        for one_message in (False, True):
            with self.subTest(one_message=one_message):
                finals, counts = self.finals("ok", one_message)
                self.assertEqual(counts["chats"], 1)
                self.assertEqual(sorted(finals), PAIRS)
                for final in finals.values():
                    self.assertEqual((final["source"], final["cause"]), ("llm", None))
                self.assertEqual(self.stats["total_calls"], 1)
                # Each pair pays its part; together they pay the call.
                self.assertAlmostEqual(sum(x["llm"]["cost_usd"] for x in finals.values()),
                                       self.stats["cost_usd"])

    def test_one_invalid_pair_costs_only_that_pair(self):
        finals, counts = self.finals("one_bad_pair")
        self.assertEqual(counts["chats"], 1)
        self.assertEqual({x["source"] for p, x in finals.items() if p != PAIRS[-1]}, {"llm"})
        last = finals[PAIRS[-1]]
        self.assertEqual((last["source"], last["cause"]), ("fallback", "llm_malformed"))
        self.assertEqual(self.status["consecutive_failures"], 0)

    def test_a_failed_call_is_one_failure_for_ten_fallbacks(self):
        finals, counts = self.finals("status:500")
        self.assertEqual(counts["chats"], 1)
        self.assertEqual({x["cause"] for x in finals.values()}, {"llm_server_error"})
        self.assertEqual(self.status["consecutive_failures"], 1)


if __name__ == "__main__":
    unittest.main()
