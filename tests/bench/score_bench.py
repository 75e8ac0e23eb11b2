"""`riskbreaker score` over a long CSV file, as a whole process, beside the same score in
pandas. Fails when rows are lost, memory grows with the file, or the two disagree; how fast
they are is for the reader.

    score_bench.py [CANDLES]
"""

import math
import os
import random
import sys
import tempfile
import time

BINARY = os.environ["RISKBREAKER"]
# What a file ten times as long may take more.
ALLOWED_GROWTH_KB = 2_048


def generate(path, count):
    rng = random.Random(7)
    price, opened = 65_000.0, 1_577_836_800_000
    with open(path, "w", encoding="utf-8") as file:
        file.write("pair,timeframe,open_time_ms,open,high,low,close,volume\n")
        for _ in range(count):
            before, price = price, price * math.exp(rng.gauss(0, 0.002))
            spread = 1 + abs(rng.gauss(0, 0.002))
            file.write(f"BTC/USDT,1m,{opened},{before:.2f},{max(before, price) * spread:.2f},"
                       f"{min(before, price) / spread:.2f},{price:.2f},"
                       f"{rng.random() * 100:.4f}\n")
            opened += 60_000


def peak_of(child):
    """Its VmHWM in kB so far. (The peak that wait4 reports begins with that of the process
    that forked it, which is Python's.)"""
    with open(f"/proc/{child}/status", encoding="utf-8") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0  # it has just ended


def run(arguments, out):
    """Wall time, processor time and peak memory in kB of a whole process."""
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        os.dup2(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
        os.execv(arguments[0], arguments)
    memory = 0
    while True:
        time.sleep(0.01)
        memory = peak_of(child) or memory
        ended, status, used = os.wait4(child, os.WNOHANG)
        if ended:
            break
    if status != 0:
        sys.exit(f"FAILED: {' '.join(arguments)} ended with status {status}")
    return time.monotonic() - began, used.ru_utime + used.ru_stime, memory


def best(arguments, out, times):
    """The least disturbed of several runs."""
    return min((run(arguments, out) for _ in range(times)), key=lambda x: x[1])


def scores(path):
    """Time and score of each row."""
    with open(path, encoding="utf-8") as file:
        next(file)
        rows = (line.split(",") for line in file)
        return [(row[2], float(row[3])) for row in rows]


def tell(name, count, used):
    wall, cpu, memory = used
    print(f"{name:<28}{count / cpu:>12,.0f} candles/s a core{count / wall:>12,.0f}/s wall"
          f"{memory / 1024:>8.1f} MB", flush=True)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        long, short = os.path.join(folder, "long.csv"), os.path.join(folder, "short.csv")
        ours, theirs = os.path.join(folder, "ours.csv"), os.path.join(folder, "theirs.csv")
        generate(long, count)
        generate(short, count // 10)
        small = best([BINARY, "score", short], ours, 2)
        tell(f"score, {count // 10:,} rows", count // 10, small)
        explained = best([BINARY, "score", "--explain", long], ours, 1)
        plain = best([BINARY, "score", long], ours, 2)
        tell(f"score, {count:,} rows", count, plain)
        tell("score --explain", count, explained)
        got = scores(ours)
        if len(got) != count:
            sys.exit(f"FAILED: {len(got)} rows of {count}")
        if plain[2] > small[2] + ALLOWED_GROWTH_KB:
            sys.exit(f"FAILED: memory grew from {small[2]} kB to {plain[2]} kB")
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "score_pandas.py")
        try:
            import pandas  # noqa: F401 pylint: disable=import-outside-toplevel,unused-import
        except ImportError:
            print("pandas is not here (python3-pandas): nothing to compare with")
            return
        pandas_run = run([sys.executable, script, long], theirs)
        tell("pandas", count, pandas_run)
        print(f"ratio score to pandas       {pandas_run[1] / plain[1]:.1f} in processor time, "
              f"{pandas_run[2] / plain[2]:.0f} in memory")
        # Wilder's seed is another one there; 250 candles later nobody can tell.
        pairs = list(zip(got[250:], scores(theirs)[250:]))
        equal = sum(a == b for a, b in pairs)
        print(f"equal scores                {100 * equal / len(pairs):.3f} %")
        if equal < 0.999 * len(pairs):
            sys.exit("FAILED: pandas has other scores")


if __name__ == "__main__":
    main()
