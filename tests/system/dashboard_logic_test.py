"""The parts of the dashboard that touch no page, by Node's own test runner. Needs Node 18;
exits with 77 where it is missing."""

import glob
import os
import re
import shutil
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PAGE = os.path.join(ROOT, "app", "dashboard", "page")


class Logic(unittest.TestCase):
    def test_by_node(self):
        tests = sorted(glob.glob(os.path.join(HERE, "browser", "*.test.cjs")))
        self.assertGreaterEqual(len(tests), 4)
        done = subprocess.run(["node", "--test", *tests], capture_output=True, text=True,
                              check=False, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"pass [1-9]")

    def test_every_file_is_embedded_once(self):
        with open(os.path.join(ROOT, "CMakeLists.txt"), encoding="utf-8") as file:
            embedded = re.findall(r"\$\{dashboard\}/([\w.]+)", file.read())
        self.assertEqual(sorted(embedded), sorted(os.listdir(PAGE)))

    def test_nothing_is_inline_or_foreign(self):
        """The page's policy would refuse it, and show nothing."""
        with open(os.path.join(PAGE, "page.html"), encoding="utf-8") as file:
            html = file.read()
        self.assertNotRegex(html, r"<style|\sstyle=|\son\w+=|<script(?! src=\"/)")
        self.assertNotRegex(html, r"https?://")
        for name in os.listdir(PAGE):
            with open(os.path.join(PAGE, name), encoding="utf-8") as file:
                self.assertNotRegex(file.read(), r"innerHTML|outerHTML|insertAdjacentHTML|"
                                    r"document\.write|\beval\(|cssText", name)


if __name__ == "__main__":
    found = shutil.which("node")
    version = found and subprocess.run([found, "--version"], capture_output=True, text=True,
                                       check=True).stdout
    if not found or int(re.match(r"v(\d+)", version).group(1)) < 18:
        print("skipped: Node 18 is not installed")
        sys.exit(77)
    unittest.main()
