"""Pushers and followers in processes of their own, for tests with very many messages."""

import json
import multiprocessing
import os
import re
import time

import zmq

START = 1_700_000_100_000  # on the 5m grid
SEQ = re.compile(rb'"seq":(\d+)')
LIMIT = 120.0  # seconds after which a process gives up


def block(pair, first, count):
    """`count` closed candles of a pair as one message."""
    rows = [[START + (first + i) * 300_000, 10, 12, 9, 11, 1] for i in range(count)]
    return json.dumps({"pair": pair, "timeframe": "5m", "candles": rows}).encode()


def _push(endpoint, names, blocks, size):
    """Each name is a pusher of its own socket; they take turns."""
    context = zmq.Context()
    sockets = []
    for _ in names:
        socket = context.socket(zmq.PUSH)
        socket.linger = int(LIMIT * 1000)
        socket.sndtimeo = int(LIMIT * 1000)
        socket.connect(endpoint)
        sockets.append(socket)
    for i in range(blocks):
        for name, socket in zip(names, sockets):
            socket.send(block(name, i * size, size))
    for socket in sockets:
        socket.close()
    context.term()


def _follow(endpoint, count, expected, prefix, ready, results):
    """`count` subscribers; each puts (messages, gaps, repeats) when it has `expected` or gives
    up. What is replayed at the beginning is none: nothing is kept before the first candle."""
    context = zmq.Context()
    poller = zmq.Poller()
    seen = {}
    for _ in range(count):
        socket = context.socket(zmq.SUB)
        socket.rcvhwm = 0
        socket.subscribe(prefix)
        socket.subscribe("ready")
        socket.connect(endpoint)
        poller.register(socket, zmq.POLLIN)
        seen[socket] = [0, 0, 0, {}]
    ready.release()
    end = time.monotonic() + LIMIT
    while time.monotonic() < end and any(x[0] < expected for x in seen.values()):
        for socket, _ in poller.poll(200):
            mine = seen[socket]
            last = mine[3]
            for _ in range(1000):
                try:
                    topic, payload = socket.recv_multipart(zmq.DONTWAIT)
                except zmq.Again:
                    break
                seq = int(SEQ.search(payload, 0, 200).group(1))
                before = last.get(topic, 0)
                mine[0] += 1
                mine[1] += seq > before + 1
                mine[2] += seq <= before
                last[topic] = seq
    results.put([tuple(x[:3]) for x in seen.values()])
    for socket in seen:
        socket.close(0)
    context.term()


def in_processes(target, argument_lists):
    """Starts them; the caller joins."""
    context = multiprocessing.get_context("spawn")
    started = [context.Process(target=target, args=x, daemon=True) for x in argument_lists]
    for process in started:
        process.start()
    return started


def shares(items, count):
    return [items[i::count] for i in range(count)]


def cores():
    return len(os.sched_getaffinity(0))
