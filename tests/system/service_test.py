"""What the daemon tells a service manager (sd_notify): a real socket stands in for systemd's."""

import os
import signal
import socket
import tempfile
import threading
import time
import unittest

from frozen import frozen, threads
from peers import PATIENCE, Daemon, Process, ask, config

SECOND = 1_000_000  # µs, as systemd counts


class Manager:
    """Collects what is sent to NOTIFY_SOCKET: (time, {name: value})."""

    def __init__(self, watchdog=None):
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.env = {"NOTIFY_SOCKET": self.path}
        if watchdog:
            self.env["WATCHDOG_USEC"] = str(int(watchdog * SECOND))
        self.told = []
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while data := self.socket.recv(65536):
            fields = dict(line.split("=", 1) for line in data.decode().splitlines())
            with self._changed:
                self.told.append((time.monotonic(), fields))
                self._changed.notify_all()

    def count(self, name):
        with self._changed:
            return sum(name in x for _, x in self.told)

    def wait(self, condition, limit=PATIENCE):
        """The first message for which `condition` holds."""
        end = time.monotonic() + limit
        with self._changed:
            while True:
                for _, x in self.told:
                    if condition(x):
                        return x
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"not told; only {[x for _, x in self.told]}")
                self._changed.wait(left)

    def wait_more(self, name, n, limit=PATIENCE):
        end = time.monotonic() + limit
        goal = self.count(name) + n
        while self.count(name) < goal:
            if time.monotonic() > end:
                raise AssertionError(f"no more {name}: {self.told}")
            time.sleep(0.01)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
            end.sendto(b"", self.path)
        self._thread.join(5)
        self.socket.close()
        self.folder.cleanup()


class Notify(unittest.TestCase):
    def test_ready_reload_and_stop_are_told(self):
        with Manager() as manager, Daemon(config(llm={"endpoints": []}), manager.env) as daemon:
            ready = manager.wait(lambda x: x.get("READY") == "1")
            self.assertIn("serving", ready["STATUS"])
            self.assertTrue(ask(daemon.control, {"cmd": "ping"}, 2)["ok"])
            daemon.write(config(llm={"endpoints": []}, gate={"max_risk_score": 11}))
            daemon.child.send_signal(signal.SIGHUP)
            reloading = manager.wait(lambda x: x.get("RELOADING") == "1")
            now = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
            self.assertLess(abs(now - int(reloading["MONOTONIC_USEC"])), 20 * SECOND)
            manager.wait(lambda x: x == {"READY": "1", "STATUS": "configuration version 2"})
            daemon.write("{")
            self.assertFalse(ask(daemon.control, {"cmd": "reload"})["ok"])
            manager.wait(lambda x: "READY" in x and "refused" in x.get("STATUS", ""))
            self.assertEqual(manager.count("RELOADING"), 2)
            self.assertEqual(manager.count("WATCHDOG"), 0, "nobody asked for it")
            self.assertEqual(daemon.stop(), 0)
            manager.wait(lambda x: x.get("STOPPING") == "1")
            order = [name for _, x in manager.told for name in x if name in ("READY", "RELOADING", "STOPPING")]
            self.assertEqual(order, ["READY", "RELOADING", "READY", "RELOADING", "READY", "STOPPING"])

    def test_without_a_manager_it_runs_as_ever(self):
        with Daemon(config(), {"NOTIFY_SOCKET": "/nowhere/notify"}) as daemon:
            daemon.wait_line(r"service_manager_deaf .*No such file")
            self.assertTrue(ask(daemon.control, {"cmd": "ping"})["ok"])
            self.assertEqual(daemon.stop(), 0)
            self.assertEqual(sum("service_manager_deaf" in x for x in daemon.lines), 1, "said once")

    def test_a_watchdog_time_that_is_none_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "c.json")
            with open(path, "w", encoding="utf-8") as file:
                file.write('{"transport": {"candles": {"bind": "ipc://%s/a"}, "results": {"bind": "ipc://%s/b"}, '
                           '"control": {"bind": "ipc://%s/c"}}, "journal": {"path": null}}' % ((folder,) * 3))
            with Process(["serve", "-c", path], {"WATCHDOG_USEC": "soon", "NOTIFY_SOCKET": "/x"}) as daemon:
                self.assertEqual(daemon.child.wait(PATIENCE), 1)
                daemon.wait_line(r"WATCHDOG_USEC.*WatchdogSec")


class Watchdog(unittest.TestCase):
    def setUp(self):
        manager = Manager(watchdog=0.9)
        self.addCleanup(manager.__exit__)
        self.manager = manager
        self.daemon = Daemon(config(llm={"endpoints": []}), manager.env)
        self.addCleanup(self.daemon.__exit__)
        manager.wait_more("WATCHDOG", 2)

    def silence(self, seconds=2.0):
        """No sign of life for longer than the manager would wait."""
        time.sleep(0.5)  # one may have been on its way
        before = self.manager.count("WATCHDOG")
        time.sleep(seconds)
        self.assertEqual(self.manager.count("WATCHDOG"), before)

    def test_it_comes_in_time_and_says_how_the_breakers_are(self):
        self.manager.wait_more("WATCHDOG", 10)
        times = [t for t, x in self.manager.told if "WATCHDOG" in x]
        gaps = sorted(b - a for a, b in zip(times, times[1:]))
        print(f"signs of life: every {gaps[len(gaps) // 2]:.2f} s, {gaps[-1]:.2f} s at most, of 0.9 s")
        self.assertLess(gaps[len(gaps) // 2], 0.6)
        self.manager.wait(lambda x: x.get("STATUS") == "1 strategy, all breakers closed")
        ask(self.daemon.control, {"cmd": "breaker", "strategy": "s", "action": "force_open"})
        self.manager.wait(lambda x: x.get("STATUS") == "1 strategy: s forced_open")
        self.assertEqual(self.daemon.stop(), 0)

    def test_a_process_that_stands_still_is_silent(self):
        self.daemon.child.send_signal(signal.SIGSTOP)
        self.silence()
        self.daemon.child.send_signal(signal.SIGCONT)
        self.manager.wait_more("WATCHDOG", 3)

    def test_actors_that_hang_are_told_by_silence(self):
        found = threads(self.daemon.child.pid)
        workers = [x for name, ids in found.items() if name.startswith("caf.worker") or name == "caf.multiplexer"
                   for x in ids]
        self.assertTrue(workers, found)
        self.hangs(workers, "ingest")

    def test_sockets_that_hang_are_told_by_silence(self):
        self.hangs(threads(self.daemon.child.pid)["reactor"], "sockets")

    def hangs(self, ids, who):
        """A thread that is stopped may hold a lock that the watchdog needs to say so; then it is
        let go and stopped again. Silent it is in any case."""
        try:
            for attempt in range(5):
                with frozen(ids):
                    self.silence()
                    self.assertIsNone(self.daemon.child.poll())
                    try:
                        self.daemon.wait_line(f"watchdog_waits .*from=.*{who}", limit=3)
                        break
                    except AssertionError:
                        if attempt == 4:
                            raise
                self.manager.wait_more("WATCHDOG", 1)
        except PermissionError:
            self.skipTest("ptrace is forbidden here")
        self.manager.wait_more("WATCHDOG", 3)
        self.assertTrue(ask(self.daemon.control, {"cmd": "ping"})["ok"])
        self.assertEqual(self.daemon.stop(), 0)


if __name__ == "__main__":
    unittest.main(warnings="ignore")
