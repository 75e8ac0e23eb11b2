"""Candles in, risk out, with an outage on the way: nothing but pyzmq and real processes."""

import json
import time
import unittest

from peers import (Daemon, MockLlm, Subscriber, ask, candle, config, last_closed, pusher,
                   real_or_made_up_candles)

HISTORY = 200


class Pipeline(unittest.TestCase):
    def setUp(self):
        self.pair, self.timeframe, self.rows = real_or_made_up_candles(300)

    def push_history(self, push):
        push.send_json({"pair": self.pair, "timeframe": self.timeframe,
                        "candles": self.rows[:HISTORY], "history": True})

    def test_one_final_per_candle_from_the_llm(self):
        with MockLlm() as llm, Daemon(config(llm.url)) as daemon:
            sub = Subscriber(daemon.results, "risk.", "breaker.")
            push = pusher(daemon.candles)
            self.push_history(push)
            for i, row in enumerate(self.rows[HISTORY:]):
                push.send_json(candle(self.pair, self.timeframe, row))
                if i % 20 == 19:  # the cap of calls in flight is not what is tested
                    sub.wait_count("risk.", i + 1)
            finals = sub.wait_count("risk.", 100)
            time.sleep(0.5)
            finals = sub.of("risk.")
            self.assertEqual(sorted(x["seq"] for x in finals), list(range(1, 101)))
            self.assertEqual(sorted(x["candle_time"] for x in finals),
                             [row[0] for row in self.rows[HISTORY:]])
            self.assertEqual({x["source"] for x in finals}, {"llm"})
            self.assertEqual(llm.counts()["chats"], 100)
            for x in finals:
                self.assertTrue(0 <= x["score"] <= 100 and 0 <= x["confidence"] <= 1, x)
                self.assertTrue(x["final"])
                self.assertIsNone(x["cause"])
                self.assertEqual(x["llm"]["endpoint"], "sim")
                self.assertGreater(x["llm"]["prompt_tokens"], 0)
            sub.close()

    def test_a_dead_llm_costs_three_calls_and_one_probe_brings_it_back(self):
        llm = MockLlm()
        with Daemon(config(llm.url)) as daemon:
            sub = Subscriber(daemon.results, "risk.", "breaker.")
            push = pusher(daemon.candles)
            self.push_history(push)
            live = self.rows[HISTORY:]

            def one(i):
                began = time.monotonic()
                push.send_json(candle(self.pair, self.timeframe, live[i]))
                got = sub.wait_count("risk.", i + 1)[i]
                return got, time.monotonic() - began

            for i in range(50):
                self.assertEqual(one(i)[0]["source"], "llm")
            llm.stop()
            for i in range(50, 53):
                self.assertEqual(one(i)[0]["cause"], "llm_unreachable")
            opened = sub.wait_count("breaker.s", 2)[1]
            self.assertEqual((opened["from"], opened["to"]), ("closed", "open"))
            self.assertEqual(opened["cause"], "consecutive_failures")
            self.assertEqual(opened["consecutive_failures"], 3)
            self.assertGreater(opened["retry_at"], opened["at"])
            for i in range(53, 60):
                got, took = one(i)
                self.assertEqual((got["source"], got["cause"]), ("fallback", "breaker_open"))
                self.assertLess(took, 1)  # at once, whatever the LLM does
                self.assertIsNone(got["llm"])

            with MockLlm(port=llm.port) as mended:
                sub.wait(lambda all_: any(p.get("to") == "half_open" for _, p in all_))
                self.assertEqual(one(60)[0]["source"], "llm")
                path = [(x["from"], x["to"]) for x in sub.wait_count("breaker.s", 4)]
                self.assertEqual(path[1:], [("closed", "open"), ("open", "half_open"),
                                            ("half_open", "closed")])
                self.assertEqual(mended.counts()["chats"], 1)
                for i in range(61, 100):
                    self.assertEqual(one(i)[0]["source"], "llm")
            self.assertEqual([x["seq"] for x in sub.of("risk.")], list(range(1, 101)))
            sub.close()
        llm.__exit__()

    def test_a_late_subscriber_gets_the_last_values_at_once(self):
        with Daemon(config()) as daemon:
            early = Subscriber(daemon.results, "risk.")
            push = pusher(daemon.candles)
            time.sleep(0.3)
            for pair in ("BTC/USDT", "ETH/USDT"):
                push.send_json(candle(pair, "5m", [last_closed(), 1, 1, 1, 1, 1]))
            early.wait_count("risk.", 2)
            late = Subscriber(daemon.results, "risk.s.ETH", "breaker.", "config")
            got = late.wait_count("", 3)
            topics = {topic for topic, _ in late.messages}
            self.assertEqual(topics, {"risk.s.ETH/USDT.5m", "breaker.s", "config"})
            self.assertEqual(late.of("risk.")[0], early.of("risk.s.ETH")[0])
            early.close()
            late.close()

    def test_provisional_scores_are_out_while_the_llm_hangs(self):
        with MockLlm("hang") as llm, Daemon(config(llm.url)) as daemon:
            sub = Subscriber(daemon.results, "risk.", "risk_provisional.")
            push = pusher(daemon.candles)
            push.send_json(candle("BTC/USDT", "5m", [last_closed(), 1, 1, 1, 1, 1]))
            early = sub.wait_count("risk_provisional.", 1)[0]
            self.assertFalse(early["final"])
            final = sub.wait_count("risk.", 1)[0]
            self.assertEqual(final["cause"], "llm_timeout")
            self.assertEqual(final["id"], early["id"])
            sub.close()

    def test_clients_outlive_a_killed_daemon(self):
        first = Daemon(config())
        ports = {x: getattr(first, x) for x in ("candles", "results", "control")}
        sub = Subscriber(first.results, "risk.")
        push = pusher(first.candles)
        push.send_json(candle("BTC/USDT", "5m", [last_closed(), 1, 1, 1, 1, 1]))
        sub.wait_count("risk.", 1)
        first.child.kill()
        first.__exit__()
        again = config()
        for name, address in ports.items():
            again["transport"][name]["bind"] = address
        with Daemon(again):
            deadline = time.monotonic() + 20
            while len(sub.of("risk.")) < 2 and time.monotonic() < deadline:
                push.send_json(candle("BTC/USDT", "5m", [last_closed(), 1, 1, 1, 1, 1]))
                time.sleep(0.2)
            got = sub.of("risk.")
            self.assertEqual(len(got), 2)
            self.assertNotEqual(got[0]["boot"], got[1]["boot"])
            self.assertEqual([x["seq"] for x in got], [1, 1])
        sub.close()

    def test_messagepack_both_ways(self):
        settings = config()
        settings["transport"]["results"]["encoding"] = "msgpack"
        with Daemon(settings) as daemon:
            import zmq
            socket = zmq.Context.instance().socket(zmq.SUB)
            socket.rcvtimeo = 20_000
            socket.subscribe("risk.")
            socket.connect(daemon.results)
            push = pusher(daemon.candles)
            time.sleep(0.3)
            key = lambda text: bytes([0xA0 | len(text)]) + text.encode()
            time_ms = last_closed()
            frame = b"\x88" + b"".join(
                key(k) + v for k, v in (
                    ("pair", key("BTC/USDT")), ("timeframe", key("5m")),
                    ("time", b"\xcf" + time_ms.to_bytes(8, "big")), ("open", b"\x01"),
                    ("high", b"\x02"), ("low", b"\x01"), ("close", b"\x02"), ("volume", b"\x00")))
            push.send(frame)
            topic, payload = socket.recv_multipart()
            self.assertEqual(topic, b"risk.s.BTC/USDT.5m")
            self.assertEqual(payload[0] >> 4, 0xD)  # map 16: MessagePack, not JSON
            self.assertIn(time_ms.to_bytes(8, "big"), payload)
            socket.close()


if __name__ == "__main__":
    unittest.main(warnings="ignore")  # sockets end with the process
