// The assessments of one pair over time: from the journal, and live ones.

class ScoreHistory {
  constructor(most = 1000) {
    this.most = most;
    this.by_candle = new Map();
    this.sorted = null;
  }

  add(x) {
    if (!known(x.candle_time) || !known(x.score)) return false;
    const before = this.by_candle.get(x.candle_time);
    // One candle is answered once; `assess` and a restart may answer it again.
    if (before && before.issued_at >= x.issued_at) return false;
    this.by_candle.set(x.candle_time, x);
    this.sorted = null;
    return true;
  }

  // Oldest first.
  list() {
    if (!this.sorted) {
      this.sorted = [...this.by_candle.values()]
        .sort((a, b) => a.candle_time - b.candle_time)
        .slice(-this.most);
      this.by_candle = new Map(this.sorted.map((x) => [x.candle_time, x]));
    }
    return this.sorted;
  }
}

// [[Date, score]] for the chart, with an empty row where candles are missing.
function chart_rows(list) {
  const step = candle_step(list);
  const rows = [];
  list.forEach((x, i) => {
    if (i > 0 && x.candle_time - list[i - 1].candle_time > step * 1.5)
      rows.push([new Date(list[i - 1].candle_time + step), null]);
    rows.push([new Date(x.candle_time), x.score]);
  });
  // One alone has no extent that an axis could show.
  if (list.length === 1) {
    rows.unshift([new Date(list[0].candle_time - step), null]);
    rows.push([new Date(list[0].candle_time + step), null]);
  }
  return rows;
}

// The distance of neighbours: the smallest there is.
function candle_step(list) {
  let step = Infinity;
  for (let i = 1; i < list.length; ++i) step = Math.min(step, list[i].candle_time - list[i - 1].candle_time);
  return step === Infinity ? 60_000 : step;
}

function history_text(list) {
  if (list.length === 0) return "No score to draw yet.";
  const scores = list.map((x) => x.score);
  const llm = list.filter((x) => x.source !== "fallback").length;
  return (
    `${plural(list.length, "score")}, lowest ${score_text(Math.min(...scores))}, highest ${score_text(Math.max(...scores))}, `
    + `newest ${score_text(scores[scores.length - 1])}; ${llm} from the LLM, ${list.length - llm} from the fallback.`
  );
}

// What the axis of scores names: fewer where it is low.
function score_ticks(pixels) {
  return (pixels < 70 ? [0, 50, 100] : [0, 25, 50, 75, 100]).map((v) => ({v, label: String(v)}));
}
