// Puts the page together.

let panes = null;
const shown = new Set(layers.map((x) => x.name));
const by_id = (id) => document.getElementById(id);

function sample(draw) {
  const canvas = element("canvas", {class: "sample", "aria-hidden": "true"});
  const scale = window.devicePixelRatio || 1;
  canvas.width = 26 * scale;
  canvas.height = 14 * scale;
  const ctx = canvas.getContext("2d");
  ctx.scale(scale, scale);
  draw(ctx);
  return canvas;
}

// A layer's own drawing, of a little made-up market.
function layer_sample(layer) {
  const s = {time: [0, 1, 2], step_ms: 1, volume: [3, 8, 5], open: [4, 7, 8], high: [8, 9, 9], low: [2, 2, 3],
             close: [7, 3, 4], bb_upper: [9, 9, 9], bb_middle: [5, 5, 5], bb_lower: [1, 1, 1], tenkan: [3, 4, 5],
             kijun: [8, 8, 8], support: [2, 2, 2], resistance: [8, 8, 8], senkou_a: [9, 8, 1], senkou_b: [1, 2, 9]};
  const candles = layer.name === "candles";
  const pixels = candles ? 12 : 13;
  const count = candles ? 2 : 3;
  const tall = layer.name === "volume" ? 80 : 14;
  const at = {x: (t) => (candles ? 7 : 0) + t * pixels, y: (v) => 14 - v * 1.4, bottom: 14, height: tall};
  const bars = {size: 1, pixels: candles ? 11 : 9, list: [[0, 1], [1, 2], [2, 3]].slice(0, count)};
  return sample((ctx) => layer.draw(ctx, at, s, bars));
}

function fill_layers() {
  by_id("layers").replaceChildren(element("legend", {}, "Shown"), ...[...layers].reverse().map((layer) => {
    const box = element("input", {type: "checkbox"});
    box.checked = shown.has(layer.name);
    box.addEventListener("change", () => {
      if (box.checked)
        shown.add(layer.name);
      else
        shown.delete(layer.name);
      panes.redraw();
    });
    return element("label", {}, box, layer_sample(layer), layer.label);
  }));
  by_id("score-legend").replaceChildren(element("strong", {}, "Risk score 0–100"),
    ...Object.keys(verdicts).map((name) => element("span", {}, sample((ctx) => {
      ctx.fillStyle = verdict_fill(ctx, name);
      ctx.fillRect(4, 1, 18, 12);
    }), verdicts[name])));
}

function show_series(series) {
  if (panes)
    panes.destroy();
  by_id("pair").textContent = series.pair;
  by_id("timeframe").textContent = series.timeframe;
  panes = new Panes(series, shown, (i, decimals) => show_candle(series, i, decimals), ([from, to], shared) => {
    const first = nearest(series, from + series.step_ms / 2);
    const last = nearest(series, to - series.step_ms / 2);
    const count = grouped(series.time.length);
    // Of a single series the line below says it.
    const cut = data.series.length > 1 && series.scored > series.time.length;
    const whole = cut ? `the newest ${count} of ${grouped(series.scored)}` : count;
    by_id("range").textContent =
      `${utc(series.time[first])} to ${utc(series.time[last])} UTC: ${grouped(last - first + 1)} of ${whole} `
      + (series.time.length === 1 ? "candle" : "candles")
      + (shared > 1 ? `, ${shared} a bar, which shows their gravest verdict and highest score` : "");
  });
}

function start() {
  by_id("left-out").textContent = data.left_out;
  by_id("left-out").hidden = !data.left_out;
  by_id("settings").textContent = `${data.program}, profile ${data.profile}, ${data.side}`
    + (data.strategy ? `, strategy ${data.strategy}` : "")
    + `. Gate: score up to ${plain(data.gate.max_risk_score)}, confidence from ${plain(data.gate.min_confidence)}.`;
  if (data.series.length === 0) {
    by_id("pair").textContent = "No candle was scored.";
    for (const id of ["bar", "keys"])
      by_id(id).hidden = true;
    document.querySelector("main").hidden = true;
    return;
  }
  const select = by_id("series");
  data.series.forEach((x, i) => select.append(element("option", {value: i}, `${x.pair} ${x.timeframe}`)));
  select.addEventListener("change", () => show_series(data.series[select.value]));
  by_id("choice").hidden = data.series.length < 2;
  read_colours();
  fill_layers();
  show_series(data.series[0]);
  for (const pane of document.querySelectorAll(".pane"))
    listen_to_pointers(pane, () => panes);
  listen_to_keys(by_id("charts"), () => panes);
  const tools = {in: () => panes.zoom(0.6), out: () => panes.zoom(1 / 0.6), all: () => panes.show_all(),
                 newest: () => panes.show_newest()};
  for (const button of document.querySelectorAll("#tools button"))
    button.addEventListener("click", tools[button.dataset.do]);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    read_colours();
    fill_layers();
    panes.redraw();
  });
}

start();
