"""A daemon with its HTTP server, spoken to with sockets and http.client alone."""

import http.client
import json
import socket
import threading
import time
from urllib.parse import urlencode

from peers import PATIENCE, Daemon, config

TOKEN = "t0ken-with-Signs_~"


def web_config(llm_url=None, token=TOKEN, encoding="json", **strategy):
    result = config(llm_url, **strategy)
    result["http"] = {"bind": "127.0.0.1:0", "token": token}
    result["transport"]["results"]["encoding"] = encoding
    return result


class Answer:
    def __init__(self, reply):
        self.status = reply.status
        self.headers = {k.lower(): v for k, v in reply.getheaders()}
        self.body = reply.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        return self.json["error"]["code"]


class WebDaemon(Daemon):
    def __init__(self, settings, **options):
        super().__init__(settings, **options)
        self.port = int(self.wait_line(r"http=http://127\.0\.0\.1:(\d+)").group(1))

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, headers or {})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def get(self, path, headers=None, **parameters):
        return self.request("GET", path + ("?" + urlencode(parameters) if parameters else ""),
                            headers=headers)

    def post(self, path, body=None, token=TOKEN, headers=None):
        fields = {"Content-Type": "application/json", **(headers or {})}
        if token is not None:
            fields["Authorization"] = "Bearer " + token
        return self.request("POST", path, json.dumps(body) if body is not None else "", fields)

    def connect(self, receive_buffer=None):
        client = socket.socket()
        if receive_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.settimeout(PATIENCE)
        client.connect(("127.0.0.1", self.port))
        return client


def metrics_of(text):
    """{(name, frozenset of labels): value} of Prometheus' text format."""
    result = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        name, value = line.rsplit(" ", 1)
        name, _, labels = name.partition("{")
        pairs = frozenset(tuple(x.split("=", 1)) for x in labels.rstrip("}").split(",") if x)
        assert (name, pairs) not in result, line
        result[name, pairs] = float(value)
    return result


def labels(**names):
    return frozenset((k, f'"{v}"') for k, v in names.items())


class Listener:
    """Collects server-sent events as (kind, topic, payload)."""

    def __init__(self, daemon, kinds=None):
        self.events = []
        self.ended = False
        self._changed = threading.Condition()
        self._socket = daemon.connect()
        query = f"?kinds={kinds}" if kinds else ""
        self._socket.sendall(f"GET /api/events{query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        try:
            with self._socket.makefile("rb") as stream:
                while stream.readline().strip():
                    pass
                kind = None
                for line in stream:
                    text = line.decode().rstrip("\n")
                    if text.startswith("event: "):
                        kind = text[7:]
                    elif text.startswith("data: "):
                        data = json.loads(text[6:])
                        with self._changed:
                            self.events.append((kind, data["topic"], data["payload"]))
                            self._changed.notify_all()
        except OSError:
            pass
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def wait(self, condition, limit=PATIENCE):
        end = time.monotonic() + limit
        with self._changed:
            while not condition(self.events):
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"did not come; {len(self.events)} events, "
                                         f"last {self.events[-3:]}")
                self._changed.wait(left)
            return list(self.events)

    def close(self):
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._thread.join(5)
        self._socket.close()
