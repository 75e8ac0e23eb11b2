"""The dashboard in a real browser, over a real daemon. Needs Debian's Chromium, Node 18 and npm's
registry for a first `npm ci`; exits with 77 where one is missing. With SCREENSHOTS=FOLDER its
pictures stay there."""

import contextlib
import json
import os
import signal
import sys
import tempfile
import time
import unittest

from browser import Browser, missing
from dashboard_peers import Market, TalkativeLlm, WebDaemon, free_port, listen_many, scene, settings
from npm import SKIPPED
from peers import MockLlm, Subscriber, ask

TOKEN = "tok-4711"
STATE = "document.querySelector('.card').dataset.state"
CONNECTED = "document.querySelector('#connection').dataset.state === 'live'"
# What a browser says by itself of replies that a test provokes.
EXPECTED = {401: "status of 401", 403: "status of 403", 503: "status of 503", "down": "net::ERR_"}


class Dashboard(unittest.TestCase):
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
        self.browser.wait(f"document.querySelector('#messages').innerText.includes({json.dumps(words)})")

    def test_an_outage_is_seen_as_it_happens(self):
        llm = self.stack.enter_context(MockLlm())
        daemon, market = self.start(llm.url, breaker={"recovery_timeout": 6, "failure_threshold": 3})
        breaker = Subscriber(daemon.results, "breaker.")
        self.addCleanup(breaker.close)
        market.history("BTC/USDT", "ETH/USDT", "SOL/USDT", "XRP/USDT")
        for _ in range(12):
            market.candles()
            time.sleep(0.02)
        self.show(daemon, rows=4)
        self.browser.wait(f"{STATE} === 'closed'")
        self.click("#rows .pick")
        self.assertIn("100 %", self.browser.text(".card .rates"))

        llm.fault("status:503")
        seen = len(breaker.of("breaker."))
        for _ in range(2):
            market.candles()
        breaker.wait(lambda all_: any(x["to"] == "open" for _, x in all_[seen:]))
        opened = time.monotonic()
        self.browser.wait(f"{STATE} === 'open'", limit=2)
        self.assertLess(time.monotonic() - opened, 2)
        self.assertIn("failures in a row", self.browser.text(".card .since"))
        self.browser.wait("document.querySelector('.card .causes').innerText.includes('LLM: server error')", limit=2)
        first = self.browser.text(".card .left")
        self.assertRegex(first, r"^0:0[1-6]$")
        self.browser.wait(f"document.querySelector('.card .left').innerText < '{first}'", limit=3)
        self.browser.wait("document.querySelector('#rows .source').innerText === 'Fallback'")
        self.assertIn("failures in a row", self.browser.get(
            "document.querySelector('#announcer').textContent"))

        llm.fault("ok")
        self.browser.wait(f"{STATE} === 'half_open'", limit=8)
        market.candles()
        self.browser.wait(f"{STATE} === 'closed'", limit=6)
        self.assertEqual(self.browser.get("window.mark"), "not loaded anew")
        self.assertIn("opened 1 time", self.browser.get(
            "document.querySelector('.strip').getAttribute('aria-label')"))
        self.assert_clean()

    def test_pictures(self):
        """What the README shows: pairs of two timeframes, one LLM of two breaks."""
        steady, breaking = (self.stack.enter_context(MockLlm(fault)) for fault in ("slow:0.3", "flaky:5"))
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        daemon = self.stack.enter_context(WebDaemon(scene(
            steady.url, breaking.url, os.path.join(folder, "journal.db"))))
        names = [f"{x}/USDT" for x in ("BTC", "ETH", "SOL", "XRP", "ADA", "DOGE")] + ["ETH/BTC", "LINK/BTC"]
        market, slower = Market(daemon, candles=16), Market(daemon, candles=3, minutes=15)
        market.history(*names)
        slower.history(*names[:4])
        for _ in range(16):
            market.candles()
            time.sleep(0.35)
        self.show(daemon, rows=15)
        self.browser.get("choose(risk_key('ichimoku_llm_risk', 'SOL/USDT', '5m'), true)")
        self.browser.wait("document.querySelector('#history-text').textContent.startsWith('16 scores')")
        self.browser.wait("document.querySelectorAll('#rows [data-verdict=expired]').length === 0")
        self.shot("wide")
        self.browser.do("colours", dark=True)
        self.shot("dark")
        self.assertEqual(self.browser.do("axe"), [])
        self.browser.do("colours", dark=False)
        breaking.fault("status:503")
        for _ in range(3):
            slower.candles()
            time.sleep(0.5)
        state = "document.querySelector('[aria-labelledby=card-ichimoku_llm_risk]').dataset.state"
        self.browser.wait(f"{state} === 'open' && document.querySelectorAll('#rows tr').length >= 23")
        time.sleep(4)  # a countdown that has begun
        self.browser.wait("document.querySelectorAll('.thinking:not(:empty)').length === 0")
        self.assertEqual(self.browser.do("axe"), [])
        self.browser.do("size", width=1440, height=1420)
        self.browser.wait("document.querySelector('#graph').clientHeight > 100")
        self.shot("outage", full=False)
        self.assert_clean()

    def test_what_changes_the_daemon_needs_the_token(self):
        llm = self.stack.enter_context(MockLlm())
        daemon, market = self.start(llm.url, token=TOKEN)
        market.history("BTC/USDT")
        market.candles()
        self.show(daemon)

        def state():
            return ask(daemon.control, {"cmd": "status"})["strategies"]["s"]["state"]

        self.click(".actions [data-action=reset]")
        self.wait_message("Enter the token first")
        self.use_token("wrong")
        ask(daemon.control, {"cmd": "breaker", "strategy": "s", "action": "force_open"})
        self.browser.wait(f"{STATE} === 'forced_open'", limit=2)
        self.click(".actions [data-action=reset]")
        self.wait_message("The token was refused")
        self.assertEqual(state(), "forced_open")
        self.use_token(TOKEN)
        self.click(".actions [data-action=reset]")
        self.wait_message("s: done, it is closed now")
        self.browser.wait(f"{STATE} === 'closed'", limit=2)
        self.assertEqual(state(), "closed")

        self.click(".actions [data-action=force_open]")
        self.browser.wait("document.querySelector('#confirm').open")
        self.browser.do("press", key="Escape")
        self.browser.wait("!document.querySelector('#confirm').open")
        self.assertEqual(state(), "closed")
        self.click(".actions [data-action=force_open]")
        self.click("#confirm [data-answer=yes]")
        self.browser.wait(f"{STATE} === 'forced_open'", limit=2)
        self.click(".actions [data-action=auto]")
        self.browser.wait(f"{STATE} !== 'forced_open'", limit=2)
        self.click("#reload")
        self.wait_message("nothing differs")

        # The token is in this tab alone, and gone when that is wished.
        self.assertEqual(self.browser.get("JSON.stringify([localStorage.length, document.cookie, sessionStorage.length])"),
                         '[0,"",1]')
        self.click("#forget")
        self.assertEqual(self.browser.get("sessionStorage.length"), 0)
        self.assert_clean(401)

    def test_without_a_token_it_is_read_only(self):
        daemon, market = self.start()
        market.history("BTC/USDT")
        market.candles()
        self.show(daemon)
        self.browser.wait("!document.querySelector('#read-only').hidden")
        self.assertFalse(self.browser.get("[...document.querySelectorAll('.actions, #token-form')].some((x) => x.checkVisibility())"))
        self.assertEqual(self.browser.get(
            "fetch('/api/breaker', {method: 'POST', headers: {'Content-Type': 'application/json'},"
            " body: JSON.stringify({strategy: 's', action: 'force_open'})}).then((x) => x.status)"), 403)
        self.assertIn("LLM off", self.browser.text(".card"))
        self.assert_clean(403)

    def test_text_of_others_stays_text(self):
        evil = "<script>window.hacked=1</script><img src=x onerror=window.hacked=2>"
        name = "<img/src=x/onerror=hacked=3>"
        llm = self.stack.enter_context(TalkativeLlm(evil))
        daemon, market = self.start(llm.url)
        market.history(name)
        market.candles()
        self.show(daemon)
        market.send({"pair": evil, "timeframe": "<b>5m</b>"})
        self.click("#rows .pick")
        self.browser.wait("document.querySelector('#facts .reasons') !== null")
        self.assertIn(evil, self.browser.text("#facts .reasons"))
        self.assertIn(name, self.browser.text("#detail-title"))
        self.browser.wait("document.querySelector('#entries').innerText.includes('Refused')")
        self.assertIn("onerror", self.browser.text("#entries"))
        time.sleep(0.3)  # what an image would take to fail
        self.assertEqual(self.browser.get("[window.hacked ?? null, document.images.length, "
                                          "document.querySelectorAll('main script').length]"), [None, 0, 0])
        self.assert_clean()

    def test_nobody_is_shut_out(self):
        llm = self.stack.enter_context(MockLlm())
        daemon, market = self.start(llm.url, token=TOKEN)
        market.history("BTC/USDT", "ETH/USDT")
        market.candles()
        self.show(daemon, rows=2)
        self.click("#rows .pick")
        self.browser.wait("document.querySelectorAll('#graph canvas').length > 0")
        self.use_token("wrong")
        self.click(".actions [data-action=reset]")
        self.wait_message("The token was refused")
        for dark in (False, True):
            self.browser.do("colours", dark=dark)
            self.assertEqual(self.browser.do("axe"), [], f"dark: {dark}")
        self.click(".actions [data-action=force_open]")
        self.assertEqual(self.browser.do("axe"), [], "the dialogue")
        self.click("#confirm [data-answer=no]")
        ask(daemon.control, {"cmd": "breaker", "strategy": "s", "action": "force_open"})
        self.browser.wait(f"{STATE} === 'forced_open'")
        self.assertEqual(self.browser.do("axe"), [], "forced open")
        self.assert_clean(401)

    def test_keys_reach_everything(self):
        llm = self.stack.enter_context(MockLlm())
        daemon, market = self.start(llm.url, token=TOKEN)
        market.history("BTC/USDT", "ETH/USDT", "SOL/USDT")
        market.candles()
        self.show(daemon, rows=3)
        self.browser.get("document.querySelector('.pick').focus()")
        self.browser.do("press", key="ArrowDown")
        self.assertEqual(self.browser.get("document.activeElement.textContent"), "ETH/USDT")
        self.browser.do("press", key="End")
        self.assertEqual(self.browser.get("document.activeElement.textContent"), "SOL/USDT")
        self.browser.do("press", key="Enter")
        self.browser.wait("document.querySelector('#detail-title').innerText === 'SOL/USDT 5m' "
                          "&& document.querySelectorAll('#graph canvas').length > 0")
        for _ in range(2):
            market.candles()
            time.sleep(0.05)
        self.browser.wait("document.querySelector('#history-text').textContent.startsWith('3 scores')")
        before = self.browser.text("#readout")
        self.browser.get("document.querySelector('#chart-box').focus()")
        self.browser.do("press", key="ArrowLeft")
        self.assertNotEqual(self.browser.text("#readout"), before)

        # Every control is met on the way round by Tab, and shows that it is.
        self.browser.get("""(() => {
          window.stops = new Set(); window.invisible = [];
          document.activeElement.blur();
          addEventListener("focusin", (e) => {
            window.stops.add(e.target);
            if (getComputedStyle(e.target).outlineStyle === "none") window.invisible.push(e.target.outerHTML.slice(0, 80));
          });
        })()""")
        for _ in range(60):
            self.browser.do("press", key="Tab")
        unmet = self.browser.get("""[...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
          .filter((x) => x.checkVisibility() && !window.stops.has(x) && x.tabIndex >= 0).map((x) => x.outerHTML.slice(0, 80))""")
        self.assertEqual(unmet, [])
        self.assertEqual(self.browser.get("window.invisible"), [])
        self.assert_clean()

    def test_a_daemon_that_is_killed_and_started_again(self):
        port = free_port()
        options = settings(port=port)
        with WebDaemon(options) as daemon:
            Market(daemon).push("BTC/USDT")
            self.show(daemon)
            boot = self.browser.get("store.boot")
            daemon.child.kill()
            daemon.child.wait()
            self.browser.wait("document.querySelector('#connection').dataset.state === 'reconnecting'", limit=4)
            self.browser.wait("document.querySelector('#banners').innerText.includes('does not answer')", limit=8)
            self.shot("disconnected", full=False)
        with WebDaemon(options) as daemon:
            Market(daemon).push("NEW/USDT")
            self.browser.wait(f"{CONNECTED} && document.querySelector('#rows').innerText.includes('NEW/USDT')", limit=12)
            self.browser.wait("document.querySelector('#banners').innerText === ''")
            self.assertNotEqual(self.browser.get("store.boot"), boot)
            self.assertEqual(self.browser.get("window.mark"), "not loaded anew")
            self.assert_clean("down")

    def test_more_listeners_than_the_daemon_takes(self):
        daemon, market = self.start(candles=1)
        market.push("BTC/USDT")
        listeners = listen_many(daemon.url, 256)
        self.addCleanup(lambda: [x.close() for x in listeners])
        self.browser.open(daemon.url)
        self.browser.wait("document.querySelector('#banners').innerText.includes('no more listeners')")
        # It shows what can be asked for all the same.
        self.browser.wait("document.querySelector('#rows').innerText.includes('BTC/USDT')")
        for listener in listeners:
            listener.close()
        self.browser.wait(f"{CONNECTED} && document.querySelector('#banners').innerText === ''")
        self.assert_clean(503)

    def test_a_browser_whose_clock_is_wrong(self):
        daemon, market = self.start(candles=1, assess={"grace": 300})
        market.push("BTC/USDT")
        self.show(daemon, ahead=7_200_000)
        # Its own clock would call everything expired.
        self.browser.wait("document.querySelector('#rows tr').dataset.verdict !== 'expired'")
        self.assertRegex(self.browser.text("#rows .age"), r"^\d+ s$")
        self.assertIn("2 h ahead", self.browser.text("footer"))
        self.assert_clean()

    def test_a_strategy_that_leaves_the_configuration(self):
        llm = self.stack.enter_context(MockLlm("hang"))
        daemon, market = self.start(llm.url, llm={"api_timeout": 3})
        self.browser.open(daemon.url)
        self.browser.wait(CONNECTED)
        market.push("BTC/USDT")
        self.browser.wait("document.querySelector('.card .fact:nth-child(4) dd')?.innerText === '1'")
        self.assertIn("LLM asked", self.browser.text("#rows .thinking"))
        left = settings(llm.url)
        left["strategies"] = {"other": left["strategies"]["s"]}
        daemon.write(left)
        daemon.child.send_signal(signal.SIGHUP)
        self.browser.wait("document.querySelectorAll('.card').length === 2 "
                          "&& document.querySelector('#cards').innerText.includes('Draining')")
        self.browser.wait("document.querySelectorAll('.card').length === 1", limit=10)
        self.assertIn("other", self.browser.text("#cards h3"))
        self.assert_clean()

    def test_hundreds_of_pairs(self):
        daemon, market = self.start()
        market.history(*[f"COIN{i}/USDT" for i in range(500)])
        market.candles()
        self.browser.open(daemon.url)
        self.browser.wait("store.rows.size === 500")
        self.browser.wait("document.querySelectorAll('#rows tr').length === 100")
        self.browser.get("""(() => {
          window.longest = 0;
          new PerformanceObserver((list) => list.getEntries().forEach((x) => {
            window.longest = Math.max(window.longest, x.duration); })).observe({type: "longtask"});
        })()""")
        for _ in range(4):
            market.candles()
            time.sleep(0.25)
        self.browser.do("fill", selector="#filter", text="coin49 5m")
        took = self.browser.wait("document.querySelectorAll('#rows tr').length === 11", limit=2)
        self.assertLess(took, 1)
        self.click("#pairs th[data-by=score] button")
        self.browser.do("fill", selector="#filter", text="")
        self.browser.wait("document.querySelectorAll('#rows tr').length === 100", limit=2)
        scores = self.browser.get("[...document.querySelectorAll('#rows .score strong')].map((x) => Number(x.textContent))")
        self.assertEqual(scores, sorted(scores, reverse=True))
        # A page that stands still for half a second is felt; a shared machine is slow.
        longest = self.browser.get("window.longest")
        print(f"500 pairs: longest task {longest:.0f} ms, filter {took * 1000:.0f} ms", file=sys.stderr)
        self.assertLess(longest, 500)
        self.assertLessEqual(self.browser.get("document.querySelectorAll('#entries li').length"), 200)
        self.assert_clean()

    def test_nothing_yet_and_a_phone(self):
        daemon, market = self.start(candles=1)
        self.browser.open(daemon.url, width=360, height=740, phone=True)
        self.browser.wait(CONNECTED)
        self.browser.wait("document.querySelector('#no-pairs').innerText.includes('riskbreaker push')")
        self.assertIn("LLM off", self.browser.text(".card"))
        # What is not known is a dash, not 0.
        self.assertEqual(self.browser.get("document.querySelector('.card .rates tr:nth-child(1) td:last-child').innerText"), "—")
        market.history("BTC/USDT", "1000SHIB/USDT:USDT")
        market.candles()
        self.browser.wait("document.querySelectorAll('#rows tr').length === 2")
        self.click("#rows .pick")
        self.browser.wait("document.activeElement.id === 'detail-title'")
        self.browser.wait("document.querySelector('#history-note').innerText.includes('No journal')")
        self.browser.wait("document.querySelectorAll('#graph canvas').length > 0")
        self.assertEqual(self.browser.get("document.documentElement.scrollWidth"), 360)
        self.assertEqual(self.browser.do("axe"), [])
        self.shot("phone")
        self.assert_clean()


if __name__ == "__main__":
    if why := missing():
        print(f"skipped: {why}")
        sys.exit(SKIPPED)
    unittest.main(warnings="ignore")  # sockets end with the process
