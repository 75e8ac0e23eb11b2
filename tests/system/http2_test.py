"""HTTP/2 servers that misbehave: every request goes out once, and none is lost for good."""

import contextlib
import time
import unittest
from typing import Callable, List, NamedTuple, Optional

from certificates import Authority
from h2_server import H2Server
from peers import Daemon, Subscriber, candle, config, last_closed, pusher

API_TIMEOUT = 1.0
# Behind each round: what a server does after an answer has arrived, and at last the
# second in which a client that met a silence shares nothing.
PAUSES = [0.3, 0.3, 1.2, 0]
GONE = "llm_unreachable"


def answer(peer, stream, n):
    peer.answer(stream)


def refuse(nth):
    return lambda peer, stream, n: peer.refuse(stream) if n == nth else peer.answer(stream)


def goaway_over(nth):
    """GOAWAY instead of an answer: the request was not worked on."""
    return lambda peer, stream, n: peer.goaway(stream - 2) if n == nth else peer.answer(stream)


def goaway_after(nth):
    def behave(peer, stream, n):
        peer.answer(stream)
        if n == nth:
            peer.goaway(stream)
    return behave


def goaway_before(nth):
    """Announced, and the request that is open is answered still."""
    def behave(peer, stream, n):
        if n == nth:
            peer.goaway(stream)
            time.sleep(0.2)
        peer.answer(stream)
    return behave


def close_over(nth):
    return lambda peer, stream, n: peer.close() if n == nth else peer.answer(stream)


def close_after(nth):
    def behave(peer, stream, n):
        peer.answer(stream)
        if n == nth:
            time.sleep(0.05)
            peer.close()
    return behave


def silent_from(nth):
    """The connection that carries the nth request dies without a word; others are fine."""
    dead = []

    def behave(peer, stream, n):
        if n == nth:
            dead.append(peer)
        if peer not in dead:
            peer.answer(stream)
    return behave


class Row(NamedTuple):
    name: str
    behave: Callable
    causes: List[Optional[str]]  # of the finals, a round each
    requests: int  # that reach the server, in all
    connections: Optional[int] = None  # that carried them
    retries: int = 0


ROWS = [
    Row("fine", answer, [None, None, None, None], 4, 1),
    # libcurl by itself sends each of these again, over and over.
    Row("refused", refuse(0), [GONE, None, None, None], 4),
    Row("refused_later", refuse(1), [None, GONE, None, None], 4),
    Row("refused_retry", refuse(1), [None, None, None, None], 5, retries=1),
    Row("goaway", goaway_over(1), [None, GONE, None, None], 4),
    Row("goaway_retry", goaway_over(1), [None, None, None, None], 5, retries=1),
    Row("cut", close_over(1), [None, GONE, None, None], 4),
    # Nobody's failure.
    Row("goaway_idle", goaway_after(0), [None, None, None, None], 4, 2),
    Row("goaway_open", goaway_before(0), [None, None, None, None], 4, 2),
    Row("closed_idle", close_after(1), [None, None, None, None], 4, 2),
    # One time-out, and the connection is never trusted again. In the second after it
    # each request has its own.
    Row("silent", silent_from(1), [None, "llm_timeout", None, None], 4),
    Row("silent_retry", silent_from(1), [None, None, None, None], 5, retries=1),
]


class Http2(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """A candle for each row at the same instant, four times."""
        with contextlib.ExitStack() as stack:
            authority = stack.enter_context(Authority())
            certificate = authority.sign("IP:127.0.0.1")
            servers = [stack.enter_context(H2Server(*certificate, row.behave)) for row in ROWS]
            settings = config()
            base = settings["strategies"].pop("s")
            base["llm"].update(api_timeout=API_TIMEOUT, backoff_base=0.1)
            settings["llm"] = {"ca_file": authority.file, "endpoints": {
                row.name: {"url": server.url, "model": "m", "requests_per_minute": None}
                for row, server in zip(ROWS, servers)}}
            settings["strategies"] = {
                row.name: {**base, "pairs": [row.name.upper()],
                           "llm": {**base["llm"], "endpoints": [row.name],
                                   "max_retries": row.retries}} for row in ROWS}
            daemon = stack.enter_context(Daemon(settings))
            sub = Subscriber(daemon.results, "risk.", "heartbeat")
            stack.callback(sub.close)
            sub.wait_count("heartbeat", 1)
            push = pusher(daemon.candles)
            stack.callback(push.close)
            for i, pause in enumerate(PAUSES):
                opened = last_closed() - 3_600_000 + i * 300_000
                for row in ROWS:
                    push.send_json(candle(row.name.upper(), "5m", [opened, 1, 1, 1, 1, 1]))
                sub.wait_count("risk.", (i + 1) * len(ROWS))
                time.sleep(pause)
            cls.causes = {row.name: [x["cause"] for x in sub.of(f"risk.{row.name}.")]
                          for row in ROWS}
            cls.requests = {row.name: server.requests for row, server in zip(ROWS, servers)}

    def each(self, check):
        for row in ROWS:
            with self.subTest(server=row.name):
                check(row)

    def test_each_candle_has_its_answer_or_the_right_cause(self):
        self.each(lambda row: self.assertEqual(self.causes[row.name], row.causes))

    # https://github.com/HKUDS/nanobot/pull/2759
    def test_each_attempt_is_one_request(self):
        self.each(lambda row: self.assertEqual(len(self.requests[row.name]), row.requests))

    def test_a_connection_is_kept_while_it_is_good(self):
        def check(row):
            if row.connections is not None:
                self.assertEqual(len({x for x, _ in self.requests[row.name]}), row.connections)

        self.each(check)


if __name__ == "__main__":
    unittest.main()
