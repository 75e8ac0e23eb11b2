"""docs/asyncapi.yaml against what the daemon really sends, on every topic and to every command."""

import json
import os
import signal
import tempfile
import threading
import time
import unittest

import msgpack
import zmq

from asyncapi_document import CHECKER, ROOT, Document
from peers import PATIENCE, Daemon, MockLlm, ask, candle, config, last_closed, pusher


def strict_json(body):
    """As JSON has it: no key twice, no NaN."""
    def unique(pairs):
        if len({k for k, _ in pairs}) < len(pairs):
            raise AssertionError(f"a key stands twice in {body[:500]}")
        return dict(pairs)

    def refuse(token):
        raise AssertionError(f"{token} in {body[:500]}")

    return json.loads(body.decode(), object_pairs_hook=unique, parse_constant=refuse)


class Listener:
    """Everything that is published, repetitions too."""

    def __init__(self, endpoint, decode=strict_json):
        self._all = []
        self._changed = threading.Condition()
        self._stop = False
        self._thread = threading.Thread(target=self._run, args=(endpoint, decode), daemon=True)
        self._thread.start()
        self.wait(lambda t, _: t == "heartbeat")

    def _run(self, endpoint, decode):
        with zmq.Context.instance().socket(zmq.SUB) as socket:
            socket.rcvhwm = socket.linger = 0
            socket.subscribe("")
            socket.connect(endpoint)
            while not self._stop:
                if socket.poll(50):
                    topic, payload = socket.recv_multipart()
                    with self._changed:
                        self._all.append((topic.decode(), decode(payload)))
                        self._changed.notify_all()

    def seen(self, condition):
        with self._changed:
            return [p for t, p in self._all if condition(t, p)]

    def wait(self, condition, count=1):
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.seen(condition)) >= count, PATIENCE):
                raise AssertionError(f"{len(self.seen(condition))} of {count} messages came; the "
                                     f"last: {[(t, p.get('cause')) for t, p in self._all][-20:]}")
            return self.seen(condition)

    def close(self):
        self._stop = True
        self._thread.join()
        return self._all


class Daemons(unittest.TestCase):
    """One run through everything. Order matters: breakers are opened on the way."""

    def setUp(self):
        self.doc = Document()

    def ask(self, request, expected):
        """A request, which must be as described if it is not refused for its form."""
        raw = request if isinstance(request, bytes) else json.dumps(request).encode()
        reply = ask(self.daemon.control, raw)
        command = request.get("cmd") if isinstance(request, dict) else None
        got = self.doc.check_reply(command, reply)
        self.assertEqual(reply["error"]["code"] if got == "errorReply" else got, expected, reply)
        form_is_good = expected not in ("bad_json", "unknown_command", "bad_argument", "too_large")
        if isinstance(request, dict):
            own = [x for x in self.doc.messages if "cmd" in self.doc.resolve(
                self.doc.messages[x]["payload"]["$ref"]).get("properties", {})]
            fitting = [x for x in own if not self.doc.faults(x, request)]
            self.assertEqual(len(fitting), int(form_is_good), (request, fitting))
            for name in fitting:
                self.doc.check(name, request)
            self.assertEqual(reply.get("id"), request.get("id"))
        return reply

    def push(self, message, payload, frame=None):
        self.doc.check(message, payload)
        self.socket.send(frame or json.dumps(payload).encode())

    def push(self, message, payload, frame=None):
        self.doc.check(message, payload)
        self.socket.send(frame or json.dumps(payload).encode())

    def test_all_that_it_says_is_described_and_all_that_is_described_is_said(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        with MockLlm() as llm:
            settings = config(llm.url, breaker={"failure_threshold": 2})
            settings["journal"]["path"] = os.path.join(folder.name, "journal.db")
            settings["stats"] = {"interval": 1}
            settings["limits"] = {"max_series": 12, "max_frame": 65_536}
            # Asked for its answers' causes, with a breaker that does not open by counting.
            settings["strategies"]["t"] = {
                **settings["strategies"]["s"], "pairs": ["A/USDT"],
                "breaker": {"failure_threshold": 100}, "assess": {"provisional": False}}
            settings["strategies"]["off"] = {"timeframes": ["1h"], "llm": {"endpoints": []}}
            with Daemon(settings) as self.daemon, pusher(self.daemon.candles) as self.socket:
                self.listener = Listener(self.daemon.results)
                self.candles_of_all_forms()
                self.control()
                self.causes(llm)
                self.breaker_transitions(llm)
                self.reloads(settings)
                self.refusals()
                self.last_words(llm)
            self.check_published(self.listener)
            self.in_messagepack(llm.url)
        print("seen:", ", ".join(f"{k} {v}" for k, v in sorted(self.doc.hits.items())))
        self.assertEqual(set(self.doc.messages) - set(self.doc.hits), set(), "never seen")

    def check_published(self, listener):
        for topic, payload in listener.close():
            self.doc.check_published(topic, payload)
            if topic.startswith("risk"):
                kind = "risk" if payload["final"] else "risk_provisional"
                self.assertEqual(topic, ".".join(
                    [kind, *(payload[x] for x in ("strategy", "pair", "timeframe"))]))

    def candles_of_all_forms(self):
        opened = last_closed()
        row = [opened, 1.5, 2, 1, 1.75, 3]
        one = candle("A/USDT", "5m", row)
        self.push("candle", one)
        self.push("candle", {**one, "pair": "B/USDT"}, msgpack.packb({**one, "pair": "B/USDT"}))
        self.push("candleList", [{**one, "pair": "C/USDT"}, {**one, "pair": "ÄÖ.币/USDT"}])
        rows = [[opened - i * 300_000, "1.5", "2", "1", "1.75", "3"] for i in range(199, 0, -1)]
        self.push("candleBlock", {"pair": "D/USDT", "timeframe": "5m", "candles": rows,
                                  "history": True})
        self.push("candleBlock", {"pair": "D/USDT", "timeframe": "5m", "candles": [row]})
        self.push("candle", {**one, "pair": "E/USDT", "closed": False})
        self.push("candle", candle("A/USDT", "1h", [last_closed(60), *row[1:]]))
        finals = self.listener.wait(lambda t, _: t.startswith("risk."), 7)
        self.assertEqual({x["source"] for x in finals}, {"llm", "fallback"})
        self.listener.wait(lambda t, _: t.startswith("risk_provisional."), 5)

    def control(self):
        a = {"strategy": "s", "pair": "A/USDT", "timeframe": "5m"}
        self.ask({"cmd": "ping", "id": {"any": ["value", 1, None]}}, "pingReply")
        self.ask({"cmd": "status", "id": 0}, "statusReply")
        self.ask({"cmd": "series"}, "seriesReply")
        self.ask({"cmd": "stats", "unknown": "keys are ignored"}, "statisticsReply")
        self.ask({"cmd": "assess", **a}, "assessReply")
        self.assertEqual(self.ask({"cmd": "log_level", "level": "debug"}, "logLevelReply")["level"],
                         "debug")
        self.ask({"cmd": "log_level", "level": "loud"}, "bad_argument")
        self.assertEqual(self.ask({"cmd": "log_level"}, "logLevelReply")["level"], "debug")
        shown = self.ask({"cmd": "config", "id": "x"}, "configReply")["config"]
        with open(os.path.join(ROOT, "config", "riskbreaker.schema.json"),
                  encoding="utf-8") as file:
            CHECKER(json.load(file)).validate(shown)
        query = {"cmd": "history", "limit": 10.0, "pair": "A/USDT", "strategy": None}
        end = time.monotonic() + PATIENCE
        while len(self.ask(query, "historyReply")["assessments"]) < 3:  # the journal takes a moment
            self.assertLess(time.monotonic(), end)
            time.sleep(0.2)
        for request, code in [
                (b"", "bad_json"), (b"{", "bad_json"), (b"[]", "bad_json"),
                (b" " * (1 << 20) + b" ", "too_large"),
                ({"cmd": "frobnicate", "id": 1}, "unknown_command"), ({"id": 2}, "unknown_command"),
                ({"cmd": "breaker", "strategy": "s"}, "bad_argument"),
                ({"cmd": "breaker", "strategy": "s", "action": "explode"}, "bad_argument"),
                ({"cmd": "breaker", "strategy": "", "action": "auto"}, "bad_argument"),
                ({"cmd": "assess", **a, "timeframe": "7m"}, "bad_argument"),
                ({"cmd": "assess", **a, "pair": 5}, "bad_argument"),
                ({"cmd": "history", "limit": 0}, "bad_argument"),
                ({"cmd": "history", "limit": 1001}, "bad_argument"),
                ({"cmd": "breaker", "strategy": "x", "action": "auto"}, "unknown_strategy"),
                ({"cmd": "assess", **a, "strategy": "x"}, "unknown_strategy"),
                ({"cmd": "assess", **a, "pair": "none"}, "unknown_series"),
                ({"cmd": "assess", **a, "strategy": "off"}, "not_watched")]:
            self.ask(request, code)

    def causes(self, llm):
        """What the LLM may do, and what `assess` then says."""
        def asked():
            reply = self.ask({"cmd": "assess", "strategy": "t", "pair": "A/USDT",
                              "timeframe": "5m"}, "assessReply")
            self.ask({"cmd": "breaker", "strategy": "t", "action": "reset"}, "breakerReply")
            return reply["assessment"]["cause"]

        for fault, cause in [
                ("ok", None), ("status:404", "llm_not_found"), ("hang", "llm_timeout"),
                ("status:429", "llm_rate_limited"), ("status:500", "llm_server_error"),
                ("auth", "llm_auth"), ("quota", "llm_quota"), ("status:400", "llm_bad_request"),
                ("reset", "llm_unreachable"), ("malformed", "llm_malformed"),
                ("refused", "llm_refused"), ("truncated", "llm_truncated")]:
            llm.fault(fault)
            self.assertEqual(asked(), cause, fault)
        self.ask({"cmd": "breaker", "strategy": "t", "action": "force_open"}, "breakerReply")
        self.assertEqual(asked(), "breaker_forced")
        llm.fault("ok")

    def breaker_transitions(self, llm):
        def until(cause, count=1):
            """Asks the LLM, which is what moves a breaker, until it has moved."""
            for _ in range(200):
                self.ask({"cmd": "assess", "strategy": "s", "pair": "A/USDT", "timeframe": "5m"},
                         "assessReply")
                if len(self.listener.seen(lambda t, p: t == "breaker.s"
                                          and p["cause"] == cause)) >= count:
                    return
                time.sleep(0.05)
            self.fail(f"no transition with cause {cause}")

        for fault, cause in [
                ("status:503", "consecutive_failures"), ("status:503", "recovery_due"),
                ("malformed", "probe_failed:llm_malformed"), ("ok", "probe_succeeded"),
                ("auth", "trip_now:llm_auth")]:
            llm.fault(fault)
            until(cause)
        self.ask({"cmd": "status"}, "statusReply")
        for action, state, cause in [
                ("reset", "closed", "reset"), ("force_open", "forced_open", "forced"),
                ("auto", "closed", "auto"), ("force_closed", "forced_closed", "forced")]:
            reply = self.ask({"cmd": "breaker", "strategy": "s", "action": action}, "breakerReply")
            self.assertEqual(reply["state"], state)
            self.listener.wait(lambda t, p, c=cause: t == "breaker.s" and p["cause"] == c)
        self.ask({"cmd": "breaker", "strategy": "s", "action": "reset"}, "breakerReply")
        llm.fault("status:429+retry_after=100")
        until("retry_after")
        self.ask({"cmd": "stats"}, "statisticsReply")
        self.ask({"cmd": "breaker", "strategy": "s", "action": "reset"}, "breakerReply")

    def reloads(self, settings):
        changed = json.loads(json.dumps(settings))
        changed["strategies"]["s"]["breaker"]["failure_threshold"] = 5
        changed["transport"]["results"]["bind"] = "tcp://127.0.0.1:1"
        bad = json.loads(json.dumps(settings))
        bad["strategies"]["s"]["breaker"]["failure_threshold"] = 0
        for content, expected in [(settings, "reloadReply"), (bad, "reloadRefused"),
                                  ("{", "reloadRefused"), (changed, "reloadReply")]:
            self.daemon.write(content)
            self.ask({"cmd": "reload", "id": "r"}, expected)
        self.listener.wait(lambda t, p: t == "config" and not p["ok"], 2)
        self.listener.wait(lambda t, p: t == "config" and p["needs_restart"] and p["changes"])

    def refusals(self):
        good = candle("D/USDT", "5m", [last_closed(), 1, 1, 1, 1, 1])
        bad = {
            "missing_field": {k: v for k, v in good.items() if k != "volume"},
            "not_a_number": {**good, "open": None}, "bad_price": {**good, "low": 0},
            "bad_volume": {**good, "volume": -1}, "bad_range": {**good, "high": 0.5},
            "bad_pair": {**good, "pair": "A B"}, "bad_timeframe": {**good, "timeframe": "7m"},
            "bad_time": {**good, "time": good["time"] // 1000},
            "misaligned": {**good, "time": good["time"] - 1},
            "not_closed": {**good, "time": good["time"] + 3_000_000},
            "too_old": {**good, "time": good["time"] - 3_000 * 300_000}}
        for payload in bad.values():
            self.socket.send_json(payload)
        self.socket.send(b'{"pair":"\xff\x00')
        self.socket.send(b"[" + b" " * 70_000 + b"]")
        self.socket.send_multipart([b"{}", b"{}"])
        for i in range(12):
            self.socket.send_json({**good, "pair": f"F{i}/USDT", "history": True})
        for reason in self.doc.schemas["reason"]["enum"]:
            self.listener.wait(lambda t, p, x=reason: t == "ingest.rejected" and p["reason"] == x)
        for _ in range(150):  # too many a second to tell each
            self.socket.send(b"\x00")
        self.listener.wait(lambda t, p: t == "ingest.rejected" and p["count"] > 1)

    def last_words(self, llm):
        """A request that is open at the end is answered, and so described."""
        llm.fault("hang")
        self.push("candle", candle("E/USDT", "5m", [last_closed(), 1, 1, 1, 1, 1]))
        self.listener.wait(lambda t, _: t == "risk_provisional.s.E/USDT.5m")
        self.assertEqual(self.daemon.stop(signal.SIGTERM), 0)
        self.listener.wait(lambda t, p: t == "risk.s.E/USDT.5m" and p["cause"] == "shutting_down")
        llm.fault("ok")

    def in_messagepack(self, llm_url):
        settings = config(llm_url)
        settings["transport"]["results"]["encoding"] = "msgpack"
        with Daemon(settings) as self.daemon, pusher(self.daemon.candles) as socket:
            listener = Listener(self.daemon.results, msgpack.unpackb)
            socket.send(msgpack.packb(candle("A/USDT", "5m", [last_closed(), 1, 1, 1, 1, 1])))
            socket.send(msgpack.packb({"pair": 1}))
            for prefix in ("risk.", "risk_provisional.", "breaker.", "ingest.", "config"):
                listener.wait(lambda t, _, x=prefix: t.startswith(x))
            self.ask({"cmd": "breaker", "strategy": "s", "action": "force_open"}, "breakerReply")
            listener.wait(lambda t, p: t == "stats.s" and p["state"] == "forced_open")
            self.ask({"cmd": "history"}, "not_available")
            self.assertIsNone(self.ask({"cmd": "status"}, "statusReply")["journal"])
            self.check_published(listener)


if __name__ == "__main__":
    unittest.main(warnings="ignore")  # sockets end with the process
