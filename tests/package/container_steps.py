"""Takes a Containerfile apart: container_steps.py [--command|--health] FILE

Prints what the last stage RUNs as a shell script, or the command that it starts, or the
one by which its health is checked.
"""

import json
import re
import shlex
import sys


def instructions(path):
    """(name, text) of each, continued lines joined."""
    with open(path, encoding="utf-8") as file:
        text = "".join(x for x in file if not x.lstrip().startswith("#"))
    text = re.sub(r"\\\n", " ", text)
    return [tuple(x.split(None, 1)) for x in text.splitlines() if x.strip()]


def stages(path):
    found = []
    for name, text in instructions(path):
        if name == "FROM":
            found.append([])
        found[-1].append((name, text))
    return found


def main():
    last = stages(sys.argv[-1])[-1]
    values = dict(last)  # the last of each counts, as it does for an engine
    if "--command" in sys.argv:
        print(shlex.join(json.loads(values["ENTRYPOINT"]) + json.loads(values["CMD"])))
    elif "--health" in sys.argv:
        print(shlex.join(json.loads(values["HEALTHCHECK"].split("CMD", 1)[1])))
    else:
        print("\n".join(text for name, text in last if name == "RUN"))


if __name__ == "__main__":
    main()
