// What the program wrote into the page, and questions to it.

const data = JSON.parse(document.getElementById("chart-data").textContent);

const verdicts = {
  allow: "allow",
  block_score: `block: score over ${plain(data.gate.max_risk_score)}`,
  block_confidence: `block: confidence under ${plain(data.gate.min_confidence)}`,
  not_available: "not available (blocks)",
};

// The index of the candle nearest to a time.
function nearest(s, ms) {
  let low = 0;
  let high = s.time.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (s.time[middle] <= ms)
      low = middle;
    else
      high = middle;
  }
  return ms - s.time[low] <= s.time[high] - ms ? low : high;
}

// Whether candle i follows candle i - 1 without a hole; a month has 28 to 31 days.
function joined(s, i) {
  return i > 0 && s.time[i] - s.time[i - 1] < s.step_ms * 1.5;
}

// As many decimals as the prices have.
function price_decimals(s) {
  let most = 0;
  for (const name of ["open", "close"])
    for (let i = 0; i < s.time.length; i += Math.ceil(s.time.length / 500))
      most = Math.max(most, decimals_in(plain(s[name][i])));
  return most;
}

// Lowest and highest value of the columns at each candle: what must fit in.
function envelope(s, names) {
  return s.time.map((time, i) => {
    let low = s.low[i];
    let high = s.high[i];
    for (const name of names) {
      const x = s[name][i];
      if (x !== null) {
        low = Math.min(low, x);
        high = Math.max(high, x);
      }
    }
    return [new Date(time), low, high];
  });
}

// Candles [from, to) that lie in a time span, in groups of as many as fit into
// one bar of at least `least` pixels. Groups stay the same while the view moves.
function groups(s, view, width, least) {
  const pixels = width * s.step_ms / (view[1] - view[0]);
  const size = Math.max(1, Math.ceil(least / pixels));
  const first = Math.max(0, nearest(s, view[0]) - 1);
  const last = Math.min(s.time.length - 1, nearest(s, view[1]) + 1);
  const result = [];
  for (let from = first - first % size; from <= last; from += size)
    result.push([from, Math.min(from + size, s.time.length)]);
  return {size, pixels: pixels * size, list: result};
}
