"""What docs/asyncapi.yaml calls a valid candle message the daemon takes; all else it refuses."""

import json
import random
import time
import unittest

import msgpack
import zmq

from asyncapi_document import Document
from candle_mutations import expected, mutate
from peers import PATIENCE, Daemon, ask, candle, config, last_closed, pusher

COUNT = 1_000
SECONDS = 15  # no more messages after that; a slow machine sees fewer of them
TAKEN = ("accepted", "duplicates", "revisions", "late", "forming")


class Candles(unittest.TestCase):
    def setUp(self):
        self.doc = Document()
        stack = self.enterContext
        self.daemon = stack(Daemon(config(llm={"endpoints": []})))
        self.push = stack(pusher(self.daemon.candles))
        self.sub = stack(zmq.Context.instance().socket(zmq.SUB))
        self.sub.subscribe("risk.s.MARK")
        self.sub.rcvtimeo = int(PATIENCE * 1000)
        self.sub.connect(self.daemon.results)
        self.serial = 0
        self.counts = self.count()

    def count(self):
        counts = ask(self.daemon.control, {"cmd": "stats"})["candles"]
        return sum(counts[x] for x in TAKEN), counts["refused"]

    def outcome(self, frame):
        """(taken, refused) of one frame: a candle behind it says that it was digested."""
        self.serial += 1
        mark = f"MARK{self.serial}"
        self.push.send(frame)
        self.push.send_json(candle(mark, "5m", [last_closed(), 1, 1, 1, 1, 1]))
        while mark.encode() not in self.sub.recv_multipart()[0]:
            pass
        taken, refused = self.count()
        before, self.counts = self.counts, (taken, refused)
        return taken - before[0] - 1, refused - before[1]

    def fresh(self, message):
        """With names that no series has yet, so that no candle is too old for it."""
        self.serial += 1
        for i, x in enumerate(message if isinstance(message, list) else [message]):
            x["pair"] = f"N{self.serial}.{i}/USDT"
        return message

    def examples(self):
        return [(name, example["payload"]) for name in ("candle", "candleList", "candleBlock")
                for example in self.doc.messages[name]["examples"]]

    def test_the_documents_examples_are_taken_in_both_encodings(self):
        for _, message in self.examples():
            wanted = expected(self.doc, message, True)
            self.assertEqual(wanted[1], 0)
            for pack in (lambda x: json.dumps(x).encode(), msgpack.packb):
                with self.subTest(message=message):
                    self.assertEqual(self.outcome(pack(self.fresh(message))), wanted)

    def test_the_daemon_and_the_document_agree_on_damaged_messages(self):
        chance = random.Random(6)
        examples = self.examples()
        tally = {True: 0, False: 0}
        end = time.monotonic() + SECONDS
        while sum(tally.values()) < COUNT and time.monotonic() < end:
            _, message = chance.choice(examples)
            message = self.fresh(json.loads(json.dumps(message)))
            for _ in range(chance.choice((1, 1, 2))):
                changed = mutate(message, self.serial, chance)
                message = changed if changed else message
            is_json = chance.random() < 0.5
            try:
                frame = json.dumps(message).encode() if is_json else msgpack.packb(message)
            except OverflowError:
                continue  # MessagePack has no such number
            wanted = expected(self.doc, message, is_json)
            tally[wanted[1] == 0] += 1
            self.assertEqual(self.outcome(frame), wanted, frame)
        print(f"{tally[True]} valid and {tally[False]} invalid messages")
        self.assertGreater(min(tally.values()), 50)

    def test_what_is_no_message_is_refused(self):
        good = json.dumps(self.fresh(self.examples()[0][1])).encode()
        self.assertEqual(self.outcome(good), (1, 0))
        for frame in (b"", b" " + good, b"\xef\xbb\xbf" + good, good + b"x", good + good, good[:-1],
                      good[:-1] + b',"open":1}', b"null", b"true", b"1", b'"text"', b"[" * 100_000,
                      good.replace(b"{", b'{"x":' + b"[" * 70 + b"]" * 70 + b",", 1)):
            with self.subTest(frame=frame[:60]):
                self.assertEqual(self.outcome(frame), (0, 1))
        for frame in (b"[]", b"\x90"):
            self.assertEqual(self.outcome(frame), (0, 0))


if __name__ == "__main__":
    unittest.main(warnings="ignore")  # sockets end with the process
