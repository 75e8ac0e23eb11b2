"""Debian's Prometheus against the daemon: its own tools take our metrics, rules and
dashboard, and a real one scrapes what the daemon says."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse
import urllib.request

from peers import PATIENCE, MockLlm, Subscriber, candle, last_closed, pusher
from web_peers import WebDaemon, metrics_of, web_config

HERE = os.path.dirname(os.path.abspath(__file__))
DEPLOY = os.path.join(HERE, "..", "..", "deploy")
RULES = os.path.join(DEPLOY, "prometheus", "riskbreaker.rules.yml")
BOARD = os.path.join(DEPLOY, "grafana", "riskbreaker.json")

if not shutil.which("promtool") or not shutil.which("prometheus"):
    print("prometheus and promtool are not installed (apt install prometheus)")
    sys.exit(77)


def promtool(*args, text=None):
    return subprocess.run(["promtool", *args], input=text, capture_output=True, text=True,
                          timeout=60, check=False)


def expressions():
    """Of the dashboard, with its variables filled in."""
    with open(BOARD, encoding="utf-8") as file:
        board = json.load(file)
    for panel in board["panels"]:
        for target in panel["targets"]:
            yield panel["title"], (target["expr"].replace("$__rate_interval", "1m")
                                   .replace("$instance", ".*").replace("$strategy", ".*"))


class Prometheus:
    """A real one, in a folder of its own, that scrapes every half second."""

    def __init__(self, target):
        self.folder = tempfile.TemporaryDirectory()
        path = os.path.join(self.folder.name, "prometheus.yml")
        shutil.copy(RULES, self.folder.name)
        with open(os.path.join(DEPLOY, "prometheus", "prometheus.yml"), encoding="utf-8") as file:
            text = file.read()
        assert "127.0.0.1:8090" in text
        text = text.replace("127.0.0.1:8090", target).replace("15s", "500ms")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        self.log = open(os.path.join(self.folder.name, "log"), "w+", encoding="utf-8")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.child = subprocess.Popen(
            ["prometheus", f"--config.file={path}", f"--web.listen-address=127.0.0.1:{port}",
             f"--storage.tsdb.path={self.folder.name}/data"],
            stdout=self.log, stderr=subprocess.STDOUT)

    def log_text(self):
        self.log.seek(0)
        return self.log.read()

    def query(self, expression):
        url = f"{self.url}/api/v1/query?" + urllib.parse.urlencode({"query": expression})
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                url, timeout=PATIENCE) as reply:
            return json.load(reply)["data"]["result"]

    def wait(self, expression, condition, limit=PATIENCE):
        end = time.monotonic() + limit
        while True:
            try:
                got = self.query(expression)
            except OSError:
                got = None
            if got is not None and condition(got):
                return got
            if time.monotonic() > end:
                raise AssertionError(f"{expression}: {got}\n{self.log_text()[-2000:]}")
            time.sleep(0.2)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.terminate()
        try:
            self.child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.log.close()
        self.folder.cleanup()


class Files(unittest.TestCase):
    def test_rules_and_configuration(self):
        for args in (("check", "config", os.path.join(DEPLOY, "prometheus", "prometheus.yml")),
                     ("check", "rules", RULES),
                     ("test", "rules", RULES.replace("rules.yml", "rules_test.yml"))):
            got = promtool(*args)
            self.assertEqual(got.returncode, 0, got.stdout + got.stderr)

    def test_every_alert_is_tested(self):
        with open(RULES, encoding="utf-8") as file:
            alerts = re.findall(r"- alert: (\w+)", file.read())
        with open(RULES.replace("rules.yml", "rules_test.yml"), encoding="utf-8") as file:
            text = file.read()
        self.assertGreater(len(alerts), 10)
        for alert in alerts:
            tested = re.findall(r"alertname: " + alert + r"\b(, exp_alerts: \[\])?", text)
            self.assertIn("", tested, alert)  # when it is due
            self.assertIn(", exp_alerts: []", tested, alert)  # and when not


class Scraped(unittest.TestCase):
    def test_a_real_one_sees_an_outage(self):
        with MockLlm() as llm:
            settings = web_config(llm.url, breaker={"failure_threshold": 2, "recovery_timeout": 600})
            settings["llm"]["endpoints"]["sim"]["calls_per_day"] = 100
            with tempfile.TemporaryDirectory() as folder:
                settings["journal"] = {"path": os.path.join(folder, "j.db")}
                with WebDaemon(settings) as daemon, \
                        Prometheus(f"127.0.0.1:{daemon.port}") as prometheus:
                    self.watch(llm, daemon, prometheus)

    def watch(self, llm, daemon, prometheus):
        prometheus.wait('up{job="riskbreaker"}', lambda x: x and x[0]["value"][1] == "1")
        sub = Subscriber(daemon.results, "risk.")
        push = pusher(daemon.candles)
        push.send_json(candle("A/B", "5m", [last_closed(), 1, 1, 1, 1, 1]))
        sub.wait_count("risk.", 1)
        prometheus.wait('riskbreaker_answers_total{source="llm"}',
                        lambda x: x and x[0]["value"][1] == "1")
        llm.fault("status:500")
        for i in range(4):
            push.send_json(candle(f"P{i}/X", "5m", [last_closed(), 1, 1, 1, 1, 1]))
            sub.wait_count("risk.", i + 2)
        push.send(b"no candle")
        prometheus.wait('riskbreaker_breaker_state{state="open"}',
                        lambda x: x and x[0]["value"][1] == "1")
        prometheus.wait('ALERTS{alertname="RiskbreakerBreakerOpen",alertstate="pending"}', bool)
        self.assertFalse(prometheus.query('ALERTS{alertname=~"Riskbreaker(Down|Faults|NoCandles)"}'))
        text = daemon.get("/metrics").body.decode()
        got = promtool("check", "metrics", text=text)
        self.assertEqual((got.returncode, got.stdout + got.stderr), (0, ""))
        # What Prometheus has is what the daemon says, sample for sample.
        ours = metrics_of(text)
        time.sleep(1.5)
        for name in ("requests_total", "llm_calls_total", "candles_total", "series",
                     "llm_call_duration_seconds_bucket", "candles_refused_total"):
            theirs = {
                frozenset((k, f'"{v}"') for k, v in x["metric"].items()
                          if k not in ("__name__", "job", "instance")): float(x["value"][1])
                for x in prometheus.query("riskbreaker_" + name)}
            mine = {frozenset((k, v) for k, v in labels if v != '""'): value
                    for (n, labels), value in ours.items() if n == "riskbreaker_" + name}
            self.assertEqual(theirs, mine, name)
        self.check_names(text)
        for title, expression in expressions():
            got = prometheus.query(expression)  # a mistake would be an HTTP error
            # What has begun with its first sample does not count as an increase.
            if title not in ("Journal", "Transitions", "LLM calls by outcome"):
                self.assertTrue(got, f"{title}: {expression}")
        sub.close()
        push.close()

    def check_names(self, text):
        """Rules and dashboard ask for nothing that the daemon does not tell."""
        known = set(re.findall(r"^# TYPE (\S+)", text, re.M))
        for path in (RULES, BOARD):
            with open(path, encoding="utf-8") as file:
                asked = set(re.findall(r"riskbreaker_[a-z_]+", file.read()))
            self.assertGreater(len(asked), 5)
            for name in asked:
                self.assertIn(re.sub(r"_bucket$", "", name), known, path)


if __name__ == "__main__":
    unittest.main()
