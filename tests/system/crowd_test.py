"""32 pushers and 32 subscribers at once; and one subscriber that stops reading."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
import unittest

import zmq

from crowd_peers import LIMIT, SEQ, _follow, _push, block, in_processes, shares
from peers import Daemon, ask, config, resident_kb

CROWD = 32
CANDLES = int(os.environ.get("CROWD_CANDLES", "1000000"))
BLOCK = 10  # candles a message; the newest of each asks for an assessment


def quiet_config():
    settings = config()
    settings["strategies"]["s"]["assess"]["provisional"] = False
    return settings


class Crowd(unittest.TestCase):
    def test_nothing_is_lost_or_comes_twice(self):
        blocks = CANDLES // CROWD // BLOCK
        expected = blocks * CROWD
        spawn = multiprocessing.get_context("spawn")
        with Daemon(quiet_config()) as daemon:
            ready = spawn.Semaphore(0)
            results = spawn.Queue()
            followers = in_processes(_follow, [
                (daemon.results, CROWD // 4, expected, "risk.s.", ready, results)
                for _ in range(4)])
            for _ in followers:
                self.assertTrue(ready.acquire(timeout=LIMIT))
            time.sleep(1)  # subscriptions are on their way; nothing tells when they are there
            began = time.monotonic()
            names = [f"P{i}/USDT" for i in range(CROWD)]
            pushers = in_processes(_push, [(daemon.candles, share, blocks, BLOCK)
                                           for share in shares(names, 2)])
            got = [x for _ in followers for x in results.get(timeout=LIMIT + 10)]
            took = time.monotonic() - began
            for process in pushers + followers:
                process.join(LIMIT)
                self.assertEqual(process.exitcode, 0)
            self.assertEqual(got, [(expected, 0, 0)] * CROWD)
            counts = ask(daemon.control, {"cmd": "stats"})
            self.assertEqual(counts["candles"]["accepted"], blocks * CROWD * BLOCK)
            self.assertEqual(counts["candles"]["refused"], 0)
            print(f"{blocks * CROWD * BLOCK} candles of {CROWD} pushers, {expected} answers to "
                  f"{CROWD} subscribers each: {took:.1f} s, daemon {resident_kb(daemon.child.pid)} kB")


SLEEPER = """
import sys, zmq
socket = zmq.Context.instance().socket(zmq.SUB)
socket.rcvhwm = 100
socket.subscribe("")
socket.connect(sys.argv[1])
socket.recv_multipart()
print("awake", flush=True)
while True:
    socket.recv_multipart()
"""


class Sleeper(unittest.TestCase):
    """One subscriber is stopped by SIGSTOP, and 150,000 messages pass it by: more than the
    100,000 that ZeroMQ keeps for it."""

    ROUND = 1500  # messages in flight, so that a follower that reads never falls behind

    def follow(self, daemon, push, sub, start, rounds):
        """Round trips in seconds: a burst goes in, all of its answers come back."""
        times = []
        for i in range(start, start + rounds):
            began = time.monotonic()
            for pair in range(self.ROUND):
                push.send(block(f"P{pair}/USDT", i, 1))
            left = self.ROUND
            while left > 0:
                self.assertTrue(sub.poll(LIMIT * 1000))
                topic, payload = sub.recv_multipart()
                seq = int(SEQ.search(payload, 0, 200).group(1))
                if seq == i:
                    continue  # a last value, replayed for the one that has just come
                self.assertEqual(seq, i + 1, topic)
                left -= 1
            times.append(time.monotonic() - began)
        return times

    def test_the_others_do_not_notice_and_memory_is_bounded(self):
        with Daemon(quiet_config()) as daemon:
            context = zmq.Context()
            sub = context.socket(zmq.SUB)
            sub.rcvhwm = 0
            sub.subscribe("risk.s.")
            sub.connect(daemon.results)
            push = context.socket(zmq.PUSH)
            push.sndtimeo = int(LIMIT * 1000)
            push.connect(daemon.candles)
            time.sleep(0.5)
            self.follow(daemon, push, sub, 0, 4)  # warms everything up
            alone = self.follow(daemon, push, sub, 4, 20)
            with subprocess.Popen([sys.executable, "-c", SLEEPER, daemon.results],
                                  stdout=subprocess.PIPE, text=True) as sleeper:
                try:
                    self.assertEqual(sleeper.stdout.readline(), "awake\n")
                    sleeper.send_signal(signal.SIGSTOP)
                    before = resident_kb(daemon.child.pid)
                    beside = self.follow(daemon, push, sub, 24, 20)
                    self.follow(daemon, push, sub, 44, 80)  # past its high-water mark
                    full = resident_kb(daemon.child.pid)
                    late = self.follow(daemon, push, sub, 124, 60)
                    later = resident_kb(daemon.child.pid)
                finally:
                    sleeper.send_signal(signal.SIGCONT)
                    sleeper.kill()
                    sleeper.wait()
            middle = [sorted(x)[len(x) // 2] for x in (alone, beside, late)]
            print("a burst and its answers: {:.1f} ms alone, {:.1f} beside a stopped subscriber, "
                  "{:.1f} past its high-water mark; memory {} kB, {} full, {} later".format(
                      *(1000 * x for x in middle), before, full, later))
            # No slower than noise allows on a machine that does other things too.
            self.assertLess(max(middle[1:]), 3 * middle[0])
            self.assertLess(full - before, 200_000)  # about 90 MB that wait for it
            self.assertLess(later - full, 40_000)  # and then no more: 90,000 would take 75 MB
            for socket in (sub, push):
                socket.close(0)
            context.term()


if __name__ == "__main__":
    unittest.main()
