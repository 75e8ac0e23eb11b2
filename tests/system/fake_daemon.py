"""A daemon that does what a test tells it, for what the real one would not do."""

import json
import os
import sys
import time

import zmq

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "deploy", "freqtrade"))

PATIENCE = 20.0


def until(condition, limit=PATIENCE, what="it"):
    """Waits for what the client's thread will do; returns the condition's value."""
    end = time.monotonic() + limit
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come about")
        time.sleep(0.01)
    return value


def now_ms():
    return int(time.time() * 1000)


class FakeDaemon:
    """Candles in, results out; all in the test's own thread."""

    def __init__(self, boot="first", strategy="s", curve=None, candles_hwm=1000, bind=None):
        self.boot, self.strategy = boot, strategy
        self._context = zmq.Context()
        self.pull = self._context.socket(zmq.PULL)
        self.out = self._context.socket(zmq.XPUB)
        self.pull.rcvhwm = candles_hwm
        if candles_hwm == 1:
            self.pull.rcvbuf = 4096
        self.out.sndhwm = 0
        for socket in (self.pull, self.out):
            socket.linger = 0
            if curve:
                socket.curve_server = True
                socket.curve_secretkey = curve
        addresses = bind or ("tcp://127.0.0.1:*", "tcp://127.0.0.1:*")
        self.pull.bind(addresses[0])
        self.out.bind(addresses[1])
        self.candles = self.pull.last_endpoint.decode()
        self.results = self.out.last_endpoint.decode()
        self._seq = {}

    def send(self, topic, payload):
        self.out.send_multipart([topic.encode(), payload if isinstance(payload, bytes)
                                 else json.dumps(payload).encode()])

    def stamp(self, topic):
        self._seq[topic] = self._seq.get(topic, 0) + 1
        return {"v": 1, "boot": self.boot, "seq": self._seq[topic]}

    def beat(self):
        self.send("heartbeat", {**self.stamp("heartbeat"), "at": now_ms(), "uptime_s": 1})

    def assessment(self, pair="A/B", **changes):
        """A good assessment of a minute ago that holds for another one."""
        topic = f"risk.{self.strategy}.{pair}.5m"
        return {**self.stamp(topic), "id": "x", "final": True, "strategy": self.strategy, "pair": pair,
                "timeframe": "5m", "candle_time": 1_700_000_100_000, "requested_at": now_ms(),
                "issued_at": now_ms(), "valid_until": now_ms() + 60_000, "score": 40, "confidence": 0.6,
                "verdict": "allow", "source": "fallback", "cause": "llm_timeout", **changes}

    def assess(self, pair="A/B", **changes):
        self.send(f"risk.{self.strategy}.{pair}.5m", self.assessment(pair, **changes))

    def meet(self, client):
        """Until the client has heard us: a message before its subscription is lost."""
        def heard():
            self.beat()
            return client.healthy()
        until(heard, what="a heartbeat")

    def next_block(self, limit=PATIENCE):
        """The next message with candles, with a heartbeat every moment as the daemon has."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            self.beat()
            if self.pull.poll(50):
                return json.loads(self.pull.recv())
        raise AssertionError("no candles came")

    def silence(self, seconds=0.4):
        """Whether no candles come in for a while."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.beat()
            if self.pull.poll(50):
                return False
        return True

    def close(self):
        self._context.destroy(linger=0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
