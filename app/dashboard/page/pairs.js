// The table of pairs: rows are kept and only changed where they differ, and no more
// of them are there than somebody reads.

const row_nodes = new Map();
const view = {text: "", show: "all", by: "pair", down: false, limit: 0, selected: null};
const narrow = matchMedia("(max-width: 1000px)");

function page_size() {
  return narrow.matches ? 25 : 100;
}

function make_row(key) {
  const x = {
    button: element("button", {type: "button", class: "pick", tabindex: "-1"}),
    where: element("span", {class: "where"}),
    brief: element("span", {class: "brief"}),
    score: element("strong", {}),
    thinking: element("span", {class: "thinking"}),
    fill: element("span", {class: "fill"}),
    icon: icon("unknown"),
    word: element("span", {}),
    source: element("span", {class: "source"}),
    cause: element("span", {class: "cause"}),
    age: element("td", {class: "age"}),
  };
  x.pair = element("bdi", {class: "pair"});
  x.button.append(x.pair);
  x.button.addEventListener("click", () => choose(key, true));
  x.button.addEventListener("focus", () => hold_focus(x.button));
  x.node = element(
    "tr",
    {},
    element("th", {scope: "row"}, x.button, x.where, x.brief),
    element(
      "td",
      {class: "score"},
      x.score,
      element("span", {class: "bar", "aria-hidden": "true"}, x.fill),
      x.thinking
    ),
    element("td", {class: "verdict"}, x.icon, x.word),
    element("td", {}, x.source, x.cause),
    x.age
  );
  x.node.addEventListener("click", (e) => e.target.closest("button") || choose(key, true));
  return x;
}

// One of the rows is a stop of the Tab key; arrows go on from there.
function hold_focus(button) {
  for (const other of by_id("rows").querySelectorAll('.pick[tabindex="0"]')) set(other, "tabindex", "-1");
  set(button, "tabindex", "0");
}

function show_row(x, row, now) {
  const {final, provisional} = row;
  const verdict = row_verdict(row, now);
  set(x.node, "data-verdict", verdict);
  set(x.node, "data-chosen", String(row.key === view.selected));
  set(x.button, "aria-pressed", String(row.key === view.selected));
  const age = final ? duration(now - final.issued_at) : missing;
  say(x.age, age);
  // Stands for the columns that a narrow table has no room for.
  say(
    x.brief,
    final
      ? `${source_text(final.source)}${final.cause ? `: ${cause_text(final.cause)}` : ""}, ${age} ago`
      : ""
  );
  set_icon(x.icon, verdict);
  say(x.word, verdict === "none" ? missing : verdict);
  if (x.version === row.version) return;
  x.version = row.version;
  say(x.pair, row.pair);
  say(x.where, `${row.timeframe} · ${row.strategy}`);
  say(x.score, final ? score_text(final.score) : missing);
  x.fill.style.width = `${final ? Math.min(100, Math.max(0, final.score)) : 0}%`;
  say(x.thinking, provisional ? `LLM asked, meanwhile ${score_text(provisional.score)}` : "");
  say(x.source, final ? source_text(final.source) : missing);
  say(x.cause, final ? cause_text(final.cause) : "");
}

function show_pairs(store, now) {
  const rows = chosen_rows(store.rows.values(), view, now);
  const limit = view.limit || page_size();
  const shown = rows.slice(0, limit);
  keep_children(
    by_id("rows"),
    shown.map((x) => x.key),
    row_nodes,
    make_row
  );
  for (const row of shown) show_row(row_nodes.get(row.key), row, now);
  const first = by_id("rows").querySelector(".pick");
  if (first && !by_id("rows").querySelector('.pick[tabindex="0"]')) set(first, "tabindex", "0");
  say(
    by_id("pairs-count"),
    rows.length === store.rows.size
      ? `${number(rows.length)}`
      : `${number(rows.length)} of ${number(store.rows.size)}`
  );
  show(by_id("more"), rows.length > limit);
  say(by_id("more").firstElementChild, `Show more (${number(rows.length - limit)})`);
  const none = by_id("no-pairs");
  show(none, rows.length === 0 && store.status !== null);
  show(by_id("table-box"), rows.length > 0);
  say(
    none,
    store.rows.size > 0
      ? "No pair is like that."
      : "No assessment yet. Push candles to the daemon: riskbreaker push FILE, or from your bot. The first closed candle of a pair brings its row."
  );
  for (const head of document.querySelectorAll("#pairs th[data-by]")) {
    if (head.dataset.by === view.by) set(head, "aria-sort", view.down ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  }
}

function listen_to_table(redraw) {
  by_id("filter").addEventListener(
    "input",
    (e) => ((view.text = e.target.value.trim()), (view.limit = 0), redraw())
  );
  by_id("show").addEventListener("change", (e) => ((view.show = e.target.value), (view.limit = 0), redraw()));
  by_id("more").firstElementChild.addEventListener("click", () => {
    view.limit = (view.limit || page_size()) + page_size();
    redraw();
  });
  for (const head of document.querySelectorAll("#pairs th[data-by]"))
    head.firstElementChild.addEventListener("click", () => {
      view.down = view.by === head.dataset.by ? !view.down : head.dataset.by === "score";
      view.by = head.dataset.by;
      redraw();
    });
  const steps = {ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity};
  by_id("rows").addEventListener("keydown", (e) => {
    if (!(e.key in steps) || e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    const buttons = [...by_id("rows").querySelectorAll(".pick")];
    const at = buttons.indexOf(document.activeElement) + steps[e.key];
    buttons[Math.max(0, Math.min(buttons.length - 1, at))].focus();
  });
}
