"""The real daemon's HTTP server against clients that mean no good, or only read too slowly:
others go on being served, and what each costs is bounded."""

import http.client
import random
import threading
import time
import unittest

from peers import PATIENCE, Subscriber, candle, pusher, real_or_made_up_candles, resident_kb
from web_peers import Listener, WebDaemon, metrics_of, web_config


def metric(daemon, name):
    return metrics_of(daemon.get("/metrics").body.decode())["riskbreaker_" + name, frozenset()]


def reply_to(client, request):
    """The status line, or nothing when the other side just closes."""
    try:
        client.sendall(request)
        return client.recv(4096).split(b"\r\n")[0]
    except (ConnectionResetError, BrokenPipeError):
        return b""


class Limits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = WebDaemon(web_config())

    @classmethod
    def tearDownClass(cls):
        assert cls.daemon.stop() == 0
        cls.daemon.__exit__()

    def tearDown(self):
        self.assertEqual(self.daemon.get("/healthz").status, 200)
        self.assertEqual(self.daemon.get("/readyz").status, 200)

    def test_too_long(self):
        with self.daemon.connect() as client:
            line = reply_to(client, b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 9000
                            + b"\r\n\r\n")
            self.assertIn(b" 431 ", line)
        with self.daemon.connect() as client:
            line = reply_to(client, b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n")
            self.assertIn(b" 431 ", line)
        with self.daemon.connect() as client:
            line = reply_to(client, b"POST /api/breaker HTTP/1.1\r\nHost: localhost\r\n"
                            b"Content-Length: 1000000000\r\n\r\n")
            self.assertIn(b" 413 ", line)

    def test_garbage(self):
        noise = random.Random(1)
        for _ in range(200):
            with self.daemon.connect() as client:
                line = reply_to(client, noise.randbytes(noise.randrange(1, 3000)) + b"\r\n\r\n")
                self.assertTrue(not line or b" 400 " in line or b" 431 " in line, line)

    def test_halves_of_requests(self):
        noise = random.Random(2)
        request = (b"POST /api/breaker HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n"
                   b"Authorization: Bearer x\r\n\r\n" + b" " * 20)
        for _ in range(200):
            with self.daemon.connect() as client:
                client.sendall(request[:noise.randrange(len(request))])

    def test_who_holds_all_connections_shuts_nobody_out(self):
        for beginning in (b"", b"GET / HTTP/1.1\r\nHost: loc"):
            held = [self.daemon.connect() for _ in range(600)]
            for client in held:
                try:
                    client.sendall(beginning)
                except OSError:  # it had to make room
                    pass
            self.assertEqual(self.daemon.get("/api/status").status, 200)
            for client in held:
                client.close()

    def test_a_sender_of_single_bytes_is_cut_off(self):
        began = time.monotonic()
        with self.daemon.connect() as client:
            request = b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 1000
            try:
                for i in range(len(request)):
                    client.sendall(request[i:i + 1])
                    time.sleep(0.05)
            except OSError:
                pass
        self.assertLess(time.monotonic() - began, 30)  # 10 s, and slack


class Readers(unittest.TestCase):
    def test_who_never_reads_costs_bounded_memory(self):
        with WebDaemon(web_config()) as daemon:
            socket_ = pusher(daemon.candles)
            sub = Subscriber(daemon.results, "risk.")
            _, timeframe, rows = real_or_made_up_candles(400)
            names = [f"P{i}/USDT" for i in range(50)]

            def push(some):
                for row in some:
                    socket_.send_json([candle(name, timeframe, row) for name in names])

            push(rows[:20])
            sub.wait_count("risk.", 50 * 20)
            before = resident_kb(daemon.child.pid)
            stuck = []
            for _ in range(100):
                client = daemon.connect(receive_buffer=4096)
                client.sendall(b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
                stuck.append(client)
            for _ in range(50):
                client = daemon.connect(receive_buffer=4096)
                client.sendall(b"GET /api/latest HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20)
                stuck.append(client)
            fine = Listener(daemon, "breaker,heartbeat")
            end = time.monotonic() + 60
            # Each row lets a tick pass, or all would be one.
            for i, row in enumerate(rows[20:]):
                push([row])
                time.sleep(0.1)
                if i % 10 == 0 and metric(daemon, "http_events_cut_off_total") >= 100:
                    break
                self.assertLess(time.monotonic(), end, "nobody is cut off")
            self.assertGreaterEqual(metric(daemon, "http_events_cut_off_total"), 100)
            grown = resident_kb(daemon.child.pid) - before
            print(f"{len(stuck)} that never read: {grown} kB")
            self.assertLess(grown, 40_000)
            self.assertFalse(fine.ended)
            self.assertEqual(daemon.get("/api/status").status, 200)
            fine.close()
            sub.close()
            for client in stuck:
                client.close()
            socket_.close()
            self.assertEqual(daemon.stop(), 0)

    def test_two_hundred_who_do_read(self):
        with WebDaemon(web_config()) as daemon:
            listeners = [Listener(daemon) for _ in range(200)]
            socket_ = pusher(daemon.candles)
            pair, timeframe, rows = real_or_made_up_candles(10)
            for row in rows:
                socket_.send_json(candle(pair, timeframe, row))
            for x in listeners:
                events = x.wait(lambda all_: any(
                    kind == "risk" and p["seq"] == 10 for kind, _, p in all_))
                seqs = [p["seq"] for kind, _, p in events if kind == "risk"]
                self.assertEqual(sorted(set(seqs)), list(range(min(seqs), 11)))
            began = time.monotonic()
            self.assertEqual(daemon.stop(), 0)
            self.assertLess(time.monotonic() - began, 2)
            for x in listeners:
                x.close()
            socket_.close()

    def test_more_listeners_than_places(self):
        with WebDaemon(web_config()) as daemon:
            clients = []
            for i in range(258):
                client = daemon.connect()
                client.sendall(b"GET /api/events?kinds=config HTTP/1.1\r\nHost: localhost\r\n\r\n")
                line = client.recv(4096)
                self.assertIn(b" 200 " if i < 256 else b" 503 ", line.split(b"\r\n")[0])
                clients.append(client)
            self.assertEqual(daemon.get("/api/status").status, 200)
            for client in clients:
                client.close()


class Stopping(unittest.TestCase):
    def test_it_stops_in_time_whoever_is_there(self):
        with WebDaemon(web_config()) as daemon:
            clients = [daemon.connect() for _ in range(50)]
            for client in clients[:25]:
                client.sendall(b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            for client in clients[25:]:
                client.sendall(b"GET / HTTP/1.1\r\nHost: lo")
            stop = threading.Event()

            def scrape():
                while not stop.is_set():
                    try:
                        daemon.get("/metrics")
                    except (OSError, http.client.HTTPException):  # it stops while we ask
                        return

            threads = [threading.Thread(target=scrape) for _ in range(4)]
            for thread in threads:
                thread.start()
            time.sleep(0.5)
            began = time.monotonic()
            self.assertEqual(daemon.stop(), 0)
            self.assertLess(time.monotonic() - began, 2)
            stop.set()
            for thread in threads:
                thread.join(PATIENCE)
            for client in clients:
                client.close()


if __name__ == "__main__":
    unittest.main()
