"""A daemon with its HTTP server, a market to push, and an LLM that says what it is told."""

import http.server
import json
import random
import socket
import threading

from peers import Daemon, config, candle, last_closed, pusher


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listen_many(url, count):
    """So many connections that take events; each has begun."""
    host, port = url.removeprefix("http://").strip("/").split(":")
    result = []
    for _ in range(count):
        connection = socket.create_connection((host, int(port)), 10)
        connection.sendall(f"GET /api/events HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        result.append(connection)
    for connection in result:
        if not connection.recv(64).startswith(b"HTTP/1.1 200"):
            raise AssertionError("a listener was refused")
    return result


def scene(steady_url, breaking_url, journal):
    """Three strategies as users have them: a steady LLM, one that will break, none."""
    result = settings(breaking_url, token="tok-4711")
    base = result["strategies"].pop("s")
    base["timeframes"] = ["5m", "15m"]
    base["breaker"] = {"recovery_timeout": 60, "recovery_jitter": 0}
    base["assess"]["grace"] = 300
    base["gate"] = {"min_confidence": 0.3, "max_risk_score": 60}
    endpoints = result["llm"]["endpoints"]
    endpoints["steady"] = dict(endpoints["sim"], url=steady_url,
                               usd_per_million_tokens={"prompt": 0.15, "completion": 0.6})
    result["journal"]["path"] = journal
    result["strategies"] = {
        "ichimoku_llm_risk": {**base, "llm": {**base["llm"], "endpoints": ["sim"]}},
        "bb_meanreversion_llm": {**base, "llm": {**base["llm"], "endpoints": ["steady"]},
                                 "fallback": {"profile": "bb_meanreversion"}, "pairs": ["*/USDT"]},
        "plain_ta": {**base, "llm": {"endpoints": []}, "pairs": ["BTC/*"]}}
    return result


def settings(llm_url=None, token=None, port=0, **strategy):
    result = config(llm_url, **strategy)
    result["http"] = {"bind": f"127.0.0.1:{port}", "token": token}
    result["stats"] = {"interval": 1}
    return result


class WebDaemon(Daemon):
    def __init__(self, options):
        super().__init__(options)
        address = self.wait_line(r"http=(?:http://)?([\d.]+:\d+)").group(1)
        self.url = f"http://{address}/"


class Market:
    """Walks of made-up prices; the last of `candles` is the newest there can be now, so that
    its scores still hold."""

    def __init__(self, daemon, candles=20, minutes=5):
        self.socket = pusher(daemon.candles)
        self.walk = random.Random(7)
        self.prices = {}
        self.step = minutes * 60_000
        self.timeframe = f"{minutes}m"
        self.time = last_closed(minutes) - (candles - 1) * self.step

    def _row(self, pair, time):
        opened = self.prices[pair]
        close = opened * (1 + self.walk.gauss(0, 0.004))
        self.prices[pair] = close
        return [time, opened, max(opened, close) * 1.001, min(opened, close) * 0.999, close,
                self.walk.uniform(5, 50)]

    def send(self, what):
        self.socket.send_json(what)

    def history(self, *pairs, count=120):
        for pair in pairs:
            self.prices[pair] = self.walk.uniform(1, 3000)
            self.send({"pair": pair, "timeframe": self.timeframe, "history": True, "candles": [
                self._row(pair, self.time - (count - i) * self.step) for i in range(count)]})

    def candles(self):
        """The next candle of every pair, each of which asks for an assessment."""
        self.send([candle(pair, self.timeframe, self._row(pair, self.time))
                   for pair in self.prices])
        self.time += self.step

    def push(self, *pairs):
        self.history(*pairs)
        self.candles()


class TalkativeLlm:
    """Answers every question with the same reasoning."""

    def __init__(self, reasoning):
        answer = json.dumps({"risk_score": 55, "confidence": 0.9, "reasoning": reasoning})
        choice = {"index": 0, "finish_reason": "stop",
                  "message": {"role": "assistant", "content": answer}}
        reply = json.dumps({
            "id": "1", "object": "chat.completion", "model": "talkative", "choices": [choice],
            "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}}).encode()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
