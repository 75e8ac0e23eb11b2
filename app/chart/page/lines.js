// Colours, patterns and lines on a canvas.

let colours = {};

function read_colours() {
  const style = getComputedStyle(document.documentElement);
  colours = {};
  for (const name of ["paper", "ink", "dim", "edge", "grid", "up", "down", "down-fill", "bands", "tenkan",
                      "kijun", "span-a", "span-b", "bull", "bear", "cloud", "levels", "volume", "allow",
                      "block", "unsure", "absent"])
    colours[name] = style.getPropertyValue(`--${name}`).trim();
}

// Diagonal lines: what colour alone would tell is told by them too.
function hatch(ctx, colour, size, width, leaning) {
  const tile = document.createElement("canvas");
  const scale = window.devicePixelRatio || 1;
  tile.width = tile.height = Math.round(size * scale);
  const pen = tile.getContext("2d");
  pen.scale(tile.width / size, tile.height / size);
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.beginPath();
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift - 1, leaning ? size + 1 : -1);
    pen.lineTo(shift + size + 1, leaning ? -1 : size + 1);
  }
  pen.stroke();
  const pattern = ctx.createPattern(tile, "repeat");
  pattern.setTransform(new DOMMatrix().scale(1 / scale));
  return pattern;
}

// A column as a line through the last candle of each group, interrupted where
// there is no value or no candle. A value on its own is as wide as its bar.
function draw_line(ctx, at, s, bars, name, style) {
  const column = s[name];
  ctx.strokeStyle = colours[style.colour];
  // Seen from afar the lines lie close together, and the price matters most.
  const afar = bars.size > 3;
  ctx.globalAlpha = afar ? 0.5 : 1;
  ctx.lineWidth = afar ? 1 : style.width || 1.3;
  ctx.setLineDash(style.dash || []);
  ctx.beginPath();
  let lone = null;
  let open = false;
  const end = () => {
    if (lone) {
      ctx.moveTo(lone[0] - bars.pixels / 2, lone[1]);
      ctx.lineTo(lone[0] + bars.pixels / 2, lone[1]);
    }
    lone = null;
    open = false;
  };
  for (const [from, to] of bars.list) {
    const value = column[to - 1];
    if (value === null || (bars.size === 1 && !joined(s, from)))
      end();
    if (value === null)
      continue;
    const point = [at.x(s.time[to - 1]), at.y(value)];
    if (!open) {
      lone = point;
      open = true;
      continue;
    }
    if (lone)
      ctx.moveTo(...lone);
    lone = null;
    ctx.lineTo(...point);
  }
  end();
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.globalAlpha = 1;
}

// The area between two columns, by which of them is on top: `over` where the
// first is, `under` where the second is.
function fill_between(ctx, at, s, bars, upper, lower, over, under) {
  const paths = [new Path2D(), new Path2D()];
  const piece = (path, ...points) => {
    path.moveTo(...points[0]);
    for (const point of points.slice(1))
      path.lineTo(...point);
    path.closePath();
  };
  let before = null;
  for (const [from, to] of bars.list) {
    const i = to - 1;
    if (s[upper][i] === null || s[lower][i] === null) {
      before = null;
      continue;
    }
    const x = at.x(s.time[i]);
    const here = {x, a: [x, at.y(s[upper][i])], b: [x, at.y(s[lower][i])], by: s[upper][i] - s[lower][i]};
    if (before && (bars.size > 1 || joined(s, from))) {
      const path = (by) => paths[by >= 0 ? 0 : 1];
      if (before.by * here.by >= 0) {
        piece(path(before.by + here.by), before.a, here.a, here.b, before.b);
      } else {
        const share = before.by / (before.by - here.by);
        const cross = [before.x + share * (here.x - before.x),
                       before.a[1] + share * (here.a[1] - before.a[1])];
        piece(path(before.by), before.a, cross, before.b);
        piece(path(here.by), cross, here.a, here.b);
      }
    }
    before = here;
  }
  for (const style of over)
    style(paths[0]);
  for (const style of under)
    style(paths[1]);
}
