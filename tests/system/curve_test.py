"""Strangers stay out: a daemon under CURVE, with keys of `riskbreaker keygen` and of pyzmq."""

import json
import os
import stat
import subprocess
import sys
import tempfile
import time
import unittest

import zmq
import zmq.auth

from keys import Keys, curve
from peers import BINARY, PATIENCE, Daemon, ask, candle, config, last_closed, pusher

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "deploy", "freqtrade"))
from riskbreaker_client import RiskClient  # noqa: E402  pylint: disable=wrong-import-position

QUIET = 0.4  # seconds in which something that must not happen gets to happen


def run(*args, limit=60, text=None):
    return subprocess.run([BINARY, *args], capture_output=True, text=True, timeout=limit,
                          check=False, input=text)


def one(i=0):
    return candle(f"P{i}/USDT", "5m", [last_closed(), 1, 2, 1, 2, 1])


class Guarded(Daemon):
    """A daemon with keys of its own, and a client each for pushing, following, steering."""

    def __init__(self, clients=None, more=None, watch=False):
        self.home = tempfile.TemporaryDirectory()
        self.keys = Keys(self.home.name, "server", "pusher", "follower", "operator")
        os.mkdir(self.keys.path("bots"))
        self.settings = config()
        lists = clients or {"candles": ["pusher.key"], "results": ["follower.key"],
                            "control": ["operator.key"]}
        self.settings["transport"]["curve"] = curve(
            **{k: [self.keys.path(x) if x != "*" else x for x in v] for k, v in lists.items()})
        self.settings["transport"]["curve"]["secret_key_file"] = self.keys.path("server.key_secret")
        self.settings["transport"]["control"].update(more or {})
        super().__init__(self.settings, watch=watch)

    def ask(self, request, name="operator"):
        socket = self.keys.socket(zmq.REQ, self.control, name)
        try:
            socket.send_json(request)
            return socket.recv_json() if socket.poll(PATIENCE * 1000) else None
        finally:
            socket.close()

    def send_reload(self, name="operator"):
        """Any key will do where control is open to all."""
        return self.ask({"cmd": "reload"}, name)

    def refusals(self):
        # A key may need quotes.
        return [x.replace('"', "") for x in self.lines if "client_refused" in x]

    def wait_refusals(self, count):
        end = time.monotonic() + PATIENCE
        while len(self.refusals()) < count and time.monotonic() < end:
            time.sleep(0.05)
        return self.refusals()

    def __exit__(self, *args):
        super().__exit__(*args)
        self.home.cleanup()


class RightKeys(unittest.TestCase):
    def test_pyzmq_pushes_follows_and_steers(self):
        with Guarded() as daemon:
            sub = daemon.keys.socket(zmq.SUB, daemon.results, "follower")
            push = daemon.keys.socket(zmq.PUSH, daemon.candles, "pusher")
            push.sndtimeo = int(PATIENCE * 1000)
            push.send_json(one())
            topics = set()
            end = time.monotonic() + PATIENCE
            while "risk.s.P0/USDT.5m" not in topics and time.monotonic() < end:
                if sub.poll(200):
                    topics.add(sub.recv_multipart()[0].decode())
            self.assertIn("risk.s.P0/USDT.5m", topics)
            self.assertEqual(daemon.ask({"cmd": "status"})["series_count"], 1)
            self.assertEqual(daemon.refusals(), [])
            sub.close()
            push.close()

    def test_the_programs_own_commands(self):
        with Guarded() as daemon, tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "c.csv")
            with open(file, "w", encoding="utf-8") as out:
                out.write("pair,timeframe,time,open,high,low,close,volume\n"
                          f"A/B,5m,{last_closed()},1,2,1,2,1\n")
            push = run("push", file, "--connect", daemon.candles, *daemon.keys.options("pusher"))
            self.assertEqual((push.returncode, push.stdout), (0, "sent 1 candles\n"), push.stderr)
            watch = run("watch", "risk.", "--count", "1", "--for", "20", "--connect",
                        daemon.results, *daemon.keys.options("follower"))
            self.assertEqual(watch.returncode, 0, watch.stderr)
            self.assertEqual(json.loads(watch.stdout)["pair"], "A/B")
            # The environment may name the keys instead.
            server, own = daemon.keys.options("operator")[1::2]
            ctl = subprocess.run(
                [BINARY, "ctl", "--connect", daemon.control, "ping"], capture_output=True,
                text=True, timeout=60, check=False,
                env={**os.environ, "RISKBREAKER_SERVER_KEY": server, "RISKBREAKER_KEY": own})
            self.assertEqual(ctl.returncode, 0, ctl.stderr)
            self.assertTrue(json.loads(ctl.stdout)["ok"])

    def test_the_freqtrade_client(self):
        with Guarded({"candles": ["pusher.key"], "results": ["pusher.key"], "control": []}) as daemon:
            keys = {"server_key": daemon.keys.path("server.key"),
                    "public_key": daemon.keys.path("pusher.key"),
                    "secret_key": daemon.keys.path("pusher.key_secret")}
            client = RiskClient("s", push=daemon.candles, sub=daemon.results, curve=keys)
            client.start()
            try:
                end = time.monotonic() + PATIENCE
                while not client.healthy() and time.monotonic() < end:
                    time.sleep(0.05)
                self.assertTrue(client.push("A/B", "5m", [[last_closed(), 1, 2, 1, 2, 1]]))
                while client.risk("A/B", "5m") is None and time.monotonic() < end:
                    time.sleep(0.05)
                self.assertEqual(client.risk("A/B", "5m")["source"], "fallback")
            finally:
                client.stop()

    def test_certificates_of_pyzmq_do_as_well(self):
        with Guarded({"candles": ["bots"], "results": ["*"], "control": ["*"]}) as daemon:
            bots = daemon.keys.path("bots")
            zmq.auth.create_certificates(bots, "bot")
            daemon.send_reload()
            push = zmq.Context.instance().socket(zmq.PUSH)
            push.linger = 0
            push.immediate = True
            push.sndtimeo = int(PATIENCE * 1000)
            push.curve_publickey, push.curve_secretkey = zmq.auth.load_certificate(
                os.path.join(bots, "bot.key_secret"))
            push.curve_serverkey = daemon.keys.open("server")
            push.connect(daemon.candles)
            push.send_json(one())
            end = time.monotonic() + PATIENCE
            while daemon.ask({"cmd": "status"}, "pusher")["series_count"] < 1:
                self.assertLess(time.monotonic(), end)
                time.sleep(0.05)
            push.close()


class Strangers(unittest.TestCase):
    def check_gets_nothing(self, daemon, name, server="server"):
        """Tries all three sockets; they must stay silent."""
        push = daemon.keys.socket(zmq.PUSH, daemon.candles, name, server)
        sub = daemon.keys.socket(zmq.SUB, daemon.results, name, server)
        req = daemon.keys.socket(zmq.REQ, daemon.control, name, server)
        try:
            time.sleep(QUIET)
            for socket, frame in ((push, one()), (req, {"cmd": "ping"})):
                try:
                    socket.send_json(frame, zmq.DONTWAIT)
                except zmq.Again:
                    pass  # not even a connection
            self.assertFalse(sub.poll(1500), "a heartbeat came through")
            self.assertFalse(req.poll(0), "an answer came through")
        finally:
            for socket in (push, sub, req):
                socket.close()
        self.assertEqual(daemon.ask({"cmd": "status"})["series_count"], 0)

    def test_without_keys(self):
        with Guarded() as daemon:
            self.check_gets_nothing(daemon, None)
            told = daemon.wait_refusals(3)
            self.assertEqual(len(told), 3, told)  # once a socket, however often they try
            for socket in ("candles", "results", "control"):
                self.assertEqual(sum(f"socket={socket} " in x for x in told), 1, told)
            self.assertTrue(all("has no CURVE keys" in x for x in told), told)

    def test_with_a_wrong_server_key(self):
        with Guarded() as daemon:
            daemon.keys.make("other")
            self.check_gets_nothing(daemon, "pusher", server="other")
            told = daemon.wait_refusals(3)
            self.assertEqual(len(told), 3, told)
            self.assertTrue(all("its keys do not fit" in x for x in told), told)

    def test_with_a_key_of_no_list_or_of_another(self):
        with Guarded() as daemon:
            daemon.keys.make("stranger")
            self.check_gets_nothing(daemon, "stranger")
            public = daemon.keys.open("stranger").decode()
            told = daemon.wait_refusals(3)
            self.assertEqual(len(told), 3, told)
            self.assertTrue(all(f"key={public} " in x for x in told), told)
            # Who may follow may not push.
            push = daemon.keys.socket(zmq.PUSH, daemon.candles, "follower")
            told = daemon.wait_refusals(4)
            self.assertIn("socket=candles key=" + daemon.keys.open("follower").decode(), told[-1])
            time.sleep(QUIET)
            self.assertEqual(len(daemon.refusals()), 4)
            push.close()

    def test_the_commands_say_what_may_be_wrong(self):
        with Guarded() as daemon:
            bare = run("ctl", "--connect", daemon.control, "--timeout", "0.5", "ping")
            self.assertEqual(bare.returncode, 1)
            self.assertIn("if it is encrypted, give --server-key and --key", bare.stderr)
            wrong = run("ctl", "--connect", daemon.control, "--timeout", "0.5",
                        *daemon.keys.options("follower"), "ping")
            self.assertIn("if it does not let this key in, its log says so", wrong.stderr)
            half = run("ctl", "--key", daemon.keys.path("follower.key_secret"), "ping")
            self.assertEqual(half.returncode, 2)
            self.assertIn("--key needs --server-key", half.stderr)
            os.chmod(daemon.keys.path("operator.key_secret"), 0o644)
            loose = run("ctl", *daemon.keys.options("operator"), "ping")
            self.assertEqual(loose.returncode, 2)
            self.assertIn("chmod 600", loose.stderr)

    def test_the_secret_key_is_nowhere_to_be_seen(self):
        with Guarded() as daemon:
            secret = daemon.keys.pair("server")[1].decode()
            shown = json.dumps(daemon.ask({"cmd": "config"}))
            self.assertIn("server.key_secret", shown)
            self.assertNotIn(secret, shown)
            self.assertEqual(daemon.stop(), 0)
            self.assertNotIn(secret, "\n".join(daemon.lines + daemon.out))


class Changes(unittest.TestCase):
    def test_a_key_put_into_a_watched_folder_is_let_in(self):
        with Guarded({"candles": ["bots"], "results": ["*"], "control": ["*"]}) as daemon:
            daemon.keys.make("late")
            push = daemon.keys.socket(zmq.PUSH, daemon.candles, "late")
            self.assertEqual(len(daemon.wait_refusals(1)), 1)
            os.rename(daemon.keys.path("late.key"), daemon.keys.path("bots/late.key"))
            report = daemon.send_reload()
            self.assertEqual(report["changes"],
                             ["/transport/curve/clients/candles: 0 keys -> 1 keys"])
            self.assertEqual(report["needs_restart"], [])
            push.close()
            # libzmq's sockets give up for good once they are refused.
            push = daemon.keys.socket(zmq.PUSH, daemon.candles, "late")
            push.sndtimeo = int(PATIENCE * 1000)
            push.send_json(one())
            end = time.monotonic() + PATIENCE
            while daemon.ask({"cmd": "status"})["series_count"] < 1:
                self.assertLess(time.monotonic(), end)
                time.sleep(0.05)
            push.close()

    def test_what_may_be_bound_without_and_with_curve(self):
        with tempfile.TemporaryDirectory() as folder:
            keys = Keys(folder, "server")
            settings = config()
            settings["transport"]["candles"]["bind"] = "tcp://0.0.0.0:*"
            path = os.path.join(folder, "c.json")

            def check():
                with open(path, "w", encoding="utf-8") as file:
                    json.dump(settings, file)
                return run("check", "-c", path)

            bare = check()
            self.assertEqual(bare.returncode, 78)
            self.assertIn("open to other machines", bare.stderr)
            settings["transport"]["allow_insecure"] = True
            self.assertEqual(check().returncode, 0)
            del settings["transport"]["allow_insecure"]
            settings["transport"]["curve"] = curve(candles=["*"])
            self.assertEqual(check().returncode, 0, check().stderr)
            os.chmod(keys.path("server.key_secret"), 0o640)
            loose = check()
            self.assertEqual(loose.returncode, 78)
            self.assertIn("chmod 600", loose.stderr)


class ReadOnlyControl(unittest.TestCase):
    def test_questions_are_answered_and_changes_refused(self):
        settings = config()
        settings["transport"]["control"]["read_only"] = True
        with Daemon(settings) as daemon:
            push = pusher(daemon.candles)
            push.send_json(one())
            for request in ({"cmd": "breaker", "strategy": "s", "action": "force_open"},
                            {"cmd": "reload"},
                            {"cmd": "assess", "strategy": "s", "pair": "P0/USDT",
                             "timeframe": "5m"}):
                reply = ask(daemon.control, {**request, "id": 7})
                self.assertEqual((reply["ok"], reply["error"]["code"], reply["id"]),
                                 (False, "read_only", 7))
            raised = ask(daemon.control, {"cmd": "log_level", "level": "debug"})
            self.assertEqual(raised["error"]["code"], "read_only")
            for command in ("ping", "status", "stats", "series", "config", "log_level"):
                self.assertTrue(ask(daemon.control, {"cmd": command})["ok"], command)
            state = ask(daemon.control, {"cmd": "status"})["strategies"]["s"]["state"]
            self.assertEqual(state, "closed")
            push.close()


class Keygen(unittest.TestCase):
    def test_files_for_others_and_for_the_owner(self):
        with tempfile.TemporaryDirectory() as folder:
            old = os.umask(0)
            try:
                made = run("keygen", os.path.join(folder, "bot"))
            finally:
                os.umask(old)
            self.assertEqual(made.returncode, 0, made.stderr)
            public, secret = zmq.auth.load_certificate(os.path.join(folder, "bot.key_secret"))
            self.assertEqual(zmq.auth.load_certificate(os.path.join(folder, "bot.key")),
                             (public, None))
            self.assertEqual(zmq.curve_public(secret), public)
            self.assertNotIn(secret.decode(), made.stdout + made.stderr)
            mode = stat.S_IMODE(os.stat(os.path.join(folder, "bot.key_secret")).st_mode)
            self.assertEqual(mode, 0o600)
            again = run("keygen", os.path.join(folder, "bot"))
            self.assertEqual(again.returncode, 1)
            self.assertIn("there already", again.stderr)
            self.assertEqual(zmq.auth.load_certificate(os.path.join(folder, "bot.key"))[0], public)
            # Where the new ones cannot be written, the old ones stay.
            os.mkdir(os.path.join(folder, "bot.key.new"))
            failed = run("keygen", os.path.join(folder, "bot"), "--force")
            self.assertEqual(failed.returncode, 1)
            self.assertIn("cannot write", failed.stderr)
            self.assertEqual(zmq.auth.load_certificate(os.path.join(folder, "bot.key_secret")),
                             (public, secret))
            os.rmdir(os.path.join(folder, "bot.key.new"))
            self.assertEqual(sorted(os.listdir(folder)), ["bot.key", "bot.key_secret"])
            self.assertEqual(run("keygen", os.path.join(folder, "bot"), "--force").returncode, 0)
            self.assertNotEqual(zmq.auth.load_certificate(os.path.join(folder, "bot.key"))[0],
                                public)
            nowhere = run("keygen", os.path.join(folder, "no", "bot"))
            self.assertEqual(nowhere.returncode, 1)
            self.assertIn("No such file", nowhere.stderr)


if __name__ == "__main__":
    unittest.main()
