"""examples/node, with npm's zeromq. Needs Node 18 and npm's registry for a first `npm ci`; exits
with 77 where one is missing."""

import os
import sys
import unittest

from example_runs import EXAMPLES, Examples
from npm import SKIPPED, unavailable

FOLDER = os.path.join(EXAMPLES, "node")


class Node(Examples, unittest.TestCase):
    def command(self, name, *args):
        return ["node", os.path.join(FOLDER, f"{name}.js"), *args]


if __name__ == "__main__":
    if why := unavailable(FOLDER, oldest_node=18):
        print(f"skipped: {why}")
        sys.exit(SKIPPED)
    unittest.main(warnings="ignore")  # sockets end with the process
