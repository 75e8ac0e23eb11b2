"""What docs/clients.md promises to those who write clients, and its careful follower."""

import json
import os
import re
import socket
import sys
import time
import unittest

import zmq

from asyncapi_document import Document
from example_runs import EXAMPLES, Follower
from peers import Daemon, MockLlm, Subscriber, candle, config, last_closed, pusher

sys.path.insert(0, os.path.join(EXAMPLES, "python"))
import careful  # noqa: E402 pylint: disable=wrong-import-position


class Careful(unittest.TestCase):
    """The follower by itself, fed with the document's own example."""

    def setUp(self):
        (self.example, _) = (x["payload"] for x in Document().messages["risk"]["examples"])
        self.view = careful.RiskView()

    def take(self, seq, boot="1-a", pair="BTC/USDT", **changes):
        x = {**self.example, "seq": seq, "boot": boot, "pair": pair, **changes}
        return self.view.take(f"risk.{x['strategy']}.{pair}.5m", x)

    def valid(self, pair="BTC/USDT"):
        return self.view.valid(self.example["strategy"], pair, "5m")

    def test_repetitions_gaps_and_restarts(self):
        self.assertEqual(self.take(7), "new")  # the first need not be 1
        self.assertEqual(self.take(7), None)
        self.assertEqual(self.take(8), "new")
        self.assertEqual(self.take(8, pair="ETH/USDT"), "new")  # each topic has its own
        self.assertEqual(self.take(7), None)
        self.assertEqual(self.take(11), "gap of 2")
        self.assertEqual(self.take(1, boot="2-b"), "restart")
        self.assertEqual(self.take(1, boot="2-b"), None)
        self.assertEqual(self.take(2, boot="2-b"), "new")

    def test_what_holds(self):
        later = int(time.time() * 1000) + 1_000
        self.assertIsNone(self.valid())
        self.take(1, valid_until=later, candle_time=600_000)
        self.assertEqual(self.valid()["seq"], 1)
        self.assertIsNone(self.valid("ETH/USDT"))
        self.take(2, valid_until=later, candle_time=300_000)  # came late
        self.assertEqual(self.valid()["seq"], 1)
        self.take(3, valid_until=later - 2_000, candle_time=900_000)
        self.assertIsNone(self.valid())

    def test_a_silent_daemon_holds_nothing(self):
        self.take(1, valid_until=int(time.time() * 1000) + 60_000)
        self.assertTrue(self.valid())
        self.view._alive -= careful.SILENCE  # pylint: disable=protected-access
        self.assertIsNone(self.valid())
        self.view.take("heartbeat", {"v": 1, "boot": "1-a", "seq": 1, "uptime_s": 1})
        self.assertTrue(self.valid())

    def test_it_follows_a_daemon_that_starts_anew(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        settings = config(llm={"endpoints": []})
        settings["transport"]["results"]["bind"] = f"tcp://127.0.0.1:{port}"
        one = candle("A/USDT", "5m", [last_closed(), 1, 1, 1, 1, 1])

        def push(daemon, *candles):
            ours = Subscriber(daemon.results, "risk.", "heartbeat")
            ours.wait_count("heartbeat", 1)
            with pusher(daemon.candles) as out:
                for x in candles:
                    out.send_json(x)
            ours.wait_count("risk.", len({x["pair"] for x in candles}))
            ours.close()

        follower = [sys.executable, "-u", os.path.join(EXAMPLES, "python", "careful.py"),
                    f"tcp://127.0.0.1:{port}"]
        with Follower(follower) as follower:
            with Daemon(settings) as daemon:
                push(daemon, one, {**one, "pair": "B/USDT"})
                follower.wait("B/USDT")
                push(daemon, one, {**one, "pair": "B/USDT"})  # tells the last values again, to all
                self.assertEqual(daemon.stop(), 0)
            with Daemon(settings) as daemon:
                push(daemon, one)
                follower.wait("restart")
            self.assertEqual(follower.lines, ["new A/USDT 1 block", "new B/USDT 1 block",
                                              "restart A/USDT 1 block"])


class Control(unittest.TestCase):
    def setUp(self):
        self.llm = self.enterContext(MockLlm("hang"))
        self.daemon = self.enterContext(Daemon(config(self.llm.url)))

    def socket(self, kind):
        out = self.enterContext(zmq.Context.instance().socket(kind))
        out.linger, out.rcvtimeo = 0, 10_000
        return out

    def test_a_dealer_may_ask_much_at_once(self):
        with pusher(self.daemon.candles) as push:
            ours = Subscriber(self.daemon.results, "risk_provisional.", "heartbeat")
            ours.wait_count("heartbeat", 1)
            push.send_json(candle("A/USDT", "5m", [last_closed(), 1, 1, 1, 1, 1]))
            ours.wait_count("risk_provisional.", 1)
            ours.close()
        dealer = self.socket(zmq.DEALER)
        dealer.connect(self.daemon.control)
        slow = {"cmd": "assess", "strategy": "s", "pair": "A/USDT", "timeframe": "5m", "id": "slow"}
        dealer.send_multipart([b"", json.dumps(slow).encode()])
        dealer.send_multipart([b"", b'{"cmd":"ping","id":"framed"}'])
        dealer.send(b'{"cmd":"ping","id":"alone"}')
        self.assertEqual(json.loads(dealer.recv_multipart()[1])["id"], "framed")
        self.assertEqual([json.loads(x)["id"] for x in dealer.recv_multipart()], ["alone"])
        empty, last = dealer.recv_multipart()
        self.assertEqual((empty, json.loads(last)["id"]), (b"", "slow"))

    def test_a_req_may_give_up_on_a_reply_and_ask_again(self):
        req = self.socket(zmq.REQ)
        req.setsockopt(zmq.REQ_RELAXED, 1)
        req.setsockopt(zmq.REQ_CORRELATE, 1)
        req.connect(self.daemon.control)
        req.send(b'{"cmd":"status","id":1}')
        req.send(b'{"cmd":"ping","id":2}')  # the first reply is not waited for
        self.assertEqual(req.recv_json()["id"], 2)


class Guide(unittest.TestCase):
    def test_its_links_lead_somewhere(self):
        folder = os.path.join(EXAMPLES, "..", "docs")
        with open(os.path.join(folder, "clients.md"), encoding="utf-8") as file:
            links = re.findall(r"\]\(([^)#]+)\)", file.read())
        self.assertGreater(len(links), 3)
        for link in links:
            self.assertTrue(os.path.exists(os.path.join(folder, link)), link)


if __name__ == "__main__":
    unittest.main(warnings="ignore")  # sockets end with the process
