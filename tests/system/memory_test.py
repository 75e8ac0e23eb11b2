"""Memory over a week: many pairs, and strangers' pairs beyond the limit (scenario 56)."""

import time
import unittest

from peers import Daemon, Subscriber, ask, config, last_closed, pusher, resident_kb

PAIRS = 500
DAY = 288  # candles of 5m
STEP = 300_000


def block(pair, first, count):
    rows = [[first + i * STEP, 100 + i % 7, 108 + i % 7, 95 + i % 5, 101 + i % 3, 10 + i]
            for i in range(count)]
    return {"pair": pair, "timeframe": "5m", "candles": rows, "history": True}


class AWeek(unittest.TestCase):
    def test_memory_is_flat_once_the_windows_are_full(self):
        settings = config()
        settings["limits"] = {"max_series": PAIRS}
        with Daemon(settings) as daemon:
            push = pusher(daemon.candles)
            first = last_closed() - 7 * DAY * STEP
            after = []
            for day in range(7):
                for i in range(PAIRS):
                    push.send_json(block(f"P{i}/USDT", first + day * DAY * STEP, DAY))
                taken = PAIRS * DAY * (day + 1)
                while self.candles(daemon)["accepted"] < taken:
                    time.sleep(0.05)
                after.append(resident_kb(daemon.child.pid))
            print(f"memory after each day: {after} kB")
            # A window is 500 candles: full within the second day.
            self.assertLess(after[6], after[1] * 1.05 + 2_048)

            strangers = Subscriber(daemon.results, "ingest.rejected")
            for i in range(4 * PAIRS):
                push.send_json(block(f"STRANGER{i}/USDT", first + 7 * DAY * STEP, 1))
            while (stats := self.candles(daemon))["refused"] < 4 * PAIRS:
                time.sleep(0.05)
            self.assertEqual(stats["dropped_series"], 0)  # none of those in use was idle
            strangers.wait_count("ingest.rejected", 1)
            self.assertEqual(strangers.of("ingest.rejected")[0]["reason"], "too_many_series")
            self.assertEqual(ask(daemon.control, {"cmd": "status"})["series_count"], PAIRS)
            self.assertLess(resident_kb(daemon.child.pid), after[6] + 4_096)
            strangers.close()
            push.close()

    @staticmethod
    def candles(daemon):
        return ask(daemon.control, {"cmd": "stats"})["candles"]


if __name__ == "__main__":
    unittest.main(verbosity=2)
