"""Fails if tests/scenarios.md names a test that is not there, or leaves out a
scenario.

scenarios.py <project>
"""

import json
import pathlib
import re
import sys

SCENARIOS = range(1, 66)
MISSING = "no test yet"


CASE = re.compile(r"TEST_CASE(?:_METHOD)?\(\s*(?:\w+,\s*)?((?:\"(?:[^\"\\]|\\.)*\"\s*)+)")
PIECE = re.compile(r"\"((?:[^\"\\]|\\.)*)\"")


def cases_of(source):
    """Names of the test cases in a C++ file; long ones stand in pieces."""
    for literals in CASE.findall(source):
        yield re.sub(r"\\(.)", r"\1", "".join(PIECE.findall(literals)))


def tests_of(root):
    """Every name that the table may use."""
    tests = root / "tests"
    for file in tests.glob("*/**/*_test.cpp"):
        folder = file.relative_to(tests).parts[0]
        for name in cases_of(file.read_text()):
            yield f"{folder}/{name}"
    for file in tests.glob("data/answers/*.json"):
        for entry in json.loads(file.read_text()):
            yield f"answers/{entry['name']}"
    for file in tests.glob("system/*_test.py"):
        for name in re.findall(r"def (test_\w+)", file.read_text()):
            yield f"system/{file.stem[:-len('_test')]}: {name}"


def main():
    root = pathlib.Path(sys.argv[1])
    known = set(tests_of(root))
    wrong = []
    seen = []
    for line in (root / "tests" / "scenarios.md").read_text().splitlines():
        row = re.fullmatch(r"\| (\d+) \| (.*) \| (.*) \|", line)
        if not row:
            continue
        number, tests = int(row[1]), row[3]
        seen.append(number)
        named = re.findall(r"`([^`]+)`", tests)
        if not named and not tests.startswith(MISSING):
            wrong.append(f"scenario {number} names no test")
        wrong += [f"scenario {number}: no test is called {x}" for x in named if x not in known]
    wrong += [f"scenario {x} stands {seen.count(x)} times" for x in SCENARIOS if seen.count(x) != 1]
    print("\n".join(wrong) or f"{len(seen)} scenarios, {len(known)} tests known")
    return 1 if wrong else 0


sys.exit(main())
