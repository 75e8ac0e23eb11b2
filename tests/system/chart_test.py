"""`riskbreaker score --chart`: what the page and the picture hold, and in a browser."""

import csv
import html.parser
import io
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as xml

from peers import BINARY

SVG = "{http://www.w3.org/2000/svg}"
REAL = os.path.join(os.environ.get("SHARED_DIR", ""), "data", "XRP_USDT_USDT-1h.csv")
HOSTILE = "</script><img/src=x/onerror=alert(1)>'\"&--><!--é"
POINTS = ["points_rsi", "points_volatility", "points_trend", "points_price_action"]


def candles(count=220, pair="TINY/BTC"):
    """Prices around 2.5e-8, with rises, falls and a hole of three candles."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["pair", "timeframe", "open_time_ms", "open", "high", "low", "close", "volume"])
    price = 250
    for i in range(count):
        close = price + (i * 7919 % 23 - 11) + (6 if i % 60 > 40 else -1)
        if not 150 <= i < 153:
            rows.writerow([pair, "5m", 1_500_000_000_000 + i * 300_000, f"{price}e-10",
                           f"{max(price, close) + 2}e-10", f"{min(price, close) - 2}e-10",
                           f"{close}e-10", i % 9])
        price = max(close, 60)
    return out.getvalue()


class Page(html.parser.HTMLParser):
    """What a browser would find in a file."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.addresses, self.texts = [], [], {}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs
                           if name in ("src", "href", "data", "action", "srcset", "xlink:href")]

    def handle_data(self, data):
        self.texts.setdefault(self.tags[-1] if self.tags else "", []).append(data)


class Chart(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def draw(self, name, text, *arguments):
        """The chart as text, and the rows that came with it."""
        got = subprocess.run([BINARY, "score", "-", "--explain", "--json", "--chart", self.path(name),
                              *arguments], input=text, capture_output=True, text=True, timeout=60,
                             check=False)
        self.assertEqual(got.returncode, 0, got.stderr)
        with open(self.path(name), encoding="utf-8") as file:
            return file.read(), [json.loads(x) for x in got.stdout.splitlines()]


class Files(Chart):
    def inputs(self):
        yield candles()
        if os.path.exists(REAL):
            with open(REAL, encoding="utf-8") as file:
                yield file.read()

    def test_the_pages_numbers_are_those_of_the_rows(self):
        for text in self.inputs():
            page, rows = self.draw("x.html", text)
            data = json.loads(next(x for x in Page(page).texts["script"] if x.startswith("{")))
            series, = data["series"]
            self.assertEqual(len(series["time"]), len(rows))
            for i, row in enumerate(rows):
                for name, value in row.items():
                    if name in POINTS:
                        self.assertEqual(series["factors"][POINTS.index(name)]["points"][i], value)
                    elif name in ("pair", "timeframe"):
                        self.assertEqual(series[name], value)
                    else:
                        self.assertEqual(series[name][i], value, (name, i))
                allowed = row["score"] <= 70 and row["confidence"] >= 0.5
                self.assertEqual(series["verdict"][i] == "allow", allowed)

    def test_the_picture_is_xml_with_the_rows_scores(self):
        for text in self.inputs():
            picture, rows = self.draw("x.svg", text)
            tips = [x.text for x in xml.fromstring(picture).findall(f".//{SVG}g/{SVG}rect/{SVG}title")]
            self.assertEqual(len(tips), len(rows))
            for tip, row in zip(tips, rows):
                available = any(row[name] is not None for name in POINTS)
                self.assertIn(f"score {row['score']:g}  " if available else "score not available", tip)
                if "TINY" in text:
                    self.assertIn("open 0.0000000", tip)

    def test_nothing_is_loaded_from_elsewhere(self):
        for name in ("x.html", "x.svg"):
            text, _ = self.draw(name, candles())
            self.assertEqual(Page(text).addresses, [])
            self.assertNotIn("@import", text)
            self.assertNotRegex(text, r"url\((?!#)")
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', self.draw("x.html", candles())[0])
        self.assertTrue(policy[1].startswith("default-src 'none';"))
        self.assertNotIn("unsafe", policy[1])

    def test_a_pairs_name_stays_a_name(self):
        page, _ = self.draw("x.html", candles(30, HOSTILE))
        plain, _ = self.draw("x.html", candles(30))
        self.assertEqual(Page(page).tags, Page(plain).tags)
        data = json.loads(next(x for x in Page(page).texts["script"] if x.startswith("{")))
        self.assertEqual(data["series"][0]["pair"], HOSTILE)
        picture, _ = self.draw("x.svg", candles(30, HOSTILE))
        names = [x.text for x in xml.fromstring(picture).iter(f"{SVG}text") if x.get("class") == "pair"]
        self.assertEqual(names, [HOSTILE + "  5m"])

    def test_the_helps_example_works_when_pasted(self):
        text = subprocess.run([BINARY, "score", "--help"], capture_output=True, text=True, timeout=30,
                              check=True).stdout
        example = next(x for x in text.splitlines() if "seq 300" in x)
        got = subprocess.run(["bash", "-c", example.replace("| riskbreaker", "| " + BINARY)],
                             cwd=self.folder, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((got.returncode, got.stdout + got.stderr), (0, ""))
        with open(self.path("chart.html"), encoding="utf-8") as file:
            self.assertIn('"scored":300,', file.read())
        with open(self.path("scores.csv"), encoding="utf-8") as file:
            self.assertEqual(len(file.readlines()), 301)

    def test_the_readmes_example_works_when_pasted(self):
        root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
        with open(os.path.join(root, "README.md"), encoding="utf-8") as file:
            blocks = re.findall(r"```sh\n(.*?)```", file.read(), re.S)
        example = next(x for x in blocks if "--chart chart.html" in x)
        for ours, here in (("build/release/riskbreaker", BINARY), ("chart.html", self.path("chart.html")),
                           ("scores.csv", self.path("scores.csv"))):
            example = example.replace(ours, here)
        got = subprocess.run(["bash", "-c", example], cwd=root, capture_output=True, text=True,
                             timeout=60, check=False)
        self.assertEqual((got.returncode, got.stdout + got.stderr), (0, ""))
        with open(self.path("chart.html"), encoding="utf-8") as file:
            self.assertIn('"scored":700,', file.read())

    def test_the_rows_reader_may_leave_and_the_chart_is_whole(self):
        with subprocess.Popen([BINARY, "score", "-", "--explain", "--chart", self.path("x.html")],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as child:
            child.stdout.close()
            child.stdin.write(candles(6_000))
            child.stdin.close()
            self.assertEqual(child.wait(30), 0)
            self.assertIn("the newest 5,000 of 5,997 candles", child.stderr.read())
        with open(self.path("x.html"), encoding="utf-8") as file:
            self.assertTrue(file.read().endswith("</html>\n"))


@unittest.skipUnless(shutil.which("chromium"), "skipped: no chromium on this machine")
class Browser(Chart):
    def visit(self, name):
        """The page after its scripts have run, and what they complained about."""
        got = subprocess.run(["chromium", "--headless=new", "--no-sandbox", "--disable-gpu",
                              "--window-size=1200,800", "--virtual-time-budget=2000",
                              f"--user-data-dir={self.path('profile')}", "--enable-logging=stderr",
                              "--dump-dom", "file://" + self.path(name)],
                             capture_output=True, text=True, timeout=90, check=False)
        return got.stdout, [x for x in got.stderr.splitlines() if "CONSOLE" in x]

    def test_it_shows_the_newest_candle_without_a_complaint(self):
        _, rows = self.draw("x.html", candles(120, HOSTILE))
        dom, complaints = self.visit("x.html")
        self.assertEqual(complaints, [])
        texts = "".join(Page(dom).texts["bdi"] + Page(dom).texts["div"] + Page(dom).texts["strong"])
        self.assertIn(HOSTILE, texts)
        self.assertIn("allow" if rows[-1]["score"] <= 70 else "block", texts)
        self.assertIn(f">{rows[-1]['score']:g}<", dom)

    def test_pointer_fingers_and_keys_choose_and_move(self):
        other = candles(90, "OTHER/BTC").split("\n", 1)[1]
        page, rows = self.draw("x.html", candles(120) + other)
        # Another script than the page's own needs a page without a policy.
        page = re.sub(r"<meta http-equiv[^>]*>", "", page).replace("</body>", """<script>
          const box = document.querySelector("#price canvas:last-of-type").getBoundingClientRect();
          const at = (i) => box.left + place_of(panes.price, panes.view()).x(panes.series.time[i]);
          const seen = [];
          const look = () => seen.push(document.querySelector("#readout h2").textContent
            + " " + document.querySelector(".verdict .number").textContent);
          const press = (key) => document.getElementById("charts").dispatchEvent(
            new KeyboardEvent("keydown", {key, bubbles: true}));
          panes.show_all();
          document.querySelector("#price canvas:last-of-type").dispatchEvent(
            new MouseEvent("mousemove", {clientX: at(80), clientY: box.top + 50, bubbles: true}));
          look();
          press("ArrowLeft");
          look();
          const whole = panes.view()[1] - panes.view()[0];
          press("+");
          seen.push(whole > panes.view()[1] - panes.view()[0] ? "closer" : "the same");
          press("0");
          seen.push(whole === panes.view()[1] - panes.view()[0] ? "all" : "less");
          const finger = (id, kind, x) => document.querySelector("#price canvas:last-of-type").dispatchEvent(
            new PointerEvent("pointer" + kind, {pointerId: id, pointerType: "touch", clientX: x, bubbles: true}));
          const middle = () => (panes.view()[0] + panes.view()[1]) / 2;
          const length = () => panes.view()[1] - panes.view()[0];
          panes.zoom(0.5);
          let before = [middle(), length()];
          finger(7, "down", 500);
          finger(7, "move", 600);
          seen.push(middle() < before[0] && length() === before[1] ? "earlier" : "still");
          finger(8, "down", 800);
          before = length();
          finger(8, "move", 700);
          finger(7, "up", 600);
          finger(8, "up", 700);
          seen.push(Math.abs(length() - 2 * before) < 1000 ? "half as near" : length() / before);
          before = length();
          document.querySelector("#score canvas").dispatchEvent(
            new WheelEvent("wheel", {deltaY: -200, clientX: 500, bubbles: true, cancelable: true}));
          seen.push(length() < before && panes.price.xAxisRange()[0] === panes.view()[0] ? "both nearer" : "apart");
          document.querySelector("#layers input").click();
          seen.push(panes.shown.has("candles") ? "shown" : "hidden");
          document.getElementById("series").value = "1";
          document.getElementById("series").dispatchEvent(new Event("change"));
          seen.push(document.getElementById("pair").textContent);
          document.title = JSON.stringify(seen);
        </script></body>""")
        with open(self.path("x.html"), "w", encoding="utf-8") as file:
            file.write(page)
        dom, complaints = self.visit("x.html")
        self.assertEqual(complaints, [])
        seen = json.loads(Page(dom).texts["title"][0])
        for text, row in zip(seen, (rows[80], rows[79])):
            # 1500000000000 is 2017-07-14 02:40.
            minutes = 160 + (row["time"] - 1_500_000_000_000) // 60_000
            self.assertEqual(text, f"2017-07-14 {minutes // 60:02}:{minutes % 60:02} UTC {row['score']:g}")
        self.assertEqual(seen[2:], ["closer", "all", "earlier", "half as near", "both nearer", "hidden",
                                    "OTHER/BTC"])


if __name__ == "__main__":
    unittest.main(warnings="ignore")
