// Score history of the chosen pair, drawn with dygraphs.

// Its legend sets styles in a way that the page's policy forbids; ours is the read-out.
if (typeof Dygraph !== "undefined")
  Dygraph.PLUGINS = Dygraph.PLUGINS.filter((x) => x !== Dygraph.Plugins.Legend);

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

// Filled for the LLM, hollow for the fallback; so it shows without colours too.
function draw_score_point(list) {
  const by_time = new Map(list.map((x) => [x.candle_time, x]));
  return (graph, name, ctx, x, y, _colour, radius, index) => {
    const at = by_time.get(Number(graph.getValue(index, 0)));
    if (!at) return;
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.lineWidth = 1.5;
    ctx.strokeStyle = colour(at.verdict === "allow" ? "allow" : "block");
    ctx.fillStyle = at.source === "fallback" ? colour("paper") : ctx.strokeStyle;
    ctx.fill();
    ctx.stroke();
  };
}

function draw_gate(ctx, area, graph, limit) {
  if (!known(limit)) return;
  const y = Math.round(graph.toDomYCoord(limit)) + 0.5;
  ctx.save();
  ctx.strokeStyle = colour("block");
  ctx.setLineDash([6, 4]);
  ctx.beginPath();
  ctx.moveTo(area.x, y);
  ctx.lineTo(area.x + area.w, y);
  ctx.stroke();
  ctx.fillStyle = colour("dim");
  ctx.font = "11px system-ui, 'DejaVu Sans', sans-serif";
  ctx.fillText(`blocks over ${score_text(limit)}`, area.x + 4, y - 4);
  ctx.restore();
}

// What gestures.js moves and zooms: the view is a span of time.
class ScoreChart {
  constructor(list, gate) {
    this.show_list(list, gate);
    this.selected = list.length - 1;
    this.graph = new Dygraph(by_id("graph"), chart_rows(list), {
      labels: ["time", "score"],
      legend: "never",
      interactionModel: {},
      drawHighlightPointCallback: () => {},
      axisLabelFontSize: 11,
      gridLineWidth: 1,
      animatedZooms: false,
      rightGap: 8,
      strokeWidth: 1.5,
      drawPoints: true,
      pointSize: 3.5,
      connectSeparatedPoints: false,
      xRangePad: 8,
      axes: {
        x: {pixelsPerLabel: 80},
        y: {valueRange: [0, 103], axisLabelWidth: 28, ticker: (low, high, pixels) => score_ticks(pixels)},
      },
      drawPointCallback: (...all) => this.draw_point(...all),
      underlayCallback: (ctx, area, graph) => draw_gate(ctx, area, graph, this.gate),
      highlightCallback: (event, x) => this.select(this.nearest(x)),
      drawCallback: () => this.graph && this.place_cursor(),
      ...this.look(),
    });
    this.price = this.graph;
    this.select(this.selected);
  }

  look() {
    return {gridLineColor: colour("grid"), axisLineColor: colour("edge"), colors: [colour("dim")]};
  }

  show_list(list, gate) {
    this.list = list;
    this.gate = gate;
    this.series = {time: list.map((x) => x.candle_time)};
    this.draw_point = draw_score_point(list);
  }

  update(list, gate) {
    const at_end = this.selected === this.list.length - 1;
    this.show_list(list, gate);
    this.graph.updateOptions({file: chart_rows(list), ...this.look()});
    this.select(at_end ? list.length - 1 : this.selected);
  }

  nearest(ms) {
    return this.list.reduce(
      (best, x, i) => (Math.abs(x.candle_time - ms) < Math.abs(this.list[best].candle_time - ms) ? i : best),
      0
    );
  }

  all() {
    const step = candle_step(this.list);
    return [this.list[0].candle_time - step, this.list[this.list.length - 1].candle_time + step];
  }

  view() {
    return this.graph.xAxisRange();
  }

  show([from, to]) {
    const [first, last] = this.all();
    const length = Math.min(last - first, Math.max(candle_step(this.list) * 5, to - from));
    const left = Math.min(Math.max(first, (from + to - length) / 2), last - length);
    this.graph.updateOptions({dateWindow: length >= last - first ? null : [left, left + length]});
  }

  show_all() {
    this.graph.updateOptions({dateWindow: null});
  }

  show_newest() {
    const [from, to] = this.view();
    const last = this.all()[1];
    this.show([last - (to - from), last]);
  }

  zoom(factor, around) {
    const [from, to] = this.view();
    const at = around === undefined ? (from + to) / 2 : around;
    this.show([at - (at - from) * factor, at + (to - at) * factor]);
  }

  move(part) {
    const [from, to] = this.view();
    this.show([from + (to - from) * part, to + (to - from) * part]);
  }

  select(i) {
    this.selected = Math.max(0, Math.min(this.list.length - 1, i));
    const x = this.list[this.selected];
    say(
      by_id("readout"),
      `${clock_time(x.candle_time)}: ${score_text(x.score)}, confidence ${score_text(x.confidence)}, ${x.verdict}, `
        + source_text(x.source)
        + (x.cause ? ` (${cause_text(x.cause)})` : "")
    );
    this.place_cursor();
  }

  place_cursor() {
    const cursor = document.querySelector("#chart-box .cursor");
    const time = this.list[this.selected].candle_time;
    const [from, to] = this.view();
    const area = this.graph.getArea();
    show(cursor, time >= from && time <= to);
    cursor.style.left = `${Math.round(this.graph.toDomXCoord(time))}px`;
    cursor.style.height = `${area.h + area.y}px`;
  }

  destroy() {
    this.graph.destroy();
  }
}

function history_table(list) {
  const head = ["candle", "score", "verdict", "source"].map((x) => element("th", {scope: "col"}, x));
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...head)),
    element(
      "tbody",
      {},
      ...list
        .slice(-20)
        .reverse()
        .map((x) =>
          element(
            "tr",
            {},
            element("th", {scope: "row"}, clock_time(x.candle_time)),
            element("td", {}, score_text(x.score)),
            element("td", {}, x.verdict),
            element("td", {}, source_text(x.source))
          )
        )
    )
  );
}

// The chart of one pair at a time.
const past = {key: null, history: new ScoreHistory(), chart: null, note: ""};

function clear_history(key) {
  if (past.chart) past.chart.destroy();
  Object.assign(past, {key, history: new ScoreHistory(), chart: null, note: "Loading …"});
  by_id("graph").replaceChildren();
  say(by_id("readout"), "");
}

function show_history(gate) {
  const list = past.history.list();
  show(by_id("chart-box"), list.length > 0 && typeof Dygraph !== "undefined");
  show(by_id("tools"), list.length > 1);
  say(by_id("history-text"), history_text(list));
  const note =
    typeof Dygraph === "undefined"
      ? "The chart library did not load; the table has the scores."
      : past.note || (list.length ? "" : history_text(list));
  say(by_id("history-note"), note);
  show(by_id("history-note"), note !== "");
  if (by_id("history-table").open || !by_id("history-table").lastElementChild.firstChild)
    by_id("history-table").lastElementChild.replaceChildren(history_table(list));
  show(by_id("history-table"), list.length > 0);
  if (list.length === 0 || typeof Dygraph === "undefined") return;
  if (past.chart) past.chart.update(list, gate);
  else past.chart = new ScoreChart(list, gate);
}
