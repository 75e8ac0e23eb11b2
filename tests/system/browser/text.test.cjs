const assert = require("node:assert/strict");
const {test} = require("node:test");
const page = require("./logic.cjs");

const NOTHING = [null, undefined, NaN, Infinity, "7", {}];

test("what is not known is a dash, never 0", () => {
  for (const name of [
    "number",
    "score_text",
    "signed",
    "percent",
    "milliseconds",
    "dollars",
    "short_count",
    "duration",
    "countdown",
    "clock_time",
  ])
    for (const x of NOTHING) assert.equal(page[name](x), "—", `${name}(${String(x)})`);
  assert.equal(page.share(0, 0), "—");
  assert.equal(page.share(null, 5), "—");
  assert.equal(page.number(0), "0");
  assert.equal(page.percent(0), "0 %");
});

test("numbers are grouped, and rounded as asked", () => {
  assert.equal(page.number(1234567), "1,234,567");
  assert.equal(page.number(999), "999");
  assert.equal(page.number(-1234.5, 1), "−1,234.5");
  assert.equal(page.number(-0.001, 2), "0.00");
});

test("scores keep what they have, up to two decimals", () => {
  assert.equal(page.score_text(62), "62");
  assert.equal(page.score_text(61.5), "61.5");
  assert.equal(page.score_text(61.53), "61.53");
  assert.equal(page.score_text(61.539), "61.54");
  assert.equal(page.signed(20), "+20");
  assert.equal(page.signed(-10), "−10");
  assert.equal(page.signed(0), "0");
});

test("a rate is 100 % only when nothing is missing", () => {
  assert.equal(page.percent(100), "100 %");
  assert.equal(page.percent(99.99), "99.9 %");
  assert.equal(page.percent(33.333), "33.3 %");
  assert.equal(page.share(1, 3), "33.3 %");
});

test("small amounts are not shown as nothing", () => {
  assert.equal(page.dollars(0), "$0.00");
  assert.equal(page.dollars(0.00031), "$0.0003");
  assert.equal(page.dollars(0.00001), "<$0.0001");
  assert.equal(page.dollars(1234.5), "$1,234.50");
});

test("latencies and counts change their unit", () => {
  assert.equal(page.milliseconds(999), "999 ms");
  assert.equal(page.milliseconds(1000), "1.00 s");
  assert.equal(page.milliseconds(20000), "20.0 s");
  assert.equal(page.short_count(9999), "9,999");
  assert.equal(page.short_count(10000), "10.0 k");
  assert.equal(page.short_count(2500000), "2.5 M");
});

test("durations at their boundaries", () => {
  for (const [ms, text] of [
    [-5, "0 s"],
    [999, "0 s"],
    [59_999, "59 s"],
    [60_000, "1 min"],
    [3_599_999, "59 min"],
    [3_600_000, "1 h"],
    [3_660_000, "1 h 1 min"],
    [86_399_999, "23 h 59 min"],
    [86_400_000, "1 d"],
    [90_000_000, "1 d 1 h"],
  ])
    assert.equal(page.duration(ms), text);
});

test("a countdown reaches 0:00 when it is due and not before", () => {
  for (const [ms, text] of [
    [1, "0:01"],
    [0, "0:00"],
    [-4000, "0:00"],
    [59_001, "1:00"],
    [300_000, "5:00"],
    [3_723_000, "1:02:03"],
  ])
    assert.equal(page.countdown(ms), text);
});

test("causes in words, also those that are not known yet", () => {
  assert.equal(page.cause_text("llm_timeout"), "LLM: no answer in time");
  assert.equal(page.cause_text("probe_failed:llm_auth"), "the probe failed (LLM: key refused)");
  assert.equal(page.cause_text("something_new"), "something new");
  assert.equal(page.cause_text("constructor"), "constructor");
  assert.equal(page.cause_text(null), "");
  assert.equal(page.state_word("__proto__"), "  proto  ");
  assert.equal(page.state_word(null), "Not known");
});

test("the day's cost is that of the strategy's endpoints, and unknown where none is", () => {
  const budgets = {
    a: {usd_today: 0.25, usd_per_day: 5},
    b: {usd_today: 1, usd_per_day: null},
    c: {usd_today: 0, usd_per_day: 2},
  };
  assert.equal(page.cost_today(["a"], budgets), "$0.2500 of $5.00");
  assert.equal(page.cost_today(["a", "b"], budgets), "$1.25");
  assert.equal(page.cost_today(["a", "c"], budgets), "$0.2500 of $7.00");
  assert.equal(page.cost_today(["c"], budgets), "$0.00 of $2.00");
  for (const [endpoints, known] of [[["x"], budgets], [[], budgets], [null, budgets], [["a"], null]])
    assert.equal(page.cost_today(endpoints, known), "—");
});
