"""What the tests of the dashboard share: a browser for all, a daemon for each."""

import contextlib
import json
import os
import tempfile
import unittest

from browser import Browser
from dashboard_peers import Market, WebDaemon, settings

TOKEN = "tok-4711"
STATE = "document.querySelector('.card').dataset.state"
CONNECTED = "document.querySelector('#connection').dataset.state === 'live'"
# What a browser says by itself of replies that a test provokes.
EXPECTED = {401: "status of 401", 403: "status of 403", 503: "status of 503", "down": "net::ERR_"}


class DashboardCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)
        cls.pictures = os.environ.get("SCREENSHOTS")
        if not cls.pictures:
            folder = tempfile.TemporaryDirectory()
            cls.addClassCleanup(folder.cleanup)
            cls.pictures = folder.name
        os.makedirs(cls.pictures, exist_ok=True)

    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)

    def start(self, llm_url=None, candles=20, **options):
        daemon = self.stack.enter_context(WebDaemon(settings(llm_url, **options)))
        return daemon, Market(daemon, candles)

    def show(self, daemon, rows=1, **how):
        self.browser.open(daemon.url, **how)
        self.browser.wait(f"{CONNECTED} && document.querySelectorAll('#rows tr').length >= {rows}")
        self.browser.get("window.mark = 'not loaded anew'")

    def shot(self, name, full=True):
        path = os.path.join(self.pictures, f"{name}.png")
        self.browser.do("shot", path=path, full=full)
        self.assertGreater(os.path.getsize(path), 10_000)

    def assert_clean(self, *expected):
        said = [x for x in self.browser.errors()
                if not any(EXPECTED[key] in x for key in expected)]
        self.assertEqual(said, [])

    def click(self, selector):
        self.browser.do("click", selector=selector)

    def use_token(self, token):
        self.browser.do("fill", selector="#token", text=token)
        self.click("#token-form button[type=submit]")

    def wait_message(self, words):
        self.wait_text("#messages", words)

    def wait_text(self, selector, words, limit=10):
        self.browser.wait(f"(document.querySelector('{selector}')?.innerText ?? '')"
                          f".includes({json.dumps(words)})", limit)

    def wait_history(self, words):
        self.browser.wait("document.querySelector('#history-text').textContent"
                          f".startsWith('{words}')")

    def wait_rows(self, count, limit=10):
        return self.browser.wait(
            f"document.querySelectorAll('#rows tr').length === {count}", limit)
