"""docs/asyncapi.yaml by itself: built as AsyncAPI 3.0 demands, and in agreement with itself."""

import json
import os
import re
import unittest

import jsonschema

from asyncapi_document import CHECKER, ROOT, Document
from npm import unavailable

OFFICIAL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "asyncapi")


class TheDocument(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.doc = Document()

    def test_it_is_built_as_asyncapi_demands(self):
        self.assertEqual(self.doc.build_faults(), [])

    def test_every_reference_leads_somewhere_and_every_schema_is_referred_to(self):
        pointed = set()
        for where, pointer in self.doc.references():
            with self.subTest(where=where):
                self.doc.resolve(pointer)
                pointed.add(pointer)
        for kind, all_ in self.doc.tree["components"].items():
            for name in all_:
                self.assertIn(f"#/components/{kind}/{name}", pointed)

    def test_the_schemas_are_schemas(self):
        for name, schema in self.doc.schemas.items():
            with self.subTest(name=name):
                CHECKER.check_schema(schema)

    def test_the_examples_are_as_their_own_schemas_say(self):
        count = 0
        for name, message in self.doc.messages.items():
            for example in message.get("examples", []):
                count += 1
                self.assertEqual(self.doc.faults(name, example["payload"]), [], example["name"])
        self.assertGreater(count, 20)

    def test_each_rule_beside_the_schemas_has_a_reason_of_the_contract(self):
        rules = self.doc.tree["channels"]["candles"]["x-rules"]
        self.assertEqual(set(rules) - set(self.doc.schemas["reason"]["enum"]), set())

    def test_all_causes_are_there(self):
        """Not all of them can be provoked, so they are read where the daemon has them."""
        with open(os.path.join(ROOT, "core", "cause.cpp"), encoding="utf-8") as file:
            names = re.search(r"names\{(.*?)\}", file.read(), re.S).group(1)
        self.assertEqual(re.findall(r'"(\w+)"', names), self.doc.schemas["cause"]["enum"])

    def test_asyncapis_own_schema_takes_it(self):
        if why := unavailable(OFFICIAL, oldest_node=18):
            self.skipTest(why)
        with open(os.path.join(OFFICIAL, "node_modules/@asyncapi/specs/schemas",
                               "3.0.0-without-$id.json"), encoding="utf-8") as file:
            schema = json.load(file)

        class Plain(jsonschema.RefResolver):
            # Debian's jsonschema takes the property "$id" of a schema of schemas for an id.
            def _find_in_subschemas(self, url):
                return None

        checker = CHECKER(schema, resolver=Plain("", schema))
        errors = [f"{list(e.absolute_path)}: {e.message[:200]}"
                  for e in checker.iter_errors(self.doc.tree)]
        self.assertEqual(errors, [])
        self.assertTrue(list(checker.iter_errors({**self.doc.tree, "operations": {"x": {}}})))


if __name__ == "__main__":
    unittest.main()
