"""Damages valid candle messages, and says by docs/asyncapi.yaml what must become of them."""

import copy
import datetime
import math
import re
import time

LENGTHS = {"1m": 1, "3m": 3, "5m": 5, "15m": 15, "30m": 30, "1h": 60, "2h": 120, "4h": 240,
           "6h": 360, "8h": 480, "12h": 720, "1d": 1440, "3d": 4320, "1w": 10080, "1M": 40320}
ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d))?(?:\.(\d+))?"
                 r"(?:[Zz]|([+-])(\d\d):?(\d\d)?)")

ANYTHING = [None, True, False, 0, -1, 1.5, -0.0, "", "abc", [], {}, [1], {"a": {"b": [None]}},
            10 ** 400, math.nan, math.inf, -math.inf, 1e308, 5e-324]
NUMBERS = ["1.5", ".5", "5.", "1e2", "1E-3", "0", "0.0", "-0", "-1", "+1", " 1", "1 ", "1,5", "nan",
           "inf", "0x10", "1e400", "1e-400", "1e", ".", "1_000", "٣", 0, -0.0, 1, 1e-300, 2 ** 63]
TIMES = [1700000100, 1700000100.0, 1700000100000.0, 1700000100000.5, 1700000100001, -1, 0,
         99999999999, 100000000000, 253402300800000, 2 ** 63, 2 ** 64, "1700000100000",
         "01700000100000", "1700000100", "-1700000100000", "1700000100000.0",
         "2023-11-14T22:15:00Z", "2023-11-14T22:15Z", "2023-11-14t22:15:00.000z",
         "2023-11-14 23:15:00+01:00", "2023-11-14T23:15:00+0100", "2023-11-14T23:15:00+01",
         "2023-11-14T22:15:00.0009Z", "2023-11-14T22:15:00.001Z", "2023-11-14T22:15:00",
         "2023-11-14", "2023-02-30T00:00:00Z", "2024-02-29T00:00:00Z", "2023-13-01T00:00:00Z",
         "2023-11-14T24:00:00Z", "2023-11-14T22:15:60Z", "2023-11-14T22:15:00+24:00",
         "2023-11-14T22:15:00+01:60", "1969-12-31T23:55:00Z", "1970-01-01T00:00:00Z",
         "0000-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "2023-11-14T22:15:00.Z",
         "2023-11-14T22:15:00Z ", " 2023-11-14T22:15:00Z", "Tue, 14 Nov 2023 22:15:00 GMT"]
TIMEFRAMES = [*LENGTHS, "7m", "5M", "1H", "60", "5 m", "", "5min", "1y"]
# Each is made a name of its own by what is put before it.
PAIRS = ["", "ü/€", "😀", "a b", "a\u00a0b", "a\u3000b", "a\u2028b", "a\u200bb", "a\ufeffb",
         "a\tb", "a\x00b", "a\x85b", "a.b:c", "\\x20", "x" * 56, "x" * 70, "ü" * 28, "ü" * 40]
FLAGS = [True, False, 0, 1, "true", None, []]


def values_for(key, serial, random):
    """What may stand where `key` stood: mostly of its own kind."""
    future = int(time.time() * 1000) // 86_400_000 * 86_400_000 + 3 * 86_400_000
    own = {"pair": [f"{serial}{x}" for x in PAIRS] + ["x" * 65, "", 5],
           "timeframe": TIMEFRAMES, "time": [*TIMES, future], "closed": FLAGS, "history": FLAGS,
           "candles": [[], {}, None, "", [[]], [None]]}.get(key, NUMBERS)
    return random.choice(own if random.random() < 0.75 else ANYTHING)


def mutate(message, serial, random):
    """A copy of `message` with one thing changed; sometimes nothing that matters."""
    out = copy.deepcopy(message)
    places = []  # (container, key, what it stands for)

    def collect(x, name=None):
        if isinstance(x, dict):
            places.extend((x, k, k) for k in x)
            for k, v in x.items():
                collect(v, k)
        elif isinstance(x, list):
            row = name == "row"
            names = ["time", "open", "high", "low", "close", "volume"] if row else []
            for i, v in enumerate(x):
                places.append((x, i, names[i] if i < len(names) else None))
                collect(v, "row" if name == "candles" else None)

    collect(out)
    container, key, name = random.choice(places)
    what = random.random()
    if what < 0.12:
        del container[key]
    elif what < 0.2 and isinstance(container, dict):
        container[random.choice(["note", "Open", "candles", "closed", "history", ""])] = (
            random.choice(ANYTHING))
    elif what < 0.24 and isinstance(container, list):
        container.append(random.choice(ANYTHING))
    elif what < 0.3 and {"high", "low"} <= set(container if isinstance(container, dict) else ()):
        container["high"], container["low"] = container["low"], container["high"]
    else:
        container[key] = values_for(name, serial, random)
    return out


# -- what is to be made of a message ----------------------------------------------


def expected(doc, message, is_json):
    """(taken, refused): how many candles count and how many refusals there are."""
    if is_json and _has_no_json(message):
        return 0, 1
    if isinstance(message, list):
        good = sum(_is_good(doc, "candle", x) for x in message)
        return good, len(message) - good
    if isinstance(message, dict) and "candles" in message:
        rows = message["candles"]
        head = {**message, "candles": []}
        if not isinstance(rows, list) or doc.faults("candleBlock", _with_good_names(head)):
            return 0, 1
        if doc.faults("candleBlock", head):
            return 0, len(rows)  # each row is a candle of no good series
        good = _good_rows(doc, head, rows)
        return good, len(rows) - good
    return (1, 0) if _is_good(doc, "candle", message) else (0, 1)


def _good_rows(doc, head, rows):
    """How many count. They are of one new series, so order matters: what is older than its first
    candle is too_old, and a gap over max_gap_fill makes a new first one."""
    good, first, newest = 0, None, None
    for row in rows:
        x = {**head, **dict(zip(("time", "open", "high", "low", "close", "volume"), row))} if (
            doc.validator("candleRow").is_valid(row)) else None
        if not x or broken_rule(x):
            continue
        opened = milliseconds(x["time"])
        if head.get("closed", True):
            if first is not None and opened < first:
                continue
            if first is None or opened > newest + 101 * LENGTHS[x["timeframe"]] * 60_000:
                first = opened
            newest = max(newest or 0, opened)
        good += 1
    return good


def _with_good_names(head):
    return {**head, **{k: v for k, v in (("pair", "A"), ("timeframe", "1m"))
                       if isinstance(head.get(k), str)}}


def _is_good(doc, message, x):
    return not doc.faults(message, x) and not broken_rule(x)


def _has_no_json(x):
    if isinstance(x, float):
        return not math.isfinite(x)
    return any(map(_has_no_json, x.values() if isinstance(x, dict) else
                   x if isinstance(x, list) else ()))


def broken_rule(x):
    """Which of the document's x-rules a candle breaks that its schema lets pass."""
    if len(x["pair"].encode()) > 64:
        return "bad_pair"
    numbers = {}
    for key in ("open", "high", "low", "close", "volume"):
        numbers[key] = _number(x[key])
        if numbers[key] is None:
            return "not_a_number"
    if numbers["high"] < max(numbers[k] for k in ("open", "close", "low")):
        return "bad_range"
    if numbers["low"] > min(numbers[k] for k in ("open", "close", "high")):
        return "bad_range"
    opened = milliseconds(x["time"])
    if opened is None or not 0 <= opened <= 253402300799999:
        return "bad_time"
    length = LENGTHS[x["timeframe"]]
    if length < 1440 and opened % (length * 60_000):
        return "misaligned"
    now = time.time() * 1000
    if not x.get("closed", True):
        return "bad_time" if opened > now + 60_000 else None
    return "not_closed" if opened + length * 60_000 > now + 60_000 else None


def _number(x):
    try:
        value = float(x)
    except OverflowError:
        return None
    lost = isinstance(x, str) and value == 0 and re.search("[1-9]", re.split("[eE]", x)[0])
    return value if math.isfinite(value) and not lost else None


def milliseconds(x):
    if not isinstance(x, str):
        return int(x)
    if x.isdigit():
        return int(x)
    year, month, day, hour, minute, second, fraction, sign, ahead, also = ISO.fullmatch(x).groups()
    try:
        days = datetime.date(int(year), int(month), int(day)).toordinal()
    except ValueError:
        return None
    days -= datetime.date(1970, 1, 1).toordinal()
    minutes = (int(ahead or 0) * 60 + int(also or 0)) * (-1 if sign == "-" else 1)
    seconds = (((days * 24 + int(hour)) * 60 + int(minute)) - minutes) * 60 + int(second or 0)
    return seconds * 1000 + int(((fraction or "") + "000")[:3])
