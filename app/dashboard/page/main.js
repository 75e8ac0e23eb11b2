// Puts the page together: events and replies into the store, the store onto the page.

const store = new Store();
const clock = new ServerClock();
const seen = new Seen();
let config = null;
let connection = null;
let announced = new Map(); // the state of each strategy as last said aloud

const server_now = () => clock.now(Date.now());

// At most four times a second however much comes, and not at all while nobody looks.
let drawing = false;
let drawn = 0;
let pairs_drawn = 0;

function draw_soon() {
  if (drawing) return;
  drawing = true;
  setTimeout(
    () =>
      requestAnimationFrame(() => {
        drawing = false;
        draw(pairs_due());
      }),
    Math.max(0, 250 - (performance.now() - drawn))
  );
}

// Thousands of pairs take their time to sort; the breakers do not wait for them.
function pairs_due() {
  return performance.now() - pairs_drawn >= store.rows.size / 5;
}

function draw(with_pairs = true) {
  drawn = performance.now();
  const now = server_now();
  show_header(now);
  show_banners();
  show_cards(store, now);
  show_operate(store.info);
  if (with_pairs) {
    show_pairs(store, now);
    pairs_drawn = performance.now();
  }
  show_detail(store, now);
  show_feed(now, left_out);
}

function choose(key, by_user) {
  view.selected = key;
  draw();
  if (past.key !== key) {
    clear_history(key);
    load_history(key);
  }
  if (by_user && narrow.matches) {
    by_id("detail").scrollIntoView();
    by_id("detail-title").focus({preventScroll: true});
  }
}

// Said to screen readers: states that changed, and nothing else.
function announce_changes() {
  const said = [];
  for (const s of store.strategies.values()) {
    const before = announced.get(s.name);
    if (s.state && before && before !== s.state)
      said.push(`${s.name}: ${state_word(s.state)}${s.cause ? `, ${cause_text(s.cause)}` : ""}.`);
    if (s.state) announced.set(s.name, s.state);
  }
  if (said.length) announce(said.join(" "));
}

// A last value that is sent again says nothing of the time.
function hear_time(ms) {
  if (!seen.replaying) clock.hear(ms, Date.now());
}

const handlers = {
  heartbeat: (x) => {
    clock.hear(x.at, Date.now());
    seen.live();
  },
  risk: (x) => {
    hear_time(x.issued_at);
    const before = store.rows.size;
    const row = store.add_final(x);
    if (store.rows.size !== before) refresh_soon(false, 1000); // the daemon has more series
    if (row.key === past.key && past.history.add(x)) show_history(gate_of(x.strategy));
    feed_add("risk", x, server_now());
  },
  risk_provisional: (x) => store.add_provisional(x),
  breaker: (x) => {
    hear_time(x.at);
    store.add_breaker(x, performance.now());
    announce_changes();
    feed_add("breaker", x, server_now());
  },
  stats: (x) => store.add_stats(x.strategy, x, server_now(), performance.now()),
  config: (x) => {
    store.config_event = x;
    // It has no time of its own: as a last value it may be of days ago.
    if (!seen.replaying) feed_add("config", x, server_now());
    refresh(true);
  },
  "ingest.rejected": (x) => feed_add("rejected", x, server_now()),
};

let last_server_time = null;
let left_out = 0; // jumps in the numbering

function on_event(kind, topic, payload) {
  if (payload.boot !== store.boot) {
    if (store.new_boot(payload.boot, last_server_time)) {
      clock.samples = [];
      seen.forget_other_boots(payload.boot);
      refresh(true);
    }
  }
  const news = seen.take(topic, payload.boot, payload.seq);
  if (news === "repeated") return;
  // The daemon leaves out what a slow reader does not take; the newest values hold.
  if (news === "gap") {
    ++left_out;
    refresh_soon(false, 3000);
  }
  if (Object.hasOwn(handlers, kind)) handlers[kind](payload);
  last_server_time = server_now();
  draw_soon();
}

function start() {
  listen_to_table(() => draw());
  listen_to_feed(() => draw());
  listen_to_actions(() => store.info);
  const box = by_id("chart-box");
  // The wheel scrolls the page, over the chart as well, and zooms with Ctrl.
  box.addEventListener("wheel", (e) => e.ctrlKey || e.stopImmediatePropagation(), {capture: true});
  listen_to_pointers(box, () => past.chart);
  listen_to_keys(box, () => past.chart);
  const tools = {
    in: () => past.chart.zoom(0.6),
    out: () => past.chart.zoom(1 / 0.6),
    all: () => past.chart.show_all(),
  };
  for (const button of document.querySelectorAll("#tools button"))
    button.addEventListener("click", () => past.chart && tools[button.dataset.do]());
  new ResizeObserver(() => past.chart && past.chart.graph.resize()).observe(box);
  by_id("span").addEventListener("change", () => draw());
  by_id("history-table").addEventListener(
    "toggle",
    () => past.key && show_history(past.chart && past.chart.gate)
  );
  matchMedia("(prefers-color-scheme: dark)").addEventListener(
    "change",
    () => past.chart && past.chart.update(past.chart.list, past.chart.gate)
  );
  connection = new Connection({
    on_event,
    on_open: () => {
      seen.begin();
      refresh(true);
      if (past.key) load_history(past.key);
      draw_soon();
    },
    on_lost: (attempt) => {
      if (attempt === 1) announce("The connection to the daemon is lost; trying again.");
      else refresh(true); // it may answer though it takes no more listeners
      draw_soon();
    },
  });
  setInterval(() => document.hidden || draw(pairs_due()), 1000);
  // What no event tells: the journal's health, faults, and now and then which pairs went away.
  let rounds = 0;
  setInterval(() => document.hidden || connection.state !== "live" || refresh(++rounds % 20 === 0), 30_000);
  const draining = () => [...store.strategies.values()].some((x) => x.status && x.status.draining);
  setInterval(() => draining() && refresh(), 2000);
  draw();
}

start();
