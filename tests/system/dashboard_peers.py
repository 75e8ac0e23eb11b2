"""A daemon with its HTTP server, a market to push, and an LLM that says what it is told."""

import http.server
import json
import random
import socket
import threading

from peers import Daemon, config, candle, last_closed, pusher

STEP = 300_000


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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
    """Walks of made-up prices that end now, so that the newest scores still hold."""

    def __init__(self, daemon):
        self.socket = pusher(daemon.candles)
        self.walk = random.Random(7)
        self.prices = {}
        self.time = last_closed() - 40 * STEP

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
            self.send({"pair": pair, "timeframe": "5m", "history": True, "candles": [
                self._row(pair, self.time - (count - i) * STEP) for i in range(count)]})

    def candles(self):
        """The next candle of every pair, each of which asks for an assessment."""
        self.send([candle(pair, "5m", self._row(pair, self.time)) for pair in self.prices])
        self.time += STEP

    def push(self, *pairs):
        self.history(*pairs)
        self.candles()


class TalkativeLlm:
    """Answers every question with the same reasoning."""

    def __init__(self, reasoning):
        answer = json.dumps({"risk_score": 55, "confidence": 0.9, "reasoning": reasoning})
        reply = json.dumps({"id": "1", "object": "chat.completion", "model": "talkative", "choices": [
            {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": answer}}],
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
