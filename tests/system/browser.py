"""Debian's Chromium by playwright-core: browser/drive.cjs is spoken to in lines of JSON."""

import json
import os
import queue
import shutil
import subprocess
import threading

from npm import unavailable

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "browser")
CHROMIUM = shutil.which("chromium")
LIMIT = 30  # seconds for one command; the page's own waits are shorter


def missing():
    """Why there can be no browser, or None."""
    if not CHROMIUM:
        return "Chromium is not installed (Debian's package chromium)"
    return unavailable(FOLDER, oldest_node=18)


class Browser:
    def __init__(self):
        self._child = subprocess.Popen(
            ["node", os.path.join(FOLDER, "drive.cjs"), CHROMIUM], cwd=FOLDER, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._replies = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self._reply(60)  # a cold start of Chromium on a busy machine

    def _read(self):
        for line in self._child.stdout:
            self._replies.put(json.loads(line))
        self._replies.put({"ok": False, "error": "the browser's driver has ended"})

    def _reply(self, limit):
        try:
            reply = self._replies.get(timeout=limit)
        except queue.Empty:
            raise AssertionError(f"the browser does not answer within {limit} s") from None
        if not reply["ok"]:
            raise AssertionError(reply["error"])
        return reply.get("value")

    def do(self, command, **arguments):
        self._child.stdin.write(json.dumps({"do": command, **arguments}) + "\n")
        self._child.stdin.flush()
        return self._reply(LIMIT)

    def open(self, url, width=1440, height=900, dark=False, phone=False, still=True, ahead=0):
        """`ahead`: milliseconds by which the browser's clock is wrong."""
        self.do("open", url=url, width=width, height=height, dark=dark, phone=phone, still=still,
                ahead=ahead)

    def get(self, script):
        return self.do("evaluate", script=script)

    def text(self, selector):
        return self.get(f"document.querySelector({json.dumps(selector)})?.innerText ?? null")

    def wait(self, script, limit=10.0):
        """Seconds until the expression is true in the page; fails when it does not become so."""
        try:
            return self.do("wait", script=script, limit=limit) / 1000
        except AssertionError as error:
            raise AssertionError(f"{script}: {error}; the page says: "
                                 f"{self.text('body')[:1500]}") from None

    def errors(self):
        """Errors in the console, exceptions and violations of the page's policy since last."""
        return self.do("errors")

    def close(self):
        self._child.stdin.close()
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._child.stdout.close()
