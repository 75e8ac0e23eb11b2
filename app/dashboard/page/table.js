// Which rows the table shows, in which order.

const row_filters = {
  all: () => true,
  block: (row, now) => row_verdict(row, now) === "block",
  allow: (row, now) => row_verdict(row, now) === "allow",
  llm: (row) => Boolean(row.final) && row.final.source !== "fallback",
  fallback: (row) => Boolean(row.final) && row.final.source === "fallback",
  expired: (row, now) => row_verdict(row, now) === "expired",
};

const collator = new Intl.Collator("en", {numeric: true});

const row_orders = {
  pair: (row) => row.pair,
  score: (row) => (row.final ? row.final.score : null),
  verdict: (row, now) => row_verdict(row, now),
  source: (row) => (row.final ? row.final.source + (row.final.cause || "") : null),
  age: (row, now) => (row.final ? now - row.final.issued_at : null),
};

// Rows that hold every word of `text` in pair, timeframe or strategy.
function matches(row, text) {
  if (text === "") return true;
  const all = `${row.pair} ${row.timeframe} ${row.strategy}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

// `by` is one of row_orders; what is not known comes last either way.
function chosen_rows(rows, {text = "", show = "all", by = "pair", down = false} = {}, now = 0) {
  const value = row_orders[by];
  const filter = row_filters[show];
  const list = [];
  for (const row of rows) if (filter(row, now) && matches(row, text)) list.push([value(row, now), row]);
  const name = (row) => `${row.pair}\n${row.timeframe}\n${row.strategy}`;
  const compare = (a, b) => (typeof a === "number" ? a - b : collator.compare(a, b));
  list.sort(([a, row_a], [b, row_b]) => {
    if (a === null || b === null)
      return (a === null) - (b === null) || collator.compare(name(row_a), name(row_b));
    return (down ? -1 : 1) * compare(a, b) || collator.compare(name(row_a), name(row_b));
  });
  return list.map(([, row]) => row);
}
