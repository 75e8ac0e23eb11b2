"""TLS, HTTP/2 and proxies with servers that are not ours: nghttpx before a simulator."""

import contextlib
import json
import os
import signal
import socket
import socketserver
import tempfile
import threading
import unittest

from certificates import Authority
from nghttpx import Nghttpx
from peers import Daemon, MockLlm, Process, Subscriber, candle, config, last_closed, pusher

KEY = "sk-planted-7f3a9c51"
DEAD = "http://127.0.0.1:1"
DEAD_PROXIES = {x: DEAD for name in ("http_proxy", "https_proxy", "all_proxy")
                for x in (name, name.upper())}


class ConnectProxy:
    """The least that a forward proxy is; notes what it was asked."""

    def __init__(self, status=200):
        self.heads = []
        proxy = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    if not (byte := self.request.recv(1)):
                        return
                    head += byte
                proxy.heads.append(head.decode())
                method, target, _ = head.decode().split(" ", 2)
                if status != 200 or method != "CONNECT":
                    self.request.sendall(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n"
                                         b"Retry-After: 9999\r\n\r\n" % status)
                    return
                host, port = target.rsplit(":", 1)
                with proxy.connect(host, int(port)) as server:
                    self.request.sendall(b"HTTP/1.1 200 Go ahead\r\n\r\n")
                    back = threading.Thread(target=proxy.copy, args=(server, self.request))
                    back.start()
                    proxy.copy(self.request, server)
                    back.join()

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @staticmethod
    def connect(host, port):
        return socket.create_connection((host, port), 5)

    @staticmethod
    def copy(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(1)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def settings_for(urls, **llm):
    """A strategy for each endpoint, with pairs of its own: NAME0/USDT, NAME1/USDT, …"""
    out = config()
    strategy = out["strategies"].pop("s")
    out["llm"].update(llm)
    out["llm"]["endpoints"] = {
        name: {"url": url, "model": "mock", "api_key_env": "PLANTED_KEY",
               "requests_per_minute": None} for name, url in urls.items()}
    out["strategies"] = {
        name: {**strategy, "pairs": [name + "*/USDT"],
               "llm": {**strategy["llm"], "endpoints": [name]}} for name in urls}
    return out


class Desk:
    """A daemon with a subscriber, ended together."""

    def __init__(self, settings, env=None):
        self._stack = contextlib.ExitStack()
        self.daemon = self._stack.enter_context(
            Daemon(settings, {"PLANTED_KEY": KEY, **(env or {})}, ["--log-level", "debug"]))
        self.sub = Subscriber(self.daemon.results, "")
        self._stack.callback(self.sub.close)
        self._push = pusher(self.daemon.candles)
        self._stack.callback(self._push.close)
        self._opened = last_closed() - 3_600_000

    def ask(self, *pairs):
        """Pushes a candle of each at once; the finals by pair."""
        before = len(self.sub.of("risk."))
        self._opened += 300_000
        for pair in pairs:
            self._push.send_json(candle(pair, "5m", [self._opened, 1, 1, 1, 1, 1]))
        finals = self.sub.wait_count("risk.", before + len(pairs))[before:]
        return {x["pair"]: x for x in finals}

    def detail(self, name):
        """What the log says of a failed call."""
        return self.daemon.wait_line(rf"endpoint={name} cause=\w+ detail=\"(.*)\"").group(1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stack.close()


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.authority = cls.stack.enter_context(Authority())
        cls.here = cls.authority.sign("IP:127.0.0.1")
        cls.localhost = cls.authority.sign("DNS:localhost")
        cls.llm = cls.stack.enter_context(MockLlm())

    def front(self, certificate, **options):
        front = Nghttpx(certificate, self.llm.port, **options)
        self.addCleanup(front.__exit__)
        return front

    def desk(self, urls, env=None, **llm):
        desk = Desk(settings_for(urls, **{"ca_file": self.authority.file, **llm}), env)
        self.addCleanup(desk.__exit__)
        return desk

    def refused(self, desk, name, detail):
        """The call failed before anything was sent, and the log says why."""
        before = self.llm.counts()["received"]
        final = desk.ask(f"{name}0/USDT")[f"{name}0/USDT"]
        self.assertEqual((final["source"], final["cause"]), ("fallback", "llm_unreachable"))
        self.assertRegex(desk.detail(name), detail)
        self.assertEqual(self.llm.counts()["received"], before)

    def answered(self, desk, *pairs):
        finals = desk.ask(*pairs)
        self.assertEqual([(x["source"], x["cause"]) for x in finals.values()],
                         [("llm", None)] * len(pairs))

    def test_what_is_asked_at_once_shares_a_connection_over_http_2(self):
        front = self.front(self.here)
        desk = self.desk({"e": front.url}, env=DEAD_PROXIES)
        self.answered(desk, *[f"e{i}/USDT" for i in range(12)])
        self.answered(desk, "e0/USDT")
        self.assertEqual(front.requests(), [("h2", front.requests()[0][1])] * 13)

    def test_a_server_without_http_2_is_asked_over_http_1(self):
        front = self.front(self.localhost, protocols="http/1.1", host="localhost")
        desk = self.desk({"e": front.url})
        self.answered(desk, "e0/USDT", "e1/USDT")
        self.assertEqual([x for x, _ in front.requests()], ["http/1.1"] * 2)

    def test_whoever_is_not_certified_for_its_name_is_refused(self):
        other = self.stack.enter_context(Authority("another authority"))
        urls = {
            "good": self.front(self.here).url,
            "unknown": self.front(other.sign("IP:127.0.0.1")).url,
            "elsewhere": self.front(self.authority.sign("DNS:elsewhere.example")).url,
            "expired": self.front(self.authority.sign("IP:127.0.0.1", days=-1)).url,
            "plain": self.llm.url.replace("http:", "https:"),
        }
        desk = self.desk(urls)
        self.refused(desk, "unknown", "certificate refused: .*issuer certificate")
        self.refused(desk, "elsewhere", "certificate refused: .*127.0.0.1")
        self.refused(desk, "expired", "certificate refused: .*expired")
        self.refused(desk, "plain", "(?i)ssl")
        self.answered(desk, "good0/USDT")

    def test_the_systems_store_does_not_know_our_authority(self):
        desk = self.desk({"e": self.front(self.here).url}, ca_file=None)
        self.refused(desk, "e", "certificate refused: ")

    def test_an_https_endpoint_is_asked_through_the_proxy(self):
        proxy = self.stack.enter_context(ConnectProxy())
        front, direct = self.front(self.here), self.front(self.localhost, host="localhost")
        desk = self.desk({"far": front.url, "near": direct.url}, proxy=proxy.url,
                         no_proxy=["localhost"], env={"no_proxy": "*", **DEAD_PROXIES})
        self.answered(desk, "far0/USDT", "far1/USDT", "near0/USDT")
        self.assertEqual([x for x, _ in front.requests() + direct.requests()], ["h2"] * 3)
        self.assertTrue(proxy.heads)
        for head in proxy.heads:
            self.assertTrue(head.startswith(f"CONNECT 127.0.0.1:{front.port} HTTP/1.1\r\n"), head)
            self.assertNotIn(KEY, head)

    def test_a_server_behind_the_proxy_is_verified_as_well(self):
        proxy = self.stack.enter_context(ConnectProxy())
        desk = self.desk({"e": self.front(self.localhost).url}, proxy=proxy.url)
        self.refused(desk, "e", "certificate refused: .*127.0.0.1")

    def test_what_a_proxy_refuses_is_unreachable(self):
        proxy = self.stack.enter_context(ConnectProxy(status=403))
        desk = self.desk({"e": self.front(self.here).url}, proxy=proxy.url)
        self.refused(desk, "e", "CONNECT tunnel failed, response 403")
        # The proxy's Retry-After is not the endpoint's.
        self.assertEqual([x["to"] for x in desk.sub.of("breaker.")], ["closed"])

    def test_a_dead_proxy_is_not_gone_round(self):
        desk = self.desk({"e": self.front(self.here).url}, proxy=DEAD)
        self.refused(desk, "e", "127.0.0.1 port 1")

    def test_a_file_without_certificates_is_found_at_the_start(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "riskbreaker.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(settings_for({"e": "https://127.0.0.1:1"}, ca_file=path), file)
            with Process(["serve", "-c", path]) as daemon:
                self.assertEqual(daemon.stop(signal.SIGCONT), 78)  # ends by itself
            self.assertIn("holds no certificate in PEM form", "\n".join(daemon.lines))


if __name__ == "__main__":
    unittest.main()
