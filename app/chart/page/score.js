// The score pane: a bar a candle, coloured by verdict.

// What a bar of several candles says: a block must not be hidden by its neighbours.
const gravity = ["not_available", "allow", "block_confidence", "block_score"];

function gravest(s, [from, to]) {
  let verdict = gravity[0];
  let score = 0;
  for (let i = from; i < to; ++i) {
    if (gravity.indexOf(s.verdict[i]) > gravity.indexOf(verdict))
      verdict = s.verdict[i];
    if (s.verdict[i] !== "not_available")
      score = Math.max(score, s.score[i]);
  }
  return {verdict, score};
}

function verdict_fill(ctx, verdict) {
  if (verdict === "not_available")
    return hatch(ctx, colours.absent, 8, 1.5, false);
  if (verdict === "block_confidence")
    return hatch(ctx, colours.unsure, 5, 2.4, true);
  return colours[verdict === "allow" ? "allow" : "block"];
}

function draw_score(ctx, at, s, bars) {
  const paths = Object.fromEntries(gravity.map((name) => [name, new Path2D()]));
  for (const group of bars.list) {
    const {verdict, score} = gravest(s, group);
    const absent = verdict === "not_available";
    const [left, width] = place(at, s, bars, group, absent || bars.pixels < 4 ? 1 : 0.82);
    const top = at.y(absent ? 100 : score);
    // A score of 0 is a score: it must not look like a gap.
    paths[verdict].rect(left, Math.min(top, at.bottom - 1.5), width, Math.max(1.5, at.bottom - top));
  }
  for (const verdict of gravity) {
    ctx.fillStyle = verdict_fill(ctx, verdict);
    ctx.fill(paths[verdict]);
  }
}

function draw_gate(ctx, at) {
  const limit = data.gate.max_risk_score;
  const y = Math.round(at.y(limit)) + 0.5;
  ctx.strokeStyle = colours.ink;
  ctx.lineWidth = 1.2;
  ctx.setLineDash([7, 4]);
  ctx.beginPath();
  ctx.moveTo(at.left, y);
  ctx.lineTo(at.right, y);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.font = "12px system-ui, 'DejaVu Sans', sans-serif";
  ctx.lineWidth = 3;
  ctx.strokeStyle = colours.paper;
  ctx.fillStyle = colours.ink;
  const text = `blocks over ${plain(limit)}`;
  ctx.strokeText(text, at.left + 6, y - 5);
  ctx.fillText(text, at.left + 6, y - 5);
}
