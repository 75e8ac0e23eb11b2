"""Starts the real programs and speaks to them with pyzmq, using nothing of ours."""

import csv
import json
import os
import random
import re
import signal
import subprocess
import tempfile
import threading
import time
import urllib.request

import zmq

BINARY = os.environ["RISKBREAKER"]
SHARED = os.environ.get("SHARED_DIR", "")
PATIENCE = 20.0  # seconds for what should take a moment, on a slow machine


class Process:
    """A child with its output read by threads; ended by its own id."""

    def __init__(self, args, env=None):
        self.lines = []
        self.out = []
        self._changed = threading.Condition()
        environment = {k: v for k, v in os.environ.items() if not k.startswith("RISKBREAKER__")}
        environment.update(env or {})
        self.child = subprocess.Popen(
            [BINARY, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            errors="replace", env=environment)
        self._threads = [
            threading.Thread(target=self._read, args=(stream, into), daemon=True)
            for stream, into in ((self.child.stdout, self.out), (self.child.stderr, self.lines))]
        for thread in self._threads:
            thread.start()

    def _read(self, stream, into):
        for line in stream:
            with self._changed:
                into.append(line.rstrip("\n"))
                self._changed.notify_all()

    def wait_line(self, pattern, limit=PATIENCE):
        """The first match in either output; fails when none comes in time."""
        end = time.monotonic() + limit
        with self._changed:
            while True:
                for line in self.out + self.lines:
                    if found := re.search(pattern, line):
                        return found
                left = end - time.monotonic()
                if left <= 0 or self.child.poll() is not None and left < limit - 2:
                    raise AssertionError(f"no line like {pattern!r} in {self.out + self.lines}")
                self._changed.wait(min(left, 0.2))

    def stop(self, sig=signal.SIGTERM, limit=PATIENCE):
        if self.child.poll() is None:
            self.child.send_signal(sig)
        code = self.child.wait(limit)
        for thread in self._threads:
            thread.join(2)
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()
        self.child.stdout.close()
        self.child.stderr.close()


class MockLlm(Process):
    def __init__(self, fault="ok", port=0):
        super().__init__(["mock-llm", "--port", str(port), "--fault", fault])
        self.url = self.wait_line(r"(http://127\.0\.0\.1:\d+/v1)").group(1)
        self.port = int(self.url.split(":")[2].split("/")[0])

    def _call(self, method, path, body=None):
        request = urllib.request.Request(self.url[:-3] + path, data=body, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                request, timeout=PATIENCE) as reply:
            return reply.read()

    def fault(self, text):
        self._call("PUT", "/_sim/fault", text.encode())

    def counts(self):
        return json.loads(self._call("GET", "/_sim"))


def config(llm_url=None, **strategy):
    """A configuration with free ports, short waits and one strategy, `s`."""
    endpoints = {}
    if llm_url:
        endpoints["sim"] = {"url": llm_url, "model": "mock", "requests_per_minute": None,
                            "max_in_flight": 64}
    base = {
        "llm": {"api_timeout": 2, "max_retries": 0, "call_deadline": 4, "min_attempt": 0.1},
        "breaker": {"recovery_timeout": 1, "recovery_jitter": 0},
        "gate": {"min_confidence": 0.1},
        "assess": {"max_candle_age": None},
    }
    for section, keys in strategy.items():
        if isinstance(keys, dict):
            base.setdefault(section, {}).update(keys)
        else:
            base[section] = keys
    return {
        "transport": {x: {"bind": "tcp://127.0.0.1:*"} for x in ("candles", "results", "control")},
        "http": {"bind": None}, "journal": {"path": None},
        "llm": {"endpoints": endpoints}, "strategies": {"s": base}}


class Daemon(Process):
    """A daemon in a folder of its own. Its files are not watched unless `watch` says so: a
    test that sends SIGHUP wants one reload, not two."""

    def __init__(self, settings, env=None, args=(), watch=False, files=()):
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "riskbreaker.json")
        self.write(settings)
        for name, text in dict(files).items():
            self.write(text, name)
        super().__init__([*args, "serve", "-c", self.path,
                          *([] if watch else ["--no-watch"])], env)
        # As text or as JSON.
        found = self.wait_line("serves.*" + ".*".join(
            rf'{x}"?[=:]"?([^\s",]+)' for x in ("candles", "results", "control")))
        self.candles, self.results, self.control = found.groups()

    def write(self, settings, name="riskbreaker.json"):
        with open(os.path.join(self.folder.name, name), "w", encoding="utf-8") as file:
            file.write(settings if isinstance(settings, str) else json.dumps(settings, indent=1))

    def __exit__(self, *args):
        super().__exit__(*args)
        self.folder.cleanup()


class Subscriber:
    """Collects everything below the given prefixes, dropping what was replayed."""

    def __init__(self, endpoint, *prefixes):
        self.messages = []  # (topic, payload)
        self._seen = {}
        self._stop = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, args=(endpoint, prefixes), daemon=True)
        self._thread.start()

    def _run(self, endpoint, prefixes):
        socket = zmq.Context.instance().socket(zmq.SUB)
        socket.rcvhwm = 0
        socket.linger = 0
        for prefix in prefixes:
            socket.subscribe(prefix)
        socket.connect(endpoint)
        while not self._stop:
            if not socket.poll(50):
                continue
            topic, payload = socket.recv_multipart()
            topic, payload = topic.decode(), json.loads(payload)
            mark = (topic, payload["boot"])
            with self._changed:
                if payload["seq"] <= self._seen.get(mark, 0):
                    continue
                self._seen[mark] = payload["seq"]
                self.messages.append((topic, payload))
                self._changed.notify_all()
        socket.close()

    def of(self, prefix):
        with self._changed:
            return [payload for topic, payload in self.messages if topic.startswith(prefix)]

    def wait(self, condition, limit=PATIENCE, what="a message"):
        end = time.monotonic() + limit
        with self._changed:
            while not condition([*self.messages]):
                left = end - time.monotonic()
                if left <= 0:
                    tail = [(t, p.get("cause"), p.get("seq")) for t, p in self.messages[-5:]]
                    raise AssertionError(f"{what} did not come; {len(self.messages)} so far, last {tail}")
                self._changed.wait(left)
            return [*self.messages]

    def wait_count(self, prefix, count, limit=PATIENCE):
        self.wait(lambda all_: sum(t.startswith(prefix) for t, _ in all_) >= count, limit,
                  f"{count} messages on {prefix}")
        return self.of(prefix)

    def close(self):
        self._stop = True
        self._thread.join()


def pusher(endpoint):
    socket = zmq.Context.instance().socket(zmq.PUSH)
    socket.linger = 2000
    socket.sndtimeo = int(PATIENCE * 1000)
    socket.connect(endpoint)
    return socket


def ask(endpoint, request, limit=PATIENCE):
    """One control request; bytes go out as they are."""
    socket = zmq.Context.instance().socket(zmq.REQ)
    socket.linger = 0
    socket.rcvtimeo = int(limit * 1000)
    socket.connect(endpoint)
    try:
        socket.send(request if isinstance(request, bytes) else json.dumps(request).encode())
        return json.loads(socket.recv())
    finally:
        socket.close()


def real_or_made_up_candles(count):
    """ETH/BTC at 5m as (pair, timeframe, rows): real where the data are at hand."""
    path = os.path.join(SHARED, "data", "ETH_BTC-5m.csv")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            rows = [[int(r["open_time_ms"]), *(float(r[x]) for x in
                                               ("open", "high", "low", "close", "volume"))]
                    for r, _ in zip(csv.DictReader(file), range(count))]
        return "ETH/BTC", "5m", rows
    print("no shared/data here: a made-up market stands in")
    walk = random.Random(1)
    rows, price = [], 0.1
    for i in range(count):
        close = price * (1 + walk.gauss(0, 0.002))
        rows.append([1_515_560_100_000 + i * 300_000, price, max(price, close) * 1.001,
                     min(price, close) * 0.999, close, 10.0])
        price = close
    return "ETH/BTC", "5m", rows


def candle(pair, timeframe, row):
    return dict(zip(("time", "open", "high", "low", "close", "volume"), row),
                pair=pair, timeframe=timeframe)


def last_closed(minutes=5):
    """The open time of the newest candle that is closed by now."""
    length = minutes * 60_000
    return int(time.time() * 1000) // length * length - length


def resident_kb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
