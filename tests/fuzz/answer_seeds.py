"""Writes each reply of tests/data/answers as an input of answer_fuzz.

answer_seeds.py <tests/data> <folder to write to>
"""

import json
import pathlib
import sys

STATUSES = {200: 0, 204: 3, 400: 4, 401: 5, 429: 6, 503: 7}
TYPES = {"application/json": 0, "text/html": 1, "text/event-stream": 2}


def body_of(entry):
    choice = entry.get("choice")
    if "content" in entry:
        choice = {"finish_reason": "stop", "message": {"content": entry["content"]}}
    if choice is not None:
        return json.dumps({"choices": [choice]}, ensure_ascii=False)
    body = entry.get("body", "")
    return body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)


def pick_of(entry):
    """The byte that answer_fuzz reads as status, type and fault."""
    status = entry.get("status", 200)
    family = STATUSES.get(status, STATUSES[503] if status >= 500 else STATUSES[400])
    kind = 0
    for name, value in entry.get("headers", {}).items():
        if name.lower() == "content-type":
            kind = TYPES.get(value.split(";")[0], 0)
    return family + 8 * kind


def main():
    data, out = map(pathlib.Path, sys.argv[1:])
    out.mkdir(parents=True, exist_ok=True)
    for file in sorted((data / "answers").glob("*.json")):
        for number, entry in enumerate(json.loads(file.read_text())):
            seed = bytes([pick_of(entry)]) + body_of(entry).encode()
            (out / f"{file.stem}-{number}").write_bytes(seed)


main()
