"""The breaker of the running daemon: bursts and crowds at the very moment of recovery.
What it does at each instant is tested on virtual time (tests/core/breaker); here it is
seen that real sockets, threads and a real HTTP server make no difference."""

import os
import time
import unittest

from peers import Daemon, MockLlm, Subscriber, candle, config, last_closed, pusher

# Scenario 3 asks for 1,000; each takes about 25 ms.
RECOVERIES = int(os.environ.get("RECOVERIES", "200"))


def fast_breaker(llm, recovery, **more):
    return config(llm.url, breaker={"failure_threshold": 1, "recovery_timeout": recovery,
                                    "recovery_backoff": 1, "recovery_jitter": 0,
                                    "recovery_timeout_max": 60}, **more)


def moves(sub):
    return [(x["from"], x["to"]) for x in sub.of("breaker.") if x["from"] != x["to"]]


class AtTheRetryTime(unittest.TestCase):
    def test_a_burst_of_fifty_makes_one_call(self):  # scenario 1
        with MockLlm("status:500") as llm, Daemon(fast_breaker(llm, 1)) as daemon:
            sub = Subscriber(daemon.results, "risk.", "breaker.")
            push = pusher(daemon.candles)
            push.send_json(candle("OPENS/IT", "5m", [last_closed(), 1, 1, 1, 1, 1]))
            sub.wait_count("risk.", 1)
            self.assertEqual(llm.counts()["received"], 1)
            llm.fault("slow:1")
            sub.wait(lambda all_: any(p.get("to") == "half_open" for _, p in all_))
            began = time.monotonic()
            push.send_json([candle(f"P{i}/USDT", "5m", [last_closed(), 1, 1, 1, 1, 1])
                            for i in range(50)])
            sub.wait_count("risk.", 50)  # the opener and 49 who do not wait for the probe
            self.assertLess(time.monotonic() - began, 0.9)
            finals = sub.wait_count("risk.", 51)
            self.assertEqual(llm.counts()["received"], 2)
            causes = [x["cause"] for x in finals[1:]]
            self.assertEqual(causes.count("half_open_busy"), 49)
            self.assertEqual([x["source"] for x in finals].count("llm"), 1)
            self.assertEqual(moves(sub), [("closed", "open"), ("open", "half_open"),
                                          ("half_open", "closed")])
            push.close()
            sub.close()

    def test_a_crowd_at_each_of_many_expiries_makes_one_call_each(self):  # scenario 3
        with MockLlm("status:500") as llm, Daemon(fast_breaker(llm, 0.02)) as daemon:
            sub = Subscriber(daemon.results, "risk.", "breaker.")
            crowd = [pusher(daemon.candles) for _ in range(8)]
            crowd[0].send_json(candle("OPENS/IT", "5m", [last_closed(), 1, 1, 1, 1, 1]))
            sub.wait(lambda all_: any(p.get("to") == "open" for _, p in all_))
            pushed = 1
            end = time.monotonic() + 120
            time_of_candle = last_closed() - 100_000 * 300_000
            while time.monotonic() < end:
                # All arrive together, and again before the next expiry: some wave is
                # always on its way when the open time ends.
                time_of_candle += 300_000
                for i, push in enumerate(crowd):
                    push.send_json(candle(f"P{i}/USDT", "5m", [time_of_candle, 1, 1, 1, 1, 1]))
                pushed += len(crowd)
                if pushed % 80 == 1 and moves(sub).count(("half_open", "open")) >= RECOVERIES:
                    break
                time.sleep(0.002)
            finals = sub.wait_count("risk.", pushed)
            # What is under way ends; then one request each for the opening and each probe.
            sub.wait(lambda all_: self.probes(all_) == llm.counts()["received"] - 1)
            self.assertGreaterEqual(moves(sub).count(("half_open", "open")), RECOVERIES)
            self.assertEqual(len(finals), pushed)
            self.assertEqual({x["cause"] for x in finals},
                             {"llm_server_error", "breaker_open", "half_open_busy"})
            asked = [x for x in finals if x["cause"] == "llm_server_error"]
            self.assertEqual(len(asked), llm.counts()["received"])
            for push in crowd:
                push.close()
            sub.close()

    @staticmethod
    def probes(messages):
        return sum(1 for _, p in messages if (p.get("from"), p.get("to")) == ("half_open", "open"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
