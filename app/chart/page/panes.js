// The two graphs of one series, which always show the same time.

// Its legend sets styles in a way that the page's policy forbids; ours is the read-out.
Dygraph.PLUGINS = Dygraph.PLUGINS.filter((x) => x !== Dygraph.Plugins.Legend);

const bar_width = 3; // pixels that a bar has at least; more candles share one

// Where times and values are on a graph's canvas.
function place_of(graph, view) {
  const area = graph.getArea();
  const per_ms = area.w / (view[1] - view[0]);
  return {
    left: area.x, right: area.x + area.w, bottom: area.y + area.h, height: area.h, width: area.w,
    x: (ms) => area.x + (ms - view[0]) * per_ms,
    y: (value) => graph.toDomYCoord(value, 0),
  };
}

// The outermost candles are as wide as all others: room for one more at both ends.
function with_margins(s, rows) {
  const room = (ms) => [new Date(ms), null, null];
  return [room(s.time[0] - s.step_ms), ...rows, room(s.time[s.time.length - 1] + s.step_ms)];
}

class Panes {
  constructor(series, shown, on_select, on_view) {
    this.series = series;
    this.shown = shown;
    this.decimals = price_decimals(series);
    this.on_select = on_select;
    this.on_view = on_view;
    const label_width = 14 + 7 * Math.max(4, ...this.sample_labels());
    this.price = this.graph("price", this.price_rows(), ["time", "low", "high"], {
      plotter: (e) => e.seriesIndex === 0 && this.draw(e, (...all) => this.draw_price(...all)),
      axes: {x: {drawAxis: false, pixelsPerLabel: 90}, y: {axisLabelWidth: label_width, ticker: price_ticker}},
      yRangePad: 10,
    });
    this.score = this.graph("score", this.score_rows(), ["time", "score", "close"], {
      plotter: (e) => e.seriesIndex === 0 && this.draw(e, (ctx, at, s, bars) => {
        draw_score(ctx, at, s, bars);
        draw_gate(ctx, at);
      }),
      // The price is there for the overview alone.
      series: {score: {showInRangeSelector: false}, close: {axis: "y2", showInRangeSelector: true}},
      axes: {x: {pixelsPerLabel: 90, axisTickSize: 6}, y: {axisLabelWidth: label_width, valueRange: [0, 101], ticker: score_ticker},
             y2: {drawAxis: false, drawGrid: false, independentTicks: false}},
      showRangeSelector: true, rangeSelectorHeight: 40,
    });
    this.all = this.price.xAxisExtremes();
    this.show_newest();
    this.select(series.time.length - 1);
  }

  graph(id, rows, labels, options) {
    const div = document.querySelector(`#${id} .graph`);
    return new Dygraph(div, rows, {
      labels, labelsUTC: true, legend: "never", interactionModel: {}, drawHighlightPointCallback: () => {},
      axisLabelFontSize: 12, gridLineWidth: 1, animatedZooms: false, rightGap: 8,
      highlightCallback: (event, x) => this.select(nearest(this.series, x)),
      drawCallback: (graph) => this.follow(graph),
      ...this.look(), ...options,
    });
  }

  look() {
    return {gridLineColor: colours.grid, axisLineColor: colours.edge,
            rangeSelectorPlotStrokeColor: colours.dim, rangeSelectorPlotFillColor: colours.edge,
            rangeSelectorPlotFillGradientColor: "", rangeSelectorBackgroundStrokeColor: colours.edge,
            rangeSelectorForegroundStrokeColor: colours.dim};
  }

  sample_labels() {
    const {low, high} = this.series;
    const bottom = low.reduce((a, b) => Math.min(a, b));
    const top = high.reduce((a, b) => Math.max(a, b));
    return round_ticks(bottom, top, 24).map((x) => x.label.length);
  }

  price_rows() {
    const names = layers.filter((x) => this.shown.has(x.name)).flatMap((x) => x.columns);
    return with_margins(this.series, envelope(this.series, names));
  }

  score_rows() {
    const {time, score, close} = this.series;
    return with_margins(this.series, time.map((ms, i) => [new Date(ms), score[i], close[i]]));
  }

  draw(e, how) {
    const view = e.dygraph.xAxisRange();
    const at = place_of(e.dygraph, view);
    how(e.drawingContext, at, this.series, groups(this.series, view, at.width, bar_width));
  }

  draw_price(...all) {
    for (const layer of layers)
      if (this.shown.has(layer.name))
        layer.draw(...all);
  }

  // One graph has moved: so does the other.
  follow(graph) {
    if (!this.price || !this.score || this.following)
      return;
    this.following = true;
    const view = graph.xAxisRange();
    for (const other of [this.price, this.score])
      if (other !== graph && other.xAxisRange().some((x, i) => x !== view[i]))
        other.updateOptions({dateWindow: view});
    this.following = false;
    this.place_cursor();
    this.on_view(view, this.candles_a_bar());
  }

  // How many candles share a bar.
  candles_a_bar() {
    return groups(this.series, this.view(), this.score.getArea().w, bar_width).size;
  }

  show(view) {
    const least = this.series.step_ms * 8;
    const most = this.all[1] - this.all[0];
    const length = Math.min(most, Math.max(least, view[1] - view[0]));
    const middle = (view[0] + view[1]) / 2;
    let from = Math.max(this.all[0], middle - length / 2);
    from = Math.min(from, this.all[1] - length);
    this.score.updateOptions({dateWindow: [from, from + length]});
  }

  view() {
    return this.score.xAxisRange();
  }

  show_all() {
    this.show(this.all);
  }

  // As many as can be told apart.
  show_newest() {
    const count = Math.max(30, Math.floor(this.price.getArea().w / 7));
    this.show([this.all[1] - count * this.series.step_ms, this.all[1]]);
  }

  zoom(factor, around) {
    const [from, to] = this.view();
    const at = around === undefined ? (from + to) / 2 : around;
    this.show([at - (at - from) * factor, at + (to - at) * factor]);
  }

  move(share) {
    const [from, to] = this.view();
    this.show([from + (to - from) * share, to + (to - from) * share]);
  }

  select(i) {
    this.selected = Math.max(0, Math.min(this.series.time.length - 1, i));
    this.place_cursor();
    this.on_select(this.selected, this.decimals);
  }

  place_cursor() {
    for (const [id, graph] of [["price", this.price], ["score", this.score]]) {
      const cursor = document.querySelector(`#${id} .cursor`);
      const view = graph.xAxisRange();
      const time = this.series.time[this.selected];
      cursor.hidden = !(time >= view[0] && time <= view[1]);
      const area = graph.getArea();
      cursor.style.left = `${Math.round(place_of(graph, view).x(time))}px`;
      cursor.style.height = `${area.h + area.y}px`;
    }
  }

  redraw() {
    this.price.updateOptions({...this.look(), file: this.price_rows()});
    this.score.updateOptions(this.look());
  }

  destroy() {
    this.following = true;
    this.price.destroy();
    this.score.destroy();
  }
}

function price_ticker(low, high, pixels) {
  return round_ticks(low, high, Math.max(2, Math.floor(pixels / 45)));
}

function score_ticker(low, high, pixels) {
  const values = pixels < 70 ? [0, 50, 100] : [0, 25, 50, 75, 100];
  return values.map((v) => ({v, label: String(v)}));
}
