// Pointer, wheel, touch and keys. One finger moves sideways and leaves up and
// down to the page; two fingers zoom.

function listen_to_pointers(pane, panes) {
  const pointers = new Map();
  const in_overview = (e) => String(e.target.className).includes("dygraph-rangesel");
  const time_at = (x) => {
    const graph = panes().price;
    return graph.toDataXCoord(x - pane.getBoundingClientRect().left);
  };
  pane.addEventListener("pointerdown", (e) => {
    if (e.button !== 0 || in_overview(e))
      return;
    pointers.set(e.pointerId, e.clientX);
    if (e.pointerType === "mouse")
      pane.setPointerCapture(e.pointerId);
  });
  pane.addEventListener("pointermove", (e) => {
    if (!pointers.has(e.pointerId))
      return;
    const before = [...pointers.values()];
    const times = before.map(time_at);
    pointers.set(e.pointerId, e.clientX);
    const after = [...pointers.values()];
    const area = panes().price.getArea();
    const [from, to] = panes().view();
    if (after.length === 1) {
      const moved = (before[0] - after[0]) * (to - from) / area.w;
      panes().show([from + moved, to + moved]);
    } else if (Math.abs(after[1] - after[0]) > 8) {
      panes().zoom(Math.abs((before[1] - before[0]) / (after[1] - after[0])), (times[0] + times[1]) / 2);
    }
    pane.classList.toggle("moving", true);
  });
  for (const end of ["pointerup", "pointercancel"])
    pane.addEventListener(end, (e) => {
      pointers.delete(e.pointerId);
      pane.classList.toggle("moving", pointers.size > 0);
    });
  pane.addEventListener("wheel", (e) => {
    if (in_overview(e))
      return;
    e.preventDefault();
    const lines = e.deltaMode === 1 ? 30 : 1;
    if (Math.abs(e.deltaX) > Math.abs(e.deltaY))
      panes().move(e.deltaX * lines / 1000);
    else
      panes().zoom(Math.exp(Math.max(-300, Math.min(300, e.deltaY * lines)) / 500), time_at(e.clientX));
  }, {passive: false});
  pane.addEventListener("dblclick", (e) => in_overview(e) || panes().show_all());
}

function listen_to_keys(node, panes) {
  const keep_in_view = () => {
    const [from, to] = panes().view();
    const time = panes().series.time[panes().selected];
    if (time < from || time > to)
      panes().show([time - (to - from) / 2, time + (to - from) / 2]);
  };
  const step = (by) => () => {
    panes().select(panes().selected + by);
    keep_in_view();
  };
  const keys = {
    "ArrowLeft": step(-1), "ArrowRight": step(1), "PageUp": step(-20), "PageDown": step(20),
    "Home": step(-Infinity), "End": () => (panes().show_newest(), step(Infinity)()),
    "Shift+ArrowLeft": () => panes().move(-0.25), "Shift+ArrowRight": () => panes().move(0.25),
    "+": () => panes().zoom(0.7), "=": () => panes().zoom(0.7), "-": () => panes().zoom(1 / 0.7),
    "0": () => panes().show_all(), "Escape": () => panes().show_all(),
  };
  node.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey)
      return;
    const act = keys[(e.shiftKey && e.key.startsWith("Arrow") ? "Shift+" : "") + e.key];
    if (act) {
      e.preventDefault();
      // Read out what the keys lead to, but not each candle that a pointer passes.
      document.getElementById("readout").setAttribute("aria-live", "polite");
      act();
    }
  });
}
