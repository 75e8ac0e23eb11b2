// The price pane: layers that can be shown and hidden, drawn from back to front.

const layers = [
  {name: "volume", label: "Volume", draw: draw_volume, columns: []},
  {name: "cloud", label: "Ichimoku cloud", draw: draw_cloud, columns: ["senkou_a", "senkou_b"]},
  {name: "averages", label: "Tenkan, kijun", draw: draw_averages, columns: ["tenkan", "kijun"]},
  {name: "bands", label: "Bollinger bands", draw: draw_bands, columns: ["bb_upper", "bb_lower", "bb_middle"]},
  {name: "levels", label: "Support, resistance", draw: draw_levels, columns: ["support", "resistance"]},
  {name: "candles", label: "Candles", draw: draw_candles, columns: []},
];

function draw_bands(ctx, at, s, bars) {
  draw_line(ctx, at, s, bars, "bb_upper", {colour: "bands"});
  draw_line(ctx, at, s, bars, "bb_lower", {colour: "bands"});
  draw_line(ctx, at, s, bars, "bb_middle", {colour: "bands", dash: [5, 4], width: 1});
}

function draw_averages(ctx, at, s, bars) {
  draw_line(ctx, at, s, bars, "tenkan", {colour: "tenkan"});
  draw_line(ctx, at, s, bars, "kijun", {colour: "kijun", width: 1.7});
}

function draw_levels(ctx, at, s, bars) {
  for (const name of ["support", "resistance"])
    draw_line(ctx, at, s, bars, name, {colour: "levels", dash: [2, 3], width: 1.2});
}

function draw_cloud(ctx, at, s, bars) {
  const tint = (colour) => (path) => {
    ctx.save();
    ctx.globalAlpha = Number(colours.cloud);
    ctx.fillStyle = colours[colour];
    ctx.fill(path);
    ctx.restore();
  };
  const lines = (path) => {
    ctx.save();
    ctx.globalAlpha = 0.5;
    ctx.fillStyle = hatch(ctx, colours.bear, 8, 1, true);
    ctx.fill(path);
    ctx.restore();
  };
  fill_between(ctx, at, s, bars, "senkou_a", "senkou_b", [tint("bull")], [tint("bear"), lines]);
  draw_line(ctx, at, s, bars, "senkou_a", {colour: "span-a", width: 1});
  draw_line(ctx, at, s, bars, "senkou_b", {colour: "span-b", width: 1, dash: [4, 3]});
}

function draw_volume(ctx, at, s, bars) {
  const sums = bars.list.map(([from, to]) => {
    let sum = 0;
    for (let i = from; i < to; ++i)
      sum += s.volume[i];
    return sum / (to - from);
  });
  const most = Math.max(...sums);
  if (!(most > 0))
    return;
  ctx.globalAlpha = 0.35;
  ctx.fillStyle = colours.volume;
  bars.list.forEach((group, n) => {
    const height = sums[n] / most * at.height * 0.16;
    const [left, width] = place(at, s, bars, group, 0.7);
    ctx.fillRect(left, at.bottom - height, width, height);
  });
  ctx.globalAlpha = 1;
}

// Left edge and width of a group's bar.
function place(at, s, bars, [from, to], share) {
  const middle = (at.x(s.time[from]) + at.x(s.time[to - 1])) / 2;
  const width = Math.max(1, bars.pixels * share);
  return [middle - width / 2, width];
}

function merged(s, [from, to]) {
  const bar = {open: s.open[from], high: s.high[from], low: s.low[from], close: s.close[to - 1]};
  for (let i = from + 1; i < to; ++i) {
    bar.high = Math.max(bar.high, s.high[i]);
    bar.low = Math.min(bar.low, s.low[i]);
  }
  return bar;
}

// Rising candles are hollow where there is room, falling ones filled.
function draw_candles(ctx, at, s, bars) {
  for (const group of bars.list) {
    const bar = merged(s, group);
    const rises = bar.close >= bar.open;
    const [edge, breadth] = place(at, s, bars, group, 0.72);
    const wide = breadth >= 4;
    const left = wide ? Math.round(edge) + 0.5 : edge;
    const width = wide ? Math.max(2, Math.round(breadth) - 1) : breadth;
    const middle = left + width / 2;
    const top = at.y(Math.max(bar.open, bar.close));
    const bottom = at.y(Math.min(bar.open, bar.close));
    ctx.strokeStyle = colours[rises ? "up" : "down"];
    ctx.lineWidth = 1;
    ctx.beginPath();
    ctx.moveTo(middle, at.y(bar.high));
    ctx.lineTo(middle, top);
    ctx.moveTo(middle, bottom);
    ctx.lineTo(middle, at.y(bar.low));
    ctx.stroke();
    ctx.fillStyle = colours[rises ? (wide ? "paper" : "up") : (wide ? "down-fill" : "down")];
    ctx.fillRect(left, top, width, Math.max(1, bottom - top));
    if (wide)
      ctx.strokeRect(left, top, width, Math.max(0.5, bottom - top));
  }
}
