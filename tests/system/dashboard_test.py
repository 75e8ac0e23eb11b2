"""The dashboard in a real browser, over a real daemon. Needs Debian's Chromium, Node 18 and
npm's registry for a first `npm ci`; exits with 77 where one is missing."""

import signal
import sys
import time
import unittest

from browser import missing
from dashboard_case import CONNECTED, STATE, TOKEN, DashboardCase
from dashboard_peers import Market, TalkativeLlm, WebDaemon, free_port, listen_many, settings
from npm import SKIPPED
from peers import MockLlm, Subscriber, ask


class Dashboard(DashboardCase):
    def test_an_outage_is_seen_as_it_happens(self):
        llm = self.stack.enter_context(MockLlm())
        daemon, market = self.start(
            llm.url, breaker={"recovery_timeout": 6, "failure_threshold": 3})
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
        self.wait_text(".card .causes", "LLM: server error", limit=2)
        first = self.browser.text(".card .left")
        self.assertRegex(first, r"^0:0[1-7]$")
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
        self.assertEqual(self.browser.get(
            "[localStorage.length, document.cookie, sessionStorage.length]"), [0, "", 1])
        self.click("#forget")
        self.assertEqual(self.browser.get("sessionStorage.length"), 0)
        self.assert_clean(401)

    def test_without_a_token_it_is_read_only(self):
        daemon, market = self.start()
        market.history("BTC/USDT")
        market.candles()
        self.show(daemon)
        self.browser.wait("!document.querySelector('#read-only').hidden")
        self.assertFalse(self.browser.get(
            "[...document.querySelectorAll('.actions, #token-form')].some((x) => x.checkVisibility())"))
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
        self.wait_text("#entries", "Refused")
        self.assertIn("onerror", self.browser.text("#entries"))
        time.sleep(0.3)  # what an image would take to fail
        self.assertEqual(self.browser.get("[window.hacked ?? null, document.images.length, "
                                          "document.querySelectorAll('main script').length]"), [None, 0, 0])
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
            self.wait_text("#connection", "Reconnecting", limit=4)
            self.wait_text("#banners", "does not answer", limit=8)
            self.shot("disconnected", full=False)
        with WebDaemon(options) as daemon:
            Market(daemon).push("NEW/USDT")
            self.wait_text("#rows", "NEW/USDT", limit=12)
            self.browser.wait(CONNECTED)
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
        self.wait_text("#banners", "no more listeners")
        # It shows what can be asked for all the same.
        self.wait_text("#rows", "BTC/USDT")
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


if __name__ == "__main__":
    if why := missing():
        print(f"skipped: {why}")
        sys.exit(SKIPPED)
    unittest.main(warnings="ignore")  # sockets end with the process
