const assert = require("node:assert/strict");
const {test} = require("node:test");
const {add_transition, spans, spans_text, fitting_span} = require("./logic.cjs");

const list = (...entries) => {
  const result = [];
  for (const [at, from, to] of entries) add_transition(result, {at, from, to});
  return result;
};
const flat = (x) => x.map(({state, from, to}) => [state, from, to]);

test("transitions are sorted, and one that comes twice counts once", () => {
  const all = list(
    [20, "open", "half_open"],
    [10, "closed", "open"],
    [20, "open", "half_open"],
    [20, "half_open", "closed"]
  );
  assert.deepEqual(
    all.map((x) => [x.at, x.to]),
    [
      [10, "open"],
      [20, "half_open"],
      [20, "closed"],
    ]
  );
  assert.equal(add_transition(all, {from: "closed", to: "open"}), false);
});

test("spans fill the window; before the first transition nothing is known", () => {
  const all = list([10, "closed", "closed"], [20, "closed", "open"], [30, "open", "half_open"]);
  assert.deepEqual(flat(spans(all, 0, 40, "half_open", 30)), [
    [null, 0, 10],
    ["closed", 10, 20],
    ["open", 20, 30],
    ["half_open", 30, 40],
  ]);
});

test("what began before the window goes on in it", () => {
  const all = list([10, "closed", "closed"], [20, "closed", "open"]);
  assert.deepEqual(flat(spans(all, 25, 40, "open", 20)), [["open", 25, 40]]);
  assert.deepEqual(flat(spans(all, 20, 40, "open", 20)), [["open", 20, 40]]);
});

test("without transitions the state itself is known since it began", () => {
  assert.deepEqual(flat(spans([], 0, 40, "closed", 15)), [
    [null, 0, 15],
    ["closed", 15, 40],
  ]);
  assert.deepEqual(flat(spans([], 20, 40, "closed", 15)), [["closed", 20, 40]]);
  assert.deepEqual(flat(spans([], 0, 40, null, null)), [[null, 0, 40]]);
});

test("a state whose transition was not heard of is shown from since it holds", () => {
  assert.deepEqual(flat(spans(list([10, "closed", "open"]), 10, 40, "closed", 30)), [
    ["open", 10, 30],
    ["closed", 30, 40],
  ]);
});

test("the daemon was down: not known", () => {
  const all = list([10, "closed", "open"], [20, "open", null], [30, "open", "open"]);
  assert.deepEqual(flat(spans(all, 10, 40, "open", 30)), [
    ["open", 10, 20],
    [null, 20, 30],
    ["open", 30, 40],
  ]);
});

test("the strip in words", () => {
  const all = spans(
    list([0, "closed", "closed"], [50, "closed", "open"], [75, "open", "closed"]),
    0,
    100,
    "closed",
    75
  );
  assert.equal(spans_text(all, "Last 1 h"), "Last 1 h: closed 75 %, open 25 %; opened 1 time.");
  assert.equal(spans_text([{state: null, from: 0, to: 5}], "Last 1 h"), "Last 1 h: nothing is known.");
});

test("the shortest window that shows all", () => {
  assert.equal(fitting_span(90, 100, [5, 10, 20]), 10);
  assert.equal(fitting_span(89, 100, [5, 10, 20]), 20);
  assert.equal(fitting_span(0, 100, [5, 10, 20]), 20);
  assert.equal(fitting_span(null, 100, [5, 10, 20]), 5);
});
