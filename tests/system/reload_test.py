"""Configurations that change while the daemon runs: by watch, by signal, by command, a
thousand times under load."""

import json
import os
import signal
import tempfile
import time
import unittest

from peers import (Daemon, MockLlm, Subscriber, ask, candle, config, last_closed, pusher,
                   resident_kb)

RELOADS = int(os.environ.get("RELOADS", "1000"))


class Watching(unittest.TestCase):
    def test_an_edited_file_is_applied_by_itself(self):
        settings = config()
        with Daemon(settings, watch=True) as daemon:
            sub = Subscriber(daemon.results, "config")
            sub.wait(lambda all_: any(p["version"] == 1 for _, p in all_))
            settings["strategies"]["s"]["gate"]["max_risk_score"] = 12
            daemon.write(settings)
            sub.wait(lambda all_: any(p["version"] == 2 for _, p in all_))
            self.assertEqual(sub.of("config")[-1]["changes"],
                             ["/strategies/s/gate/max_risk_score: 70 -> 12"])

            # An editor that writes beside it and moves it over; a mistake changes nothing.
            path = daemon.path
            with open(path + ".new", "w", encoding="utf-8") as out:
                out.write('{"strategies": {"s": {"gate": {"max_risk_scor": 5}}}}')
            os.replace(path + ".new", path)
            sub.wait(lambda all_: any(not p["ok"] for _, p in all_))
            report = sub.of("config")[-1]
            self.assertEqual(report["version"], 2)
            self.assertIn("max_risk_score", report["errors"][0])
            shown = ask(daemon.control, {"cmd": "config"})["config"]
            self.assertEqual(shown["strategies"]["s"]["gate"]["max_risk_score"], 12)
            sub.close()
            began = time.monotonic()
            self.assertEqual(daemon.stop(), 0)
            self.assertLess(time.monotonic() - began, 2)

    def test_a_prompt_and_a_key_file_are_watched_too(self):
        with MockLlm() as llm, tempfile.NamedTemporaryFile("w") as key:
            key.write("sk-first")
            key.flush()
            settings = config(llm.url, llm={"prompt_file": "prompt.txt"})
            settings["llm"]["endpoints"]["sim"]["api_key_file"] = key.name
            files = {"prompt.txt": "Be calm.\n---\n{{pair}}\n{{candles}}"}
            with Daemon(settings, watch=True, files=files) as daemon:
                sub = Subscriber(daemon.results, "config")
                sub.wait(lambda all_: any(p["version"] == 1 for _, p in all_))
                daemon.write("Be strict.\n---\n{{pair}}\n{{candles}}", "prompt.txt")
                sub.wait(lambda all_: any(p["version"] == 2 for _, p in all_))
                self.assertTrue(any("prompt" in x for x in sub.of("config")[-1]["changes"]))
                with open(key.name, "w", encoding="utf-8") as out:
                    out.write("sk-second")
                sub.wait(lambda all_: any(p["version"] == 3 for _, p in all_))
                shown = json.dumps(sub.of("config"))
                self.assertNotIn("sk-first", shown)
                self.assertNotIn("sk-second", shown)
                sub.close()


class UnderLoad(unittest.TestCase):
    def test_a_thousand_reloads_lose_nothing(self):
        settings = config(assess={"max_candle_age": None})
        with Daemon(settings) as daemon:
            sub = Subscriber(daemon.results, "risk.", "config")
            push = pusher(daemon.candles)
            step = 300_000
            first = last_closed() - 3 * RELOADS * step
            pushed = 0
            memory_after_warm_up = None
            for i in range(RELOADS):
                # Two candles in flight around each reload; each is one request.
                limit = 10 + i % 80
                if i % 2:
                    daemon.write('{"strategies": {"s": {"gate": {"max_risk_score": -1}}}}')
                else:
                    settings["strategies"]["s"]["gate"] = {"max_risk_score": limit}
                    daemon.write(settings)
                for _ in range(2):
                    push.send_json(candle("A/B", "5m", [first + pushed * step, 1, 1, 1, 1, 1]))
                    pushed += 1
                reply = ask(daemon.control, {"cmd": "reload"})
                self.assertEqual(reply["ok"], i % 2 == 0, reply)
                if i % 2 == 0:
                    in_force = limit
                if i == RELOADS // 4:
                    memory_after_warm_up = resident_kb(daemon.child.pid)
            sub.wait_count("risk.", pushed)
            push.close()
            finals = sub.of("risk.")
            self.assertEqual([x["seq"] for x in finals], list(range(1, pushed + 1)))
            self.assertEqual(len({x["candle_time"] for x in finals}), pushed)
            shown = ask(daemon.control, {"cmd": "config"})["config"]
            self.assertEqual(shown["strategies"]["s"]["gate"]["max_risk_score"], in_force)
            # A thousand reloads of a few kB each: what leaked would show.
            self.assertLess(resident_kb(daemon.child.pid) - memory_after_warm_up, 4_096)
            status = ask(daemon.control, {"cmd": "status"})
            self.assertEqual(status["config_version"], 1 + RELOADS // 2)
            self.assertEqual(status["faults"], {})
            sub.close()

    def test_a_signal_storm_ends_with_the_last_file(self):
        settings = config()
        with Daemon(settings) as daemon:
            for i in range(50):
                settings["strategies"]["s"]["gate"] = {"max_risk_score": i}
                daemon.write(settings)
                daemon.child.send_signal(signal.SIGHUP)
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline:
                shown = ask(daemon.control, {"cmd": "config"})["config"]
                if shown["strategies"]["s"]["gate"]["max_risk_score"] == 49:
                    break
                time.sleep(0.05)
            self.assertEqual(shown["strategies"]["s"]["gate"]["max_risk_score"], 49)


if __name__ == "__main__":
    unittest.main(verbosity=2)
