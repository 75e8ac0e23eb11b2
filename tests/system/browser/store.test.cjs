const assert = require("node:assert/strict");
const {test} = require("node:test");
const {Store, uptime_ms, row_verdict, chosen_rows, ScoreHistory, chart_rows, history_text} = require("./logic.cjs");

const risk = (x) => ({
  strategy: "s",
  pair: "BTC/USDT",
  timeframe: "5m",
  candle_time: 1000,
  issued_at: 1500,
  valid_until: 9000,
  score: 50,
  confidence: 0.6,
  verdict: "allow",
  source: "llm",
  cause: null,
  ...x,
});

test("a late answer for an older candle does not replace the newer one's", () => {
  const store = new Store();
  store.add_final(risk({candle_time: 2000, issued_at: 2100, score: 70}));
  const row = store.add_final(risk({candle_time: 1000, issued_at: 2500, score: 10}));
  assert.equal(row.final.score, 70);
  store.add_final(risk({candle_time: 2000, issued_at: 2600, score: 71}));
  assert.equal(row.final.score, 71);
  assert.equal(store.rows.size, 1);
});

test("a provisional score stands until its candle has a final one", () => {
  const store = new Store();
  const row = store.add_provisional(risk({candle_time: 2000, score: 40}));
  assert.equal(row.final, null);
  assert.equal(row_verdict(row, 0), "none");
  store.add_final(risk({candle_time: 1000}));
  assert.equal(row.provisional.score, 40);
  store.add_final(risk({candle_time: 2000}));
  assert.equal(row.provisional, null);
  store.add_provisional(risk({candle_time: 2000, score: 40}));
  assert.equal(row.provisional, null);
});

test("an assessment holds up to valid_until, and not at it", () => {
  const row = new Store().add_final(risk({valid_until: 9000, verdict: "allow"}));
  assert.equal(row_verdict(row, 8999), "allow");
  assert.equal(row_verdict(row, 9000), "expired");
});

test("rows that the daemon forgot go once they have expired", () => {
  const store = new Store();
  store.add_final(risk({pair: "OLD/USDT", valid_until: 100}));
  store.add_final(risk({pair: "HOLDS/USDT", valid_until: 9000}));
  store.set_latest([risk({})], 5000);
  assert.deepEqual(
    [...store.rows.values()].map((x) => x.pair),
    ["HOLDS/USDT", "BTC/USDT"]
  );
});

test("a reply that was asked for before an event does not undo it", () => {
  const store = new Store();
  store.add_breaker(
    {
      strategy: "s",
      from: "closed",
      to: "open",
      at: 50,
      cause: "consecutive_failures",
      consecutive_failures: 3,
      retry_at: 350,
    },
    100
  );
  store.set_status(
    {strategies: {s: {state: "closed", state_since: 1, retry_in_s: null, consecutive_failures: 0}}},
    120,
    90
  );
  assert.equal(store.strategy("s").state, "open");
  store.set_status(
    {strategies: {s: {state: "closed", state_since: 110, retry_in_s: null, consecutive_failures: 0}}},
    120,
    115
  );
  assert.equal(store.strategy("s").state, "closed");
  assert.equal(store.strategy("s").cause, null); // the cause known is that of opening
  assert.equal(store.strategy("s").retry_at, null);
});

test("the time of the probe comes from either side", () => {
  const store = new Store();
  store.add_stats("s", {state: "open", state_since: 10, retry_in_s: 2.5, consecutive_failures: 3}, 1000, 1);
  assert.equal(store.strategy("s").retry_at, 3500);
});

test("strategies that are gone from the status go; /api/transitions brings none back", () => {
  const store = new Store();
  store.add_stats("old", {state: "closed", state_since: 1}, 10, 1);
  store.set_status({strategies: {s: {state: "closed", state_since: 1}}}, 10, 2);
  store.add_transitions([
    {strategy: "old", from: "closed", to: "closed", at: 1, cause: "restored"},
    {strategy: "s", from: "closed", to: "closed", at: 1, cause: "restored"},
  ]);
  assert.deepEqual([...store.strategies.keys()], ["s"]);
  assert.equal(store.strategy("s").cause, "restored");
});

test("before its first transition a breaker was as that says, since the daemon's start", () => {
  const store = new Store();
  store.set_status(
    {strategies: {s: {state: "open", state_since: 70}, t: {state: "closed", state_since: 9}}},
    90,
    1
  );
  const opened = {strategy: "s", from: "closed", to: "open", at: 70, cause: "forced"};
  store.add_transitions([opened], 20);
  store.add_transitions([opened], 20);
  assert.deepEqual(
    store.strategy("s").transitions.map((x) => [x.at, x.to]),
    [
      [20, "closed"],
      [70, "open"],
    ]
  );
  assert.deepEqual(store.strategy("t").transitions, []);
  store.add_transitions([{strategy: "t", from: "closed", to: "open", at: 80, cause: "forced"}], NaN);
  assert.deepEqual(
    store.strategy("t").transitions.map((x) => x.at),
    [80]
  );
});

test("another boot: what lay between is not known, what still holds stays", () => {
  const store = new Store();
  assert.equal(store.new_boot("1-1", null), false);
  store.add_breaker({strategy: "s", from: "closed", to: "open", at: 50, cause: "forced", retry_at: null}, 1);
  store.add_final(risk({}));
  assert.equal(store.new_boot("2-2", 80), true);
  const s = store.strategy("s");
  assert.deepEqual(
    s.transitions.map((x) => [x.at, x.to]),
    [
      [50, "open"],
      [80, null],
    ]
  );
  assert.equal(s.stats, null);
  assert.equal(store.rows.size, 1);
});

test("the uptime goes on from the last status", () => {
  const store = new Store();
  assert.ok(Number.isNaN(uptime_ms(store, 5000)));
  store.set_status({uptime_s: 12.5, strategies: {}}, 1_700_000_000_000, 1000);
  assert.equal(uptime_ms(store, 5000), 16_500);
});

test("another boot: a provisional score of the one before has no final one to come", () => {
  const store = new Store();
  store.new_boot("1-1", null);
  store.add_final(risk({candle_time: 1000}));
  const row = store.add_provisional(risk({candle_time: 2000, score: 40}));
  const version = row.version;
  store.new_boot("2-2", 80);
  assert.equal(row.provisional, null);
  assert.equal(row.final.candle_time, 1000);
  assert.ok(row.version > version);
});

test("rows are filtered by all words and by what they say", () => {
  const store = new Store();
  store.add_final(risk({pair: "BTC/USDT", verdict: "block", score: 80}));
  store.add_final(risk({pair: "ETH/USDT", source: "fallback", cause: "breaker_open", score: 40}));
  store.add_final(risk({pair: "ETH/BTC", valid_until: 10, score: 60}));
  store.add_provisional(risk({pair: "NEW/USDT"}));
  const names = (how) => chosen_rows(store.rows.values(), how, 5000).map((x) => x.pair);
  assert.deepEqual(names({}), ["BTC/USDT", "ETH/BTC", "ETH/USDT", "NEW/USDT"]);
  assert.deepEqual(names({text: "usdt 5M eth"}), ["ETH/USDT"]);
  assert.deepEqual(names({show: "block"}), ["BTC/USDT"]);
  assert.deepEqual(names({show: "expired"}), ["ETH/BTC"]);
  assert.deepEqual(names({show: "fallback"}), ["ETH/USDT"]);
  assert.deepEqual(names({show: "llm"}), ["BTC/USDT", "ETH/BTC"]);
  // What is not known is last, in either direction.
  assert.deepEqual(names({by: "score", down: true}), ["BTC/USDT", "ETH/BTC", "ETH/USDT", "NEW/USDT"]);
  assert.deepEqual(names({by: "score"}), ["ETH/USDT", "ETH/BTC", "BTC/USDT", "NEW/USDT"]);
});

test("numbers in names sort as numbers", () => {
  const store = new Store();
  for (const pair of ["C10/USDT", "C9/USDT", "C100/USDT"]) store.add_final(risk({pair}));
  assert.deepEqual(
    chosen_rows(store.rows.values()).map((x) => x.pair),
    ["C9/USDT", "C10/USDT", "C100/USDT"]
  );
});

test("the history merges journal and live, one per candle, bounded, oldest first", () => {
  const history = new ScoreHistory(3);
  for (const [candle_time, issued_at, score] of [
    [3, 30, 1],
    [1, 10, 2],
    [2, 20, 3],
    [2, 20, 4],
    [2, 25, 5],
    [4, 40, 6],
  ])
    history.add({candle_time, issued_at, score, source: "llm"});
  assert.deepEqual(
    history.list().map((x) => x.score),
    [5, 1, 6]
  );
  assert.equal(history.add({candle_time: 4, issued_at: 40, score: 9}), false);
  assert.equal(history.add({candle_time: 5, issued_at: 50, score: null}), false);
});

test("a hole of candles is a hole in the chart", () => {
  const rows = chart_rows([0, 10, 40].map((candle_time) => ({candle_time, score: 1})));
  assert.deepEqual(
    rows.map(([date, score]) => [Number(date), score]),
    [
      [0, 1],
      [10, 1],
      [20, null],
      [40, 1],
    ]
  );
  assert.deepEqual(chart_rows([]), []);
  const alone = chart_rows([{candle_time: 100_000, score: 7}]);
  assert.deepEqual(
    alone.map(([date, score]) => [Number(date), score]),
    [
      [40_000, null],
      [100_000, 7],
      [160_000, null],
    ]
  );
});

test("the chart in words", () => {
  assert.equal(history_text([]), "No score to draw yet.");
  assert.equal(
    history_text([
      {score: 40, source: "llm"},
      {score: 60, source: "fallback"},
    ]),
    "2 scores, lowest 40, highest 60, newest 60; 1 from the LLM, 1 from the fallback."
  );
});
