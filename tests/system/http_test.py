"""The HTTP server of the real daemon: every way in, who may do what, and that all who ask
are told the same numbers."""

import json
import re
import tempfile
import time
import unittest
import os

from peers import (BINARY, MockLlm, PATIENCE, Process, Subscriber, ask, candle, last_closed,
                   pusher, real_or_made_up_candles)
from web_peers import TOKEN, Listener, WebDaemon, labels, metrics_of, web_config

READABLE = ("/", "/dashboard.css", "/dashboard.js", "/dygraph.js", "/dygraph.css", "/metrics",
            "/healthz", "/readyz", "/api/info", "/api/status", "/api/stats", "/api/series",
            "/api/config", "/api/latest", "/api/transitions", "/api/assessments")


class EveryWayIn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.llm = MockLlm()
        cls.folder = tempfile.TemporaryDirectory()
        settings = web_config(cls.llm.url)
        settings["journal"] = {"path": os.path.join(cls.folder.name, "j.db")}
        settings["http"]["hosts"] = ["risk.example.org"]
        cls.daemon = WebDaemon(settings)
        sub = Subscriber(cls.daemon.results, "risk.")
        pair, timeframe, rows = real_or_made_up_candles(20)
        socket = pusher(cls.daemon.candles)
        for row in rows:
            socket.send_json(candle(pair, timeframe, row))
        sub.wait_count("risk.", 20)
        sub.close()

    @classmethod
    def tearDownClass(cls):
        assert cls.daemon.stop() == 0
        for x in (cls.daemon, cls.llm):
            x.__exit__()
        cls.folder.cleanup()

    def test_replies_are_those_of_the_control_socket(self):
        for name in ("status", "stats", "series", "config"):
            there = ask(self.daemon.control, {"cmd": name})
            here = self.daemon.get("/api/" + name)
            self.assertEqual(here.status, 200)
            self.assertEqual(here.headers["content-type"], "application/json")
            self.assertEqual(self.timeless(here.json), self.timeless(there))
        there = ask(self.daemon.control, {"cmd": "history", "limit": 3, "pair": "ETH/BTC"})
        here = self.daemon.get("/api/assessments", limit=3, pair="ETH/BTC").json
        self.assertEqual(here, there)
        self.assertEqual(len(here["assessments"]), 3)

    @staticmethod
    def timeless(reply):
        """Without what another moment says otherwise, be it by a millisecond."""
        reply.pop("uptime_s", None)
        for x in reply.get("strategies", {}).values():
            x.pop("state_since", None)
        return reply

    def test_health(self):
        self.assertEqual(self.daemon.get("/healthz").json, {"ok": True})
        self.assertEqual(self.daemon.get("/readyz").json, {"ok": True, "config_ok": True})
        info = self.daemon.get("/api/info").json
        self.assertEqual(info["boot"], ask(self.daemon.control, {"cmd": "ping"})["boot"])
        self.assertTrue(info["actions"])

    def test_the_latest_of_every_topic(self):
        latest = self.daemon.get("/api/latest").json["assessments"]
        self.assertEqual([(x["pair"], x["seq"]) for x in latest], [("ETH/BTC", 20)])

    def test_headers_keep_browsers_safe(self):
        for path in READABLE:
            got = self.daemon.get(path)
            self.assertEqual(got.status, 200, path)
            self.assertEqual(got.headers["x-content-type-options"], "nosniff")
            self.assertEqual(got.headers["referrer-policy"], "no-referrer")
            self.assertNotIn("access-control-allow-origin", got.headers)
            policy = got.headers["content-security-policy"]
            for part in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'",
                         "base-uri 'none'", "form-action 'none'"):
                self.assertIn(part, policy)
            self.assertNotIn("unsafe", policy)
            if path.startswith("/api/") or path == "/metrics":
                self.assertEqual(got.headers["cache-control"], "no-store")
        page = self.daemon.get("/").body.decode()
        self.assertNotRegex(page, r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|https?://")

    def test_a_page_is_sent_once(self):
        first = self.daemon.get("/dashboard.js")
        tag = first.headers["etag"]
        again = self.daemon.get("/dashboard.js", headers={"If-None-Match": tag})
        self.assertEqual((again.status, again.body), (304, b""))
        self.assertEqual(first.headers["cache-control"], "no-cache")

    def test_errors_say_what_and_how(self):
        for path, status, code in (
                ("/nowhere", 404, "not_found"), ("/api/ping", 404, "not_found"),
                ("/api/status?verbose=1", 400, "bad_argument"),
                ("/api/assessments?limit=many", 400, "bad_argument"),
                ("/api/assessments?limit=100000", 400, "bad_argument"),
                ("/api/assessments?timeframe=7m", 400, "bad_argument"),
                ("/api/events?kinds=nothing", 400, "bad_argument"),
                ("/api/breaker", 405, "method_not_allowed")):
            got = self.daemon.get(path)
            self.assertEqual((got.status, got.error), (status, code), path)
            self.assertIs(got.json["ok"], False)
        got = self.daemon.post("/api/status", {})
        self.assertEqual((got.status, got.headers["allow"]), (405, "GET, HEAD"))

    def test_only_the_token_opens(self):
        action = {"strategy": "s", "action": "force_open"}
        for wrong in (None, "", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "Bearer " + TOKEN):
            got = self.daemon.post("/api/breaker", action, token=wrong)
            self.assertEqual(got.status, 401, wrong)
            self.assertEqual(got.headers["www-authenticate"], "Bearer")
            self.assertEqual(self.daemon.post("/api/reload", token=wrong).status, 401)
        got = self.daemon.post("/api/breaker", action, headers={"Content-Type": "text/plain"})
        self.assertEqual(got.status, 415)
        self.assertEqual(ask(self.daemon.control, {"cmd": "status"})["strategies"]["s"]["state"],
                         "closed")
        got = self.daemon.post("/api/breaker", action)
        self.assertEqual((got.status, got.json), (200, {"ok": True, "state": "forced_open"}))
        moves = self.daemon.get("/api/transitions").json["transitions"]
        self.assertEqual((moves[-1]["from"], moves[-1]["to"]), ("closed", "forced_open"))
        got = self.daemon.post("/api/breaker", {"strategy": "s", "action": "auto"})
        self.assertEqual(got.json["state"], "closed")
        got = self.daemon.post("/api/breaker", {"strategy": "nobody", "action": "reset"})
        self.assertEqual((got.status, got.error), (404, "unknown_strategy"))
        got = self.daemon.post("/api/breaker", {"strategy": "s", "action": "explode"})
        self.assertEqual((got.status, got.error), (400, "bad_argument"))
        self.assertEqual(self.daemon.post("/api/reload").json["ok"], True)

    def test_foreign_names_and_pages_get_nothing(self):
        for header in ({"Host": "evil.example"}, {"Host": "127.0.0.1.evil.example"},
                       {"Origin": "http://evil.example"}, {"Origin": "null"}):
            for path in ("/", "/api/status", "/metrics", "/api/events"):
                self.assertEqual(self.daemon.get(path, headers=header).status, 403, header)
            got = self.daemon.post("/api/breaker", {"strategy": "s", "action": "reset"},
                                   headers=header)
            self.assertEqual(got.status, 403)
        # As a reverse proxy passes it on that serves https under this name.
        for here, origin in ((f"localhost:{self.daemon.port}", "http://"),
                             ("risk.example.org", "https://")):
            headers = {"Host": here, "Origin": origin + here}
            self.assertEqual(self.daemon.get("/api/info", headers=headers).status, 200)

    def test_an_endpoint_has_its_counters_before_it_is_asked(self):
        with WebDaemon(web_config(self.llm.url)) as daemon:
            calls = {labels_: value for (name, labels_), value
                     in metrics_of(daemon.get("/metrics").body.decode()).items()
                     if name == "riskbreaker_llm_calls_total"}
            self.assertTrue(any(("outcome", '"llm_timeout"') in x for x in calls), calls)
            self.assertEqual(set(calls.values()), {0})
            self.assertEqual(daemon.stop(), 0)

    def test_a_read_only_control_socket_does_not_bind_the_token(self):
        settings = web_config()
        settings["transport"]["control"]["read_only"] = True
        with WebDaemon(settings) as daemon:
            command = {"strategy": "s", "action": "force_open"}
            self.assertEqual(ask(daemon.control, {"cmd": "breaker", **command})["error"]["code"],
                             "read_only")
            self.assertEqual(daemon.post("/api/breaker", command, token=None).status, 401)
            self.assertEqual(daemon.post("/api/breaker", command).json["state"], "forced_open")

    def test_the_token_is_nowhere(self):
        for path in READABLE:
            self.assertNotIn(TOKEN.encode(), self.daemon.get(path).body, path)
        self.daemon.post("/api/breaker", {"strategy": "s", "action": "reset"}, token="wr0ng-one")
        self.assertFalse([x for x in self.daemon.lines if TOKEN in x or "wr0ng-one" in x])


class Events(unittest.TestCase):
    def check_events(self, encoding):
        with MockLlm() as llm, WebDaemon(web_config(llm.url, encoding=encoding)) as daemon:
            socket = pusher(daemon.candles)
            pair, timeframe, rows = real_or_made_up_candles(5)
            socket.send_json(candle(pair, timeframe, rows[0]))
            first = Listener(daemon)
            first.wait(lambda all_: any(kind == "risk" for kind, _, _ in all_))
            late = Listener(daemon, "risk,breaker")
            late.wait(lambda all_: len(all_) >= 2)
            self.assertEqual(sorted(kind for kind, _, _ in late.events), ["breaker", "risk"])
            for row in rows[1:]:
                socket.send_json(candle(pair, timeframe, row))
            socket.send(b"garbage")
            # Before the breaker is forced: then no LLM is asked, and nothing is provisional.
            first.wait(lambda all_: any(p.get("seq") == 5 for kind, _, p in all_ if kind == "risk"))
            daemon.post("/api/breaker", {"strategy": "s", "action": "force_open"})
            events = first.wait(lambda all_: {
                "risk", "risk_provisional", "breaker", "stats", "config", "ingest.rejected",
                "heartbeat"} <= {kind for kind, _, _ in all_}
                and any(p.get("seq") == 5 for kind, _, p in all_ if kind == "risk"))
            for kind, topic, payload in events:
                self.assertEqual(topic.split(".")[0], kind.split(".")[0])
                self.assertEqual(payload["v"], 1)
                self.assertGreaterEqual(payload["seq"], 1)
            finals = [p for kind, _, p in events if kind == "risk"]
            self.assertEqual(sorted({x["seq"] for x in finals}), [1, 2, 3, 4, 5])
            self.assertEqual(finals[-1]["factors"].keys(),
                             {"rsi", "volatility", "trend", "price_action"})
            late.wait(lambda all_: any(p.get("to") == "forced_open" for _, _, p in all_))
            self.assertEqual({kind for kind, _, _ in late.events}, {"risk", "breaker"})
            # Answers of a model may overtake each other; the newest candle's is the latest.
            newest = max(finals, key=lambda x: x["candle_time"])
            self.assertEqual(daemon.get("/api/latest").json["assessments"], [newest])
            moved = daemon.get("/api/transitions").json["transitions"]
            self.assertEqual([x["to"] for x in moved], ["forced_open"])
            began = time.monotonic()
            self.assertEqual(daemon.stop(), 0)
            self.assertLess(time.monotonic() - began, 2)
            first.close()
            late.close()
            socket.close()

    def test_json(self):
        self.check_events("json")

    def test_messagepack_is_shown_as_json(self):
        self.check_events("msgpack")


class TheSameEverywhere(unittest.TestCase):
    """Section 6 of the contract: topic, control, HTTP and Prometheus say the same."""

    def same(self, daemon, on_topic):
        by_ctl = ask(daemon.control, {"cmd": "stats"})
        by_http = daemon.get("/api/stats").json
        metrics = metrics_of(daemon.get("/metrics").body.decode())
        one = by_ctl["strategies"]["s"]
        for other in (by_http["strategies"]["s"], on_topic):  # time goes on between them
            self.assertAlmostEqual(other.pop("retry_in_s"), one["retry_in_s"], delta=PATIENCE)
        one.pop("retry_in_s")
        self.assertEqual(by_http["strategies"]["s"], one)
        self.assertEqual({k: on_topic.get(k) for k in one}, one)

        def metric(name, **names):
            return metrics["riskbreaker_" + name, labels(**names)]

        def total(name, **names):
            wanted = labels(**names)
            return sum(v for (n, l), v in metrics.items()
                       if n == "riskbreaker_" + name and wanted <= l)

        self.assertEqual(metric("requests_total", strategy="s"), one["requests"])
        self.assertEqual(total("answers_total"), one["answered"])
        for source, count in one["answers_by_source"].items():
            self.assertEqual(total("answers_total", source=source), count)
        for cause, count in one["fallbacks_by_cause"].items():
            self.assertEqual(metric("answers_total", strategy="s", source="fallback", cause=cause),
                             count)
        self.assertEqual(total("llm_calls_total"), one["total_calls"])
        self.assertEqual(total("llm_calls_total", outcome="success"), one["successful_calls"])
        for cause, count in one["failures_by_cause"].items():
            self.assertEqual(total("llm_calls_total", outcome=cause), count)
        self.assertEqual(total("llm_call_duration_seconds_count"), one["total_calls"])
        for kind in ("prompt", "completion"):
            self.assertEqual(total("llm_tokens_total", kind=kind), one["tokens"][kind])
        self.assertAlmostEqual(total("llm_cost_usd_total"), one["cost_usd"], 9)
        self.assertEqual(total("llm_attempts_total"), one["attempts"])
        self.assertEqual(total("llm_in_flight"), one["in_flight"])
        self.assertEqual(total("breaker_transitions_total"), one["transitions"])
        self.assertEqual(metric("breaker_state", strategy="s", state=one["state"]), 1)
        self.assertEqual(total("breaker_state"), 1)
        self.assertAlmostEqual(metric("llm_success_ratio", strategy="s", window="all") * 100,
                               one["success_rate"], 9)
        self.assertAlmostEqual(metric("llm_success_ratio", strategy="s", window="5m") * 100,
                               one["last_5m"]["success_rate"], 9)
        self.assertEqual(metric("answered_ratio", strategy="s", window="all") * 100,
                         one["answered_rate"])
        candles = by_ctl["candles"]
        self.assertEqual(by_http["candles"], candles)
        for label, key in (("accepted", "accepted"), ("duplicate", "duplicates"),
                           ("revision", "revisions"), ("filled", "filled")):
            self.assertEqual(metric("candles_total", result=label), candles[key])
        self.assertEqual(total("candles_refused_total"), candles["refused"])
        for reason, count in candles["refused_by_reason"].items():
            self.assertEqual(metric("candles_refused_total", reason=reason), count)
        self.assertEqual(metric("series"), len(daemon.get("/api/series").json["series"]))
        return one

    def test_under_load(self):
        with MockLlm("ok") as llm:
            settings = web_config(llm.url, breaker={"failure_threshold": 5, "recovery_timeout": 60})
            settings["stats"] = {"interval": 0.5}
            settings["llm"]["endpoints"]["sim"]["usd_per_million_tokens"] = {
                "prompt": 0.5, "completion": 1.5}
            with WebDaemon(settings) as daemon:
                sub = Subscriber(daemon.results, "risk.", "stats.")
                socket = pusher(daemon.candles)
                _, timeframe, rows = real_or_made_up_candles(160)
                names = [f"P{i}/USDT" for i in range(8)]
                for i, row in enumerate(rows):
                    if i == 80:
                        sub.wait_count("risk.", 8 * 80)
                        llm.fault("status:500")
                    for name in names:
                        socket.send_json(candle(name, timeframe, row))
                    socket.send_json(candle(names[0], timeframe, row))
                    if i % 10 == 0:
                        socket.send(b"no candle")
                        # Asking in the midst of it costs nobody an answer.
                        self.assertEqual(daemon.get("/metrics").status, 200)
                        self.assertEqual(daemon.get("/api/stats").status, 200)
                sub.wait_count("risk.", 8 * 160)
                # The topic comes last of all: its next message has everything.
                end = time.monotonic() + PATIENCE
                while True:
                    told = sub.of("stats.")[-1]
                    if told["answered"] == 8 * 160 and told["in_flight"] == 0:
                        break
                    self.assertLess(time.monotonic(), end, told)
                    time.sleep(0.1)
                one = self.same(daemon, told)
                self.assertEqual(one["requests"], 8 * 160)
                self.assertGreater(one["failed_calls"], 0)
                self.assertEqual(one["fallbacks_by_cause"].keys() & {"breaker_open"},
                                 {"breaker_open"})
                sub.close()


class Starting(unittest.TestCase):
    def test_a_taken_port_is_named_by_its_key(self):
        with WebDaemon(web_config()) as first, tempfile.TemporaryDirectory() as folder:
            settings = web_config()
            settings["http"]["bind"] = f"127.0.0.1:{first.port}"
            path = os.path.join(folder, "again.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(settings, file)
            with Process(["serve", "-c", path]) as second:
                self.assertEqual(second.child.wait(PATIENCE), 1)
                second.wait_line("riskbreaker: error: ")
            errors = [x for x in second.lines if ": error: " in x]
            self.assertEqual(len(errors), 1)
            for part in ("http.bind", f"127.0.0.1:{first.port}", "in use"):
                self.assertIn(part, errors[0])

    def test_without_a_token_it_only_shows(self):
        with WebDaemon(web_config(token=None)) as daemon:
            self.assertIs(daemon.get("/api/info").json["actions"], False)
            for token in (None, "", "guess"):
                got = daemon.post("/api/breaker", {"strategy": "s", "action": "reset"}, token)
                self.assertEqual((got.status, got.error), (403, "read_only"))
                self.assertIn("http.token", got.json["error"]["message"])
            got = daemon.get("/api/assessments")
            self.assertEqual((got.status, got.error), (503, "not_available"))

    def test_off(self):
        settings = web_config()
        settings["http"] = {"bind": None}
        with Process(["serve", "-c", self.write(settings)]) as daemon:
            daemon.wait_line(r"http=off")
            self.assertEqual(daemon.stop(), 0)

    def write(self, settings):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "c.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(settings, file)
        return path

    def test_a_reload_names_what_waits_for_a_restart(self):
        with WebDaemon(web_config(token="the-old-one")) as daemon:
            settings = web_config(token="the-new-one")
            settings["http"]["bind"] = "127.0.0.1:1"
            daemon.write(settings)
            got = daemon.post("/api/reload", token="the-old-one").json
            told = " ".join(got["needs_restart"])
            for part in ("/http/token", "/http/bind"):
                self.assertIn(part, told)
            self.assertFalse(re.search("the-(old|new)-one", json.dumps(got)))
            self.assertEqual(daemon.post("/api/reload", token="the-new-one").status, 401)
            daemon.write("{ nonsense")
            got = daemon.post("/api/reload", token="the-old-one")
            self.assertEqual((got.status, got.error), (409, "bad_config"))
            ready = daemon.get("/readyz")
            self.assertEqual((ready.status, ready.json), (200, {"ok": True, "config_ok": False}))


if __name__ == "__main__":
    unittest.main()
