const assert = require("node:assert/strict");
const {test} = require("node:test");
const {Seen, ServerClock, boot_time, reconnect_delay, Feed, feed_entry} = require("./logic.cjs");

const BOOT = "18bd2f6a3c1-9c41d2ee";

test("a message is taken once by topic, boot and seq", () => {
  const seen = new Seen();
  seen.live();
  assert.equal(seen.take("a", "1-1", 1), "first");
  assert.equal(seen.take("a", "1-1", 1), "repeated");
  assert.equal(seen.take("b", "1-1", 1), "first");
  assert.equal(seen.take("a", "1-1", 2), "next");
  assert.equal(seen.take("a", "1-1", 4), "gap");
  assert.equal(seen.take("a", "1-1", 3), "repeated");
  assert.equal(seen.take("a", "2-2", 1), "first");
});

test("a last value that leaves numbers out is no gap, nor is the one after it", () => {
  const seen = new Seen();
  assert.equal(seen.take("a", "1-1", 17), "first");
  assert.equal(seen.take("a", "1-1", 20), "next");
  seen.live();
  assert.equal(seen.take("a", "1-1", 23), "next");
  assert.equal(seen.take("a", "1-1", 25), "gap");
  seen.begin();
  assert.equal(seen.take("a", "1-1", 25), "repeated");
  assert.equal(seen.take("a", "1-1", 30), "next");
});

test("what was seen of an earlier run is forgotten", () => {
  const seen = new Seen();
  seen.take("a", "1-1", 5);
  seen.take("b", "2-2", 5);
  seen.forget_other_boots("2-2");
  assert.deepEqual([...seen.topics.keys()], ["b"]);
});

test("attempts to reconnect come at once, then thin out, and never stop", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6, 1000].map(reconnect_delay), [500, 1000, 2000, 4000, 5000, 5000, 5000]);
});

test("the daemon's clock is told by the quickest message of late", () => {
  const clock = new ServerClock();
  assert.equal(clock.now(5000), 5000);
  clock.hear(1_000_000 - 80, 1000); // 80 ms under way
  clock.hear(1_000_500 - 10, 1500);
  clock.hear(1_001_000 - 300, 2000);
  assert.equal(clock.offset(), 999_000 - 10);
  clock.hear(900_000, 2100); // a last value of long ago
  assert.equal(clock.offset(), 999_000 - 10);
});

test("a quick message of a minute ago counts no longer, nor does a browser's clock that was set back", () => {
  const clock = new ServerClock();
  clock.hear(10_000, 0);
  clock.hear(60_000 + 9_000, 60_000);
  assert.equal(clock.offset(), 9_000);
  clock.hear(70_000, -500_000);
  assert.equal(clock.offset(), 570_000);
});

test("a daemon's clock that was set is followed, forward at once and back within a minute", () => {
  const clock = new ServerClock();
  clock.hear(undefined, 1000); // a daemon that does not tell it
  assert.equal(clock.offset(), 0);
  clock.hear(1_000, 1000);
  clock.hear(3_602_000, 2000);
  assert.equal(clock.offset(), 3_600_000);
  for (let local = 3000; local <= 63_000; local += 1000) clock.hear(local, local);
  assert.equal(clock.offset(), 0);
});

test("a boot id begins with the daemon's start; others tell nothing", () => {
  assert.equal(new Date(boot_time(BOOT)).getUTCFullYear(), 2023);
  assert.ok(Number.isNaN(boot_time("abc-1")));
});

test("the feed is bounded, newest first, and late ones find their place", () => {
  const feed = new Feed(3);
  for (const time of [5, 1, 9, 7]) feed.add({kind: "risk", time});
  assert.deepEqual(
    feed.shown(new Set(["risk"])).map((x) => x.time),
    [9, 7, 5]
  );
  assert.deepEqual(feed.shown(new Set(["breaker"])), []);
});

test("a paused feed stands still and counts what comes, in bounded memory", () => {
  const feed = new Feed(3);
  feed.add({kind: "risk", time: 1});
  feed.pause();
  for (let time = 2; time <= 11; ++time) feed.add({kind: "risk", time});
  assert.deepEqual(
    feed.shown(new Set(["risk"])).map((x) => x.time),
    [1]
  );
  assert.equal(feed.pending(), 10);
  assert.equal(feed.waiting.length, 3);
  feed.resume();
  assert.equal(feed.pending(), 0);
  assert.deepEqual(
    feed.shown(new Set(["risk"])).map((x) => x.time),
    [11, 10, 9]
  );
});

test("what events say in the feed", () => {
  const risk = feed_entry(
    "risk",
    {
      issued_at: 5,
      pair: "A/B",
      timeframe: "5m",
      score: 61.5,
      verdict: "block",
      source: "fallback",
      cause: "breaker_open",
      strategy: "s",
    },
    9
  );
  assert.deepEqual(
    [risk.time, risk.title, risk.text],
    [5, "A/B 5m", "61.5 block · Fallback: the breaker is open · s"]
  );
  const opened = feed_entry(
    "breaker",
    {at: 6, strategy: "s", from: "closed", to: "open", cause: "consecutive_failures"},
    9
  );
  assert.equal(opened.text, "Closed → Open: failures in a row");
  assert.match(feed_entry("config", {ok: false, errors: ["f.json:3: no"]}, 9).text, /f\.json:3/);
  assert.match(
    feed_entry("rejected", {reason: "bad_time", detail: "d", excerpt: "<b>", count: 40}, 9).title,
    /×40/
  );
  assert.equal(feed_entry("stats", {}, 9), null);
  assert.equal(feed_entry("heartbeat", {}, 9), null);
});
