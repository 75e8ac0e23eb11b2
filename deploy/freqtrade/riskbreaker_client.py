"""A bot's side of riskbreaker: candles out, risk in, and never a wait.

    client = RiskClient("ichimoku_llm_risk")
    client.start()
    client.push("BTC/USDT", "5m", rows)      # ccxt rows or a DataFrame, whenever there are new ones
    if client.allow("BTC/USDT", "5m"): ...   # a look-up in memory

Copy this one file beside your bot; it needs pyzmq and Python 3.9 or newer.

A background thread owns all sockets. `push` puts rows into a bounded queue, `allow` and
`risk` read a dict: no call of a bot's waits for the network, and none of them raises. The
thread sends a block of history the first time a pair is pushed and whenever the daemon was
away (it drops what it knows already), then the newest closed rows only.

A fork has no such thread. In a forked process `push` answers False and assessments run out
by themselves; call `start()` there to have a thread of its own.
"""

from __future__ import annotations

import collections
import datetime
import json
import logging
import math
import os
import re
import socket
import threading
import time
import weakref
from array import array
from typing import Any, Dict, List, NamedTuple, Optional, Tuple, Union

import zmq
from zmq.utils.monitor import recv_monitor_message

try:
    import msgpack
except ImportError:  # only a daemon with "encoding": "msgpack" needs it
    msgpack = None

__all__ = ["RiskClient"]

log = logging.getLogger(__name__)

ALIVE_FOR = 5.0  # seconds after a heartbeat for which the daemon counts as alive; it sends one a second
KEPT_ROWS = 500  # what the daemon's own window holds; Wilder's averages need 250
MOST_SERIES = 10_000  # the daemon's default as well
MOST_WAITING = 5_000  # hand-overs that the thread has not taken yet, 24 kB each at most
CLOCK_SLACK_MS = 2_000  # a bot whose clock is late still sends the candle that has just closed
STOP_PATIENCE = 2.0  # seconds
MINUTES = {"1m": 1, "3m": 3, "5m": 5, "15m": 15, "30m": 30, "1h": 60, "2h": 120, "4h": 240,
           "6h": 360, "8h": 480, "12h": 720, "1d": 1440, "3d": 4320, "1w": 10080, "1M": 0}
WIDTH = 6  # time, open, high, low, close, volume

Key = Tuple[str, str]  # pair, timeframe
Row = List[float]
Text = Union[str, bytes, "os.PathLike[str]"]


class Held(NamedTuple):
    """What a look-up needs of the newest assessment of a pair, checked when it came in."""

    allowed: bool
    candle_time: float
    issued_at: float
    valid_until: float
    payload: Dict[str, Any]


class RiskClient:
    """Pushes candles to one or several daemons and keeps their newest assessments.

    strategy   the name of the strategy in the daemon's configuration
    push, sub  the daemon's addresses; lists of equal length for several daemons, each of
               which gets every candle: the newest assessment counts
    on_stale   what `allow` answers when there is no valid assessment: "block" (False) or
               "allow" (True; one that blocks still answers False)
    curve      {"server_key": …, "public_key": …, "secret_key": …}, each Z85 text or the path
               of a file that holds it; a list of such for daemons with different keys
    keep       rows of each pair that are kept to tell a restarted daemon its history
    """

    def __init__(self, strategy: str, push: Union[str, List[str]] = "tcp://127.0.0.1:5555",
                 sub: Union[str, List[str]] = "tcp://127.0.0.1:5556", on_stale: str = "block",
                 curve: Union[None, Dict[str, Text], List[Dict[str, Text]]] = None,
                 keep: int = KEPT_ROWS) -> None:
        if on_stale not in ("block", "allow"):
            raise ValueError(f'on_stale is "block" or "allow", not {on_stale!r}')
        if not isinstance(strategy, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", strategy):
            raise ValueError(f"not a strategy's name: {strategy!r}")
        if isinstance(keep, bool) or not isinstance(keep, int) or not 1 <= keep <= 10_000:
            raise ValueError(f"keep is a number of rows from 1 to 10000, not {keep!r}")
        self.strategy = strategy
        self._pushes, self._subs = _addresses(push), _addresses(sub)
        if len(self._pushes) != len(self._subs):
            raise ValueError("push and sub must name the same daemons: one address each")
        self._curves = _curves(curve, len(self._pushes))
        self._lenient = on_stale == "allow"
        self._keep = keep
        self._risks: Dict[Key, Held] = {}
        self._said: Dict[Key, str] = {}  # what the log said last of a pair
        self._store: Dict[Key, _Series] = {}  # candles outlive stop() and start()
        self._handed: Dict[Key, float] = {}  # open time of the newest row that push has taken
        self._worker: Optional[_Worker] = None
        self._parents: Optional[_Worker] = None
        self._end: Optional[weakref.finalize] = None
        self._lock = threading.Lock()  # of start and stop

    def start(self) -> None:
        """Starts the thread; nothing happens if it runs. A bad address is a ValueError."""
        if self._worker and self._worker.pid != os.getpid():
            self._lock = threading.Lock()  # the parent may have held it while it forked
            self._parents = self._worker  # kept, so that nobody closes the parent's sockets here
            self._worker = None
        with self._lock:
            if self._worker and self._worker.thread.is_alive():
                return
            if self._end:
                self._end.detach()
            self._worker = _Worker(self.strategy, self._pushes, self._subs, self._curves,
                                   self._keep, self._risks, self._store)
            self._worker.thread.start()
            # Ends the thread with the program, and with a client that is forgotten: Freqtrade
            # drops a strategy without a word when its configuration is reloaded.
            self._end = weakref.finalize(self, self._worker.stop)

    def stop(self) -> None:
        """Sends what is waiting and ends the thread, within seconds; may be started again."""
        worker = self._worker
        if worker is None or worker.pid != os.getpid():
            return
        with self._lock:
            self._worker = None
            self._end.detach()
            worker.stop()

    def push(self, pair: str, timeframe: str, rows_or_dataframe: Any, history: bool = False) -> bool:
        """Hands over candles, oldest first: ccxt rows `[ms, o, h, l, c, v]` or a DataFrame with
        date, open, high, low, close and volume. Times are open times; without zone they are
        UTC. Give all there is each time: what was handed over before, and a last candle that is
        not closed yet, is left out. With `history` the daemon assesses nothing. Rows older than
        the newest are not sent by themselves, only with the next history.

        Never blocks and never raises. True if the rows are with the thread."""
        try:
            return self._hand_over((pair, timeframe), rows_or_dataframe, bool(history))
        except Exception as why:  # whatever was given: a bot must not die of it
            _once(self._said, ("push", "failed", type(why).__name__), "cannot take candles: %.200r", why)
            return False

    def allow(self, pair: str, timeframe: str) -> bool:
        """Whether the newest assessment is valid and allows an entry. Never raises."""
        try:
            if not (isinstance(pair, str) and isinstance(timeframe, str)):
                return False  # that is no missing assessment but a mistake
            key = (pair, timeframe)
            held = self._risks.get(key)
            if held is None:
                state, answer = "missing", self._lenient
            elif time.time() * 1000 > held.valid_until:
                state, answer = "stale", self._lenient
            elif held.allowed:
                state, answer = "allowed", True
            else:
                state, answer = "blocked", False
            if self._said.get(key) != state:
                self._say(key, state, held)
            return answer
        except Exception:  # no pair has such a name; Freqtrade would take an exception for True
            return False

    def risk(self, pair: str, timeframe: str) -> Optional[Dict[str, Any]]:
        """The newest valid assessment, as the daemon sent it, or None. Never raises."""
        try:
            held = self._risks.get((pair, timeframe))
            if held is None or time.time() * 1000 > held.valid_until:
                return None
            return dict(held.payload)
        except Exception:
            return None

    def healthy(self) -> bool:
        """Whether a daemon's heartbeat came in within the last 5 s."""
        worker = self._worker
        return worker is not None and worker.pid == os.getpid() and worker.alive()

    def _hand_over(self, key: Key, data: Any, history: bool) -> bool:
        worker = self._worker
        if worker is None or worker.pid != os.getpid() or not worker.thread.is_alive():
            return False
        pair, timeframe = key
        if not isinstance(pair, str) or not 0 < len(pair.encode()) <= 64 or timeframe not in MINUTES:
            raise ValueError("no pair, or no timeframe of " + " ".join(MINUTES))
        newest = None if history else self._handed.get(key)
        if newest is not None and key not in self._store and not worker.waiting:
            newest = None  # dropped for other pairs, so all of it is new again
        rows = _closed(_rows(data, self._keep, newest), timeframe)
        if not rows:
            _once(self._said, ("push", "nothing", ""), "%s %s: no closed candle with a time in ms "
                  "among what was pushed", pair, timeframe)
            return False
        if len(worker.waiting) >= MOST_WAITING:
            return False
        worker.waiting.append((key, array("d", (x for row in rows for x in row)), history))
        worker.wake()
        if len(self._handed) >= MOST_SERIES and key not in self._handed:
            self._handed.clear()  # their next push hands over everything, which is harmless
        self._handed[key] = max(rows[-1][0], self._handed.get(key, 0.0))
        return True

    def _say(self, key: Key, state: str, held: Optional[Held]) -> None:
        if len(key[0]) > 64 or len(key[1]) > 64 or len(self._said) >= MOST_SERIES and key not in self._said:
            return  # names that nobody knows must not fill the memory
        self._said[key] = state
        name = f"{key[0]} {key[1]}"
        if held is None:
            log.info("%s: no assessment of %s yet", name, self.strategy)
        elif state == "stale":
            log.info("%s: the newest assessment of %s is out of date", name, self.strategy)
        else:
            x = held.payload
            log.info("%s: %s by %s, score %s, confidence %s, from %s%s", name, state, self.strategy,
                     x["score"], x["confidence"], x.get("source"),
                     f" ({x['cause']})" if x.get("cause") else "")


class _Series:
    """The newest closed rows of one pair, in order, six numbers each without objects between:
    a thousand pairs of 500 rows are 24 MB."""

    def __init__(self, keep: int) -> None:
        self.rows = array("d")
        self.keep = keep
        self.asked = 0.0  # the newest row that wants an assessment
        self.used = 0.0

    @property
    def newest(self) -> float:
        return self.rows[-WIDTH] if self.rows else 0.0

    def merge(self, rows: "array[float]", history: bool) -> float:
        """Takes rows in; what is to be sent begins after the time that is returned."""
        before = self.newest
        if not history:
            self.asked = max(self.asked, rows[-WIDTH])
        if rows[0] > before:
            self.rows.extend(rows)
        elif rows != self.rows[-len(rows):]:
            table = {row[0]: row for row in self.after(0.0)}
            last = table.get(before)
            table.update((rows[i], list(rows[i:i + WIDTH])) for i in range(0, len(rows), WIDTH))
            self.rows = array("d", (x for _, row in sorted(table.items()) for x in row))
            if last and repr(table[before]) != repr(last):  # repr: NaN is not equal to itself
                before -= 1  # the exchange has corrected its newest candle: out with it again
        if len(self.rows) > self.keep * WIDTH:
            del self.rows[:len(self.rows) - self.keep * WIDTH]
        return before

    def after(self, moment: float) -> List[Row]:
        first = len(self.rows)
        while first and self.rows[first - WIDTH] > moment:
            first -= WIDTH
        return [list(self.rows[i:i + WIDTH]) for i in range(first, len(self.rows), WIDTH)]


class _Link:
    """One daemon: its sockets, and how far it has been told."""

    def __init__(self, context: zmq.Context, push: str, sub: str, topics: List[str],
                 curve: Optional[Dict[str, bytes]]) -> None:
        self.name = push
        self.push = context.socket(zmq.PUSH)
        self.sub = context.socket(zmq.SUB)
        self.connected = False  # the PUSH socket's handshake is done
        self.known = False  # the daemon was heard since then, so it is clear who that is
        self.refused = False
        self.was_alive = False
        self.boot: Optional[str] = None
        self.heard = -math.inf  # monotonic
        self.seen: Dict[str, Tuple[str, int]] = {}  # topic: boot, seq
        self.told: Dict[Key, float] = {}  # open time of the newest row that was sent
        self.owed: Dict[Key, None] = {}  # series with rows to send, in order
        for sock in (self.push, self.sub):
            sock.setsockopt(zmq.LINGER, 300)
            sock.setsockopt(zmq.RECONNECT_IVL, 100)
            sock.setsockopt(zmq.RECONNECT_IVL_MAX, 2000)
            sock.setsockopt(zmq.HEARTBEAT_IVL, 2000)  # finds a host that vanished without a word
            sock.setsockopt(zmq.HEARTBEAT_TIMEOUT, 8000)
            sock.setsockopt(zmq.IPV6, 1)
            if curve:
                sock.curve_serverkey = curve["server_key"]
                sock.curve_publickey = curve["public_key"]
                sock.curve_secretkey = curve["secret_key"]
        # What waits in the pipe when the connection breaks must not reach the next daemon
        # before the history does: to it, all older candles would be too old.
        self.push.setsockopt(zmq.IMMEDIATE, 1)
        self.push.setsockopt(zmq.SNDHWM, 100)
        self.sub.setsockopt(zmq.RCVHWM, 100_000)  # all pairs answer at once when a candle closes
        for topic in topics:
            self.sub.subscribe(topic)
        self.failed = (zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
                       | zmq.EVENT_HANDSHAKE_FAILED_AUTH)
        self.monitor = self.push.get_monitor_socket(
            zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_DISCONNECTED | self.failed)
        self.push.connect(push)
        self.sub.connect(sub)

    def close(self) -> None:
        self.push.disable_monitor()
        self.monitor.close(0)
        self.push.close()
        self.sub.close()


class _Worker:
    """The thread and everything that only it touches. It does not know the client, so that
    the client can be forgotten while the thread runs."""

    def __init__(self, strategy: str, pushes: List[str], subs: List[str],
                 curves: List[Optional[Dict[str, bytes]]], keep: int, risks: Dict[Key, Held],
                 store: Dict[Key, _Series]) -> None:
        self.strategy, self.keep, self.risks, self.store = strategy, keep, risks, store
        self.pid = os.getpid()
        self.waiting: "collections.deque[Tuple[Key, array[float], bool]]" = collections.deque()
        self.said: Dict[Any, str] = {}
        self.stopping = False
        self.context = zmq.Context()
        self.links: List[_Link] = []
        topics = [f"risk.{strategy}.", "heartbeat"]
        for push, sub, curve in zip(pushes, subs, curves):
            try:
                self.links.append(_Link(self.context, push, sub, topics, curve))
            except zmq.ZMQError as why:
                self.context.destroy(linger=0)
                raise ValueError(f"cannot connect to {push} and {sub}: {why}") from why
        for link in self.links:
            link.owed.update(dict.fromkeys(store))
        self.bell, self.ringer = socket.socketpair()
        self.bell.setblocking(False)
        self.ringer.setblocking(False)
        self.thread = threading.Thread(target=self._run, name="riskbreaker", daemon=True)

    # -- called by other threads -------------------------------------------------

    def wake(self) -> None:
        try:
            self.ringer.send(b"x")
        except OSError:
            pass  # full: it is awake already; closed: it has ended

    def stop(self) -> None:
        if self.pid != os.getpid():
            return
        self.stopping = True
        self.wake()
        if self.thread is not threading.current_thread():
            self.thread.join(STOP_PATIENCE)

    def alive(self) -> bool:
        now = time.monotonic()
        return any(now - link.heard < ALIVE_FOR for link in self.links)

    # -- the thread --------------------------------------------------------------

    def _run(self) -> None:
        while not self.stopping:
            try:
                self._round(0.5)
            except Exception as why:  # whatever a peer sent: the next round is another one
                _once(self.said, type(why).__name__, "a fault in the client: %r", why)
                time.sleep(0.05)
        try:
            end = time.monotonic() + 0.5
            while time.monotonic() < end and (self.waiting or any(x.known and x.owed for x in self.links)):
                self._round(0.05)
        except Exception as why:
            log.warning("the client could not send its last candles: %r", why)
        for link in self.links:
            link.close()
        self.context.term()
        self.bell.close()
        self.ringer.close()

    def _round(self, patience: float) -> None:
        poller = zmq.Poller()
        poller.register(self.bell, zmq.POLLIN)
        for link in self.links:
            poller.register(link.sub, zmq.POLLIN)
            poller.register(link.monitor, zmq.POLLIN)
            if link.known and link.owed:
                poller.register(link.push, zmq.POLLOUT)
        poller.poll(patience * 1000)
        try:
            while len(self.bell.recv(4096)) == 4096:
                pass
        except BlockingIOError:
            pass
        for _ in range(min(len(self.waiting), 200)):
            self._keep_rows(*self.waiting.popleft())
        if self.waiting:
            self.wake()
        for link in self.links:
            # In this order: what the old daemon said comes out before its end is noticed.
            self._listen(link)
            self._look_at(link)
            if link.known:
                self._send(link)
            self._tell_life(link)

    def _keep_rows(self, key: Key, rows: "array[float]", history: bool) -> None:
        series = self.store.get(key)
        if series is None:
            if len(self.store) >= MOST_SERIES:
                self._forget(min(self.store, key=lambda x: self.store[x].used))
            series = self.store[key] = _Series(self.keep)
        series.used = time.monotonic()
        again = series.merge(rows, history)
        for link in self.links:
            if key in link.told:
                link.told[key] = min(link.told[key], again)
            if series.newest > link.told.get(key, 0.0):
                link.owed[key] = None

    def _forget(self, key: Key) -> None:
        del self.store[key]
        for link in self.links:
            link.told.pop(key, None)
            link.owed.pop(key, None)

    def _listen(self, link: _Link) -> None:
        for _ in range(1000):
            try:
                parts = link.sub.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            try:
                self._hear(link, parts)
            except Exception as why:  # one bad message says nothing of the next one
                _once(self.said, ("bad message", type(why).__name__),
                      "%s sent what is no message of riskbreaker: %.200r", link.name, why)

    def _hear(self, link: _Link, parts: List[bytes]) -> None:
        topic, payload = parts[0].decode(), _decoded(parts[1])
        boot, seq = payload["boot"], payload["seq"]
        if not isinstance(boot, str) or isinstance(seq, bool) or not isinstance(seq, int) or payload["v"] != 1:
            raise ValueError("boot, seq or v")
        last = link.seen.get(topic)
        if last and last[0] == boot and seq <= last[1]:
            return  # a repetition for somebody else, as the daemon sends them
        if len(link.seen) >= MOST_SERIES and topic not in link.seen:
            link.seen.pop(next(iter(link.seen)))
        link.seen[topic] = (boot, seq)
        if topic == "heartbeat":
            link.heard = time.monotonic()
        else:
            self._judge(payload)
        if link.connected and (not link.known or link.boot != boot):
            self._meet(link, boot)

    def _meet(self, link: _Link, boot: str) -> None:
        """Begins anew with a daemon: it may have forgotten everything, or have lost what was
        on its way when the connection broke. What it knows already it ignores."""
        if link.boot not in (None, boot):
            log.info("the daemon at %s has restarted; it gets its history again", link.name)
        link.boot, link.known = boot, True
        link.told.clear()
        link.owed = dict.fromkeys(self.store)

    def _judge(self, x: Dict[str, Any]) -> None:
        """Keeps an assessment if it is one, and not older than what is there."""
        score, confidence = x["score"], x["confidence"]
        numbers = (score, confidence, x["candle_time"], x["issued_at"], x["valid_until"])
        if any(isinstance(n, bool) or not isinstance(n, (int, float)) or not math.isfinite(n) for n in numbers) \
                or not 0 <= score <= 100 or not 0 <= confidence <= 1 or x["verdict"] not in ("allow", "block") \
                or not isinstance(x["pair"], str) or not isinstance(x["timeframe"], str):
            raise ValueError(f"not an assessment: {x!r:.300}")
        if x["strategy"] != self.strategy or x["final"] is not True:
            return
        key = (x["pair"], x["timeframe"])
        held = self.risks.get(key)
        if held and (x["candle_time"], x["issued_at"]) < (held.candle_time, held.issued_at):
            return
        if held is None and len(self.risks) >= MOST_SERIES:
            for old in sorted(self.risks, key=lambda k: self.risks[k].valid_until)[:MOST_SERIES // 10]:
                del self.risks[old]
        self.risks[key] = Held(x["verdict"] == "allow", x["candle_time"], x["issued_at"],
                               x["valid_until"], x)

    def _look_at(self, link: _Link) -> None:
        while link.monitor.poll(0):
            event = recv_monitor_message(link.monitor)["event"]
            if event & link.failed:
                if not link.refused:
                    log.warning("%s refuses the connection: look at the CURVE keys", link.name)
                link.refused = True
            else:
                link.connected = event == zmq.EVENT_HANDSHAKE_SUCCEEDED
                link.known = False
                link.refused = link.refused and not link.connected

    def _send(self, link: _Link) -> None:
        for _ in range(50):  # then the subscription has its turn again
            key = next(iter(link.owed), None)
            if key is None:
                return
            series = self.store[key]
            rows = series.after(link.told.get(key, 0.0))
            for part, history in (([r for r in rows if r[0] <= series.asked], False),
                                  ([r for r in rows if r[0] > series.asked], True)):
                if part:
                    try:
                        link.push.send(_block(key, part, history), zmq.NOBLOCK)
                    except zmq.Again:
                        return  # the daemon is behind; the rows stay owed
                    link.told[key] = part[-1][0]
            del link.owed[key]

    def _tell_life(self, link: _Link) -> None:
        alive = time.monotonic() - link.heard < ALIVE_FOR
        if alive != link.was_alive:
            link.was_alive = alive
            if alive:
                log.info("the daemon at %s is there", link.name)
            else:
                log.warning("the daemon at %s is away; assessments run out by themselves", link.name)


def _once(said: Dict[Any, str], what: Any, text: str, *values: Any) -> None:
    if what not in said and len(said) < MOST_SERIES:
        said[what] = text
        log.warning(text, *values)


def _addresses(given: Union[str, List[str]]) -> List[str]:
    found = [given] if isinstance(given, str) else list(given)
    if not found or not all(isinstance(x, str) and x for x in found):
        raise ValueError(f"not an address, nor a list of addresses: {given!r}")
    return found


def _curves(given: Any, count: int) -> List[Optional[Dict[str, bytes]]]:
    each = list(given) if isinstance(given, (list, tuple)) else [given] * count
    if len(each) != count:
        raise ValueError("curve: one set of keys, or one for each daemon")
    if any(each) and not zmq.has("curve"):
        raise ValueError("curve: this pyzmq was built without CURVE")
    names = {"server_key", "public_key", "secret_key"}
    found: List[Optional[Dict[str, bytes]]] = []
    for keys in each:
        if keys is not None and (not isinstance(keys, dict) or set(keys) != names):
            raise ValueError("curve needs exactly server_key, public_key and secret_key")
        found.append({name: _z85(name, keys[name]) for name in sorted(names)} if keys else None)
    return found


def _z85(name: str, given: Text) -> bytes:
    """A key of 40 characters, given as such or as a file that holds it: alone, or as a
    certificate of pyzmq's. The key itself shows in no message."""
    text = given.decode("ascii", "replace") if isinstance(given, bytes) else os.fspath(given)
    if not _is_z85(text):
        try:
            with open(text, encoding="ascii") as file:
                text = file.read().strip()
        except (OSError, ValueError) as why:
            raise ValueError(f"curve: {name} is neither a Z85 key nor a file that can be read") from why
        field = "secret-key" if name == "secret_key" else "public-key"
        quoted = re.search(rf'^\s*{field}\s*=\s*"([^"]*)"', text, re.M)
        text = quoted.group(1) if quoted else text
    if not _is_z85(text):
        raise ValueError(f"curve: the file of {name} holds no Z85 key of 40 characters")
    return text.encode()


def _is_z85(text: str) -> bool:
    return re.fullmatch(r"[0-9A-Za-z.:+=^!/*?&<>()\[\]{}@%$#-]{40}", text) is not None


def _decoded(data: bytes) -> Dict[str, Any]:
    if data[:1] == b"{":
        return json.loads(data)
    if msgpack is None:
        raise ValueError('no JSON; for "encoding": "msgpack" install the msgpack module')
    return msgpack.unpackb(data)


def _block(key: Key, rows: List[Row], history: bool) -> bytes:
    # NaN is no JSON and would cost the whole block; the daemon refuses a null by itself.
    candles = [[int(row[0]), *(x if math.isfinite(x) else None for x in row[1:])] for row in rows]
    return json.dumps({"pair": key[0], "timeframe": key[1], "candles": candles, "history": history},
                      ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _rows(data: Any, keep: int, newest: Optional[float]) -> List[Row]:
    """The newest rows of whatever was given, sorted; those before `newest` are known."""
    frame = hasattr(data, "iloc") and hasattr(data, "columns")
    every = [] if frame else list(data)
    rows: List[Row] = []
    for count in ((3, keep + 1) if newest is not None else (keep + 1,)):  # one may not be closed yet
        rows = [row for row in map(_row, _cut(data, count) if frame else every[-count:]) if row]
        if newest is not None and rows and rows[0][0] <= newest:
            break
    table = {row[0]: row for row in rows if newest is None or row[0] >= newest}
    return [table[moment] for moment in sorted(table)]


def _cut(frame: Any, count: int) -> Any:
    """The last rows of a DataFrame, as lists. pandas is not imported: only who has a
    DataFrame needs it."""
    moment = next((x for x in ("date", "time", "timestamp", "open_time_ms") if x in frame.columns), None)
    if moment is None:
        raise ValueError("a DataFrame needs a column date")
    columns = (moment, "open", "high", "low", "close", "volume")
    return zip(*(frame[x].iloc[-count:].tolist() for x in columns))


def _row(given: Any) -> Optional[Row]:
    """A row without a time that can be read has no place in a series; one with a bad number
    goes to the daemon, which refuses it and says so."""
    try:
        moment = _milliseconds(given[0])
    except (TypeError, ValueError, OverflowError, LookupError):
        return None
    if not 1e11 <= moment < 1e14:
        return None
    return [moment, *(_number(given[i]) for i in range(1, WIDTH))]


def _milliseconds(given: Any) -> float:
    if hasattr(given, "timestamp"):
        if given.tzinfo is None:
            given = given.replace(tzinfo=datetime.timezone.utc)
        return float(round(given.timestamp() * 1000))
    return float(int(given))


def _number(given: Any) -> float:
    try:
        return float(given)
    except (TypeError, ValueError):
        return math.nan


def _closed(rows: List[Row], timeframe: str) -> List[Row]:
    now = time.time() * 1000 + CLOCK_SLACK_MS
    while rows and _end_of(rows[-1][0], timeframe) > now:
        rows.pop()
    return rows


def _end_of(opened: float, timeframe: str) -> float:
    if timeframe != "1M":
        return opened + MINUTES[timeframe] * 60_000
    start = datetime.datetime.fromtimestamp(opened / 1000, datetime.timezone.utc)
    after = start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1, day=1)
    return after.timestamp() * 1000
