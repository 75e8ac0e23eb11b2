#!/usr/bin/env python3
"""Every event that the code logs stands in docs/logs.md with its fields, and no other does.

log_events.py ROOT
"""

import pathlib
import re
import sys

EVENT = re.compile(
    r'log_(?:debug|info|warning|error)\(\s*(?:fallback \? )?"(\w+)"(?: : "(\w+)")?\s*\)'
    r'|log_event\{level, "(\w+)"\}')
FIELD = re.compile(r'\.with\(\s*"(\w+)"')


def logged(root):
    """Places, each with its events (two where a line is of one or the other) and its fields:
    those up to the end of its statements."""
    out = []
    for folder in ("actors", "app"):
        for path in sorted((root / folder).rglob("*.cpp")):
            text = path.read_text(encoding="utf-8")
            for found in EVENT.finditer(text):
                end = text.index("say(", found.end())
                fields = FIELD.findall(text, found.end(), end)
                out.append((set(filter(None, found.groups())), set(fields)))
    return out


def described(root):
    """Event → fields, of the table."""
    out = {}
    for line in (root / "docs" / "logs.md").read_text(encoding="utf-8").splitlines():
        cells = line.split("|")
        if len(cells) < 5 or "`" not in cells[1]:
            continue
        fields = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", cells[3]))))
        for name in re.findall(r"`(\w+)`", cells[1]):
            out[name] = fields
    return out


def main():
    root = pathlib.Path(sys.argv[1])
    places, table = logged(root), described(root)
    code = set().union(*(names for names, _ in places))
    # A transition is logged under the state that it leads to.
    states = {"breaker_" + x for x in ("open", "half_open", "closed", "forced_open", "forced_closed")}
    faults = [f"docs/logs.md lacks the event {x}" for x in sorted(code - set(table))]
    faults += [f"docs/logs.md describes {x}, which nothing logs"
               for x in sorted(set(table) - code - states)]
    for names, fields in places:
        known = set().union(*(table.get(x, set()) for x in names))
        faults += [f"docs/logs.md: {', '.join(sorted(names))} lacks the field {x}"
                   for x in sorted(fields - known)]
    if len(code) < 25:
        faults.append(f"only {len(code)} events found in the code: this test reads it wrongly")
    print("\n".join(faults) or f"{len(code)} events, all described")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
