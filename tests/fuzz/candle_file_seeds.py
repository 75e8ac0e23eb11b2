"""Writes candle files of every form as inputs of candle_file_fuzz, which takes its options
from the first byte.

candle_file_seeds.py <tests/data> <folder to write to>
"""

import gzip
import json
import pathlib
import sys

OBJECTS, NAMED = 1, 2
HEADER = "pair,timeframe,open_time_ms,open,high,low,close,volume\n"


def candles(data):
    """The first rows of a market, as lists of text."""
    with open(data / "oracle" / "syn_satoshi_5m.expected.csv", encoding="utf-8") as file:
        next(file)
        return [next(file).split(",")[1:7] for _ in range(24)]


def main():
    rows = candles(pathlib.Path(sys.argv[1]))
    out = pathlib.Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    numbers = [[int(row[0])] + [float(x) for x in row[1:]] for row in rows]
    objects = [dict(zip(("time", "open", "high", "low", "close", "volume"), row),
                    pair="SAT/BTC", timeframe="5m") for row in numbers]
    csv = HEADER + "".join(f"SAT/BTC,5m,{','.join(row)}\n" for row in rows)
    plain = "date;open;high;low;close;volume\r\n" + "".join(
        f'2025-01-01 00:{i:02}:00+00:00;"{";".join(row[1:2])}";{";".join(row[2:])}\r\n'
        for i, row in enumerate(rows[:3]))
    block = {"pair": "SAT/BTC", "timeframe": "5m", "candles": numbers, "history": True}
    seeds = {
        "csv": (0, csv.encode()),
        "csv_zipped": (0, gzip.compress(csv.encode(), mtime=0)),
        "csv_spreadsheet": (NAMED, b"\xef\xbb\xbf" + plain.encode()),
        "rows": (NAMED, json.dumps(numbers).encode()),
        "rows_of_text": (NAMED, json.dumps([[row[0], *map(str, row[1:])] for row in rows])
                         .encode()),
        "lines": (OBJECTS, "".join(json.dumps(x) + "\n" for x in objects).encode()),
        "list": (OBJECTS, json.dumps(objects[:4]).encode()),
        "block": (OBJECTS, json.dumps(block).encode()),
    }
    for name, (options, text) in seeds.items():
        (out / name).write_bytes(bytes([options]) + text)


if __name__ == "__main__":
    main()
