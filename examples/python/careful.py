"""Follows the risk as docs/clients.md says: no value twice, gaps and restarts noticed, nothing used
past its time. Usage: careful.py [ENDPOINT]"""
import json
import sys
import time

import zmq

SILENCE = 5  # seconds without any sign of life: the daemon counts as gone


class RiskView:
    """The newest assessment of each series. Feed it what SUB receives, then ask `valid`."""

    def __init__(self):
        self._seen = {}    # topic: (boot, seq)
        self._newest = {}  # (strategy, pair, timeframe): assessment
        self._alive = 0.0  # when something came last

    def take(self, topic, x):
        """What is to be said of a message, or None for one that was seen before."""
        self._alive = time.monotonic()
        boot, seq = self._seen.get(topic, (None, 0))
        if boot == x["boot"] and x["seq"] <= seq:
            return None  # a repetition: somebody else has subscribed, or we came back
        self._seen[topic] = (x["boot"], x["seq"])
        if not topic.startswith("risk."):
            return None
        key = (x["strategy"], x["pair"], x["timeframe"])
        known = self._newest.get(key)
        if not known or x["candle_time"] >= known["candle_time"]:  # late answers: of older candles
            self._newest[key] = x
        if boot is not None and boot != x["boot"]:
            return "restart"
        missed = x["seq"] - seq - 1 if boot else 0
        return f"gap of {missed}" if missed else "new"

    def valid(self, strategy, pair, timeframe):
        """The assessment that holds now, or None: then trade as if the risk were too high."""
        x = self._newest.get((strategy, pair, timeframe))
        alive = time.monotonic() - self._alive < SILENCE
        return x if x and alive and time.time() * 1000 < x["valid_until"] else None


def connect(endpoint):
    sub = zmq.Context().socket(zmq.SUB)
    sub.rcvhwm = 100_000        # ours; past it ZeroMQ drops without a word
    sub.heartbeat_ivl = 5_000   # notices a network that is gone, and connects again
    sub.reconnect_ivl, sub.reconnect_ivl_max = 100, 5_000
    sub.subscribe("risk.")
    sub.subscribe("heartbeat")
    sub.connect(endpoint)
    return sub


if __name__ == "__main__":
    view, socket = RiskView(), connect(sys.argv[1] if len(sys.argv) > 1 else "tcp://127.0.0.1:5556")
    while True:
        name, payload = socket.recv_multipart()
        message = json.loads(payload)
        if what := view.take(name.decode(), message):
            holds = view.valid(message["strategy"], message["pair"], message["timeframe"])
            print(what, message["pair"], message["seq"],
                  holds["verdict"] if holds else "not valid any more", flush=True)
