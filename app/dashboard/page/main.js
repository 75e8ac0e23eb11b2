// Puts the page together: events and replies into the store, the store onto the page.

const store = new Store();
const clock = new ServerClock();
const seen = new Seen();
let config = null;
let connection = null;
let refreshing = 0;
let announced = new Map(); // the state of each strategy as last said aloud

const server_now = () => clock.now(Date.now());

// At most four times a second however much comes, and not at all while nobody looks.
let drawing = false;
let drawn = 0;
let pairs_drawn = 0;

function draw_soon() {
  if (drawing)
    return;
  drawing = true;
  setTimeout(() => requestAnimationFrame(() => {
    drawing = false;
    draw(pairs_due());
  }), Math.max(0, 250 - (performance.now() - drawn)));
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

function gate_of(strategy) {
  const x = config && config.strategies && config.strategies[strategy];
  return x && x.gate ? x.gate.max_risk_score : null;
}

async function load_history(key) {
  const row = store.rows.get(key);
  if (!row)
    return;
  // Without a journal there is nothing to ask for.
  if (store.status && store.status.journal === null) {
    past.note = "No journal is kept (journal.path): the chart holds what came since the pair was chosen.";
  } else {
    const query = new URLSearchParams({strategy: row.strategy, pair: row.pair, timeframe: row.timeframe, limit: "500"});
    const {data} = await request(`/api/assessments?${query}`);
    if (past.key !== key)
      return;
    const there = data && data.ok;
    past.note = there ? "" : "The history could not be loaded: the chart holds what came since the pair was chosen.";
    for (const x of there ? data.assessments : [])
      past.history.add(x);
  }
  if (row.final)
    past.history.add(row.final);
  show_history(gate_of(row.strategy));
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

// Everything that can be asked for, anew.
async function refresh() {
  const round = ++refreshing;
  const asked = Date.now();
  const [info, status, stats, transitions, latest] = (await Promise.all(
    ["info", "status", "stats", "transitions", "latest"].map((x) => request(`/api/${x}`)))).map((x) => x.data && x.data.ok ? x.data : null);
  if (round !== refreshing)
    return;
  const now = server_now();
  connection.answers = info !== null;
  store.info = info || store.info;
  first_version = first_version || (info && info.version);
  if (status)
    store.set_status(status, now, asked);
  if (stats)
    for (const [name, x] of Object.entries(stats.strategies))
      store.add_stats(name, x, now, asked);
  if (transitions)
    store.add_transitions(transitions.transitions);
  if (latest)
    store.set_latest(latest.assessments, now);
  const reply = await request("/api/config");
  if (reply.data && reply.data.ok)
    config = reply.data.config;
  announce_changes();
  draw();
}

let refresh_timer = 0;
let first_version = null;

// One of many that ask for it is enough, and a later one must not put it off.
function refresh_soon(ms = 300) {
  if (!refresh_timer)
    refresh_timer = setTimeout(() => {
      refresh_timer = 0;
      refresh();
    }, ms);
}

// Said to screen readers: states that changed, and nothing else.
function announce_changes() {
  const said = [];
  for (const s of store.strategies.values()) {
    const before = announced.get(s.name);
    if (s.state && before && before !== s.state)
      said.push(`${s.name}: ${state_word(s.state)}${s.cause ? `, ${cause_text(s.cause)}` : ""}.`);
    if (s.state)
      announced.set(s.name, s.state);
  }
  if (said.length)
    announce(said.join(" "));
}

const handlers = {
  "heartbeat": (x) => {
    clock.hear_heartbeat(x, Date.now());
    seen.live();
  },
  "risk": (x) => {
    clock.hear(x.issued_at, Date.now());
    const row = store.add_final(x);
    if (row.key === past.key && past.history.add(x))
      show_history(gate_of(x.strategy));
    feed_add("risk", x, server_now());
  },
  "risk_provisional": (x) => store.add_provisional(x),
  "breaker": (x) => {
    clock.hear(x.at, Date.now());
    store.add_breaker(x, Date.now());
    announce_changes();
    feed_add("breaker", x, server_now());
  },
  "stats": (x) => store.add_stats(x.strategy, x, server_now(), Date.now()),
  "config": (x) => {
    store.config_event = x;
    feed_add("config", x, server_now());
    refresh_soon();
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
      refresh_soon();
    }
  }
  const news = seen.take(topic, payload.boot, payload.seq);
  if (news === "repeated")
    return;
  // The daemon leaves out what a slow reader does not take; the newest values hold.
  if (news === "gap") {
    ++left_out;
    refresh_soon(3000);
  }
  if (Object.hasOwn(handlers, kind))
    handlers[kind](payload);
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
  const tools = {in: () => past.chart.zoom(0.6), out: () => past.chart.zoom(1 / 0.6), all: () => past.chart.show_all()};
  for (const button of document.querySelectorAll("#tools button"))
    button.addEventListener("click", () => past.chart && tools[button.dataset.do]());
  new ResizeObserver(() => past.chart && past.chart.graph.resize()).observe(box);
  by_id("span").addEventListener("change", () => draw());
  by_id("history-table").addEventListener("toggle", () => past.key && show_history(past.chart && past.chart.gate));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => past.chart && past.chart.update(past.chart.list, past.chart.gate));
  connection = new Connection({
    on_event,
    on_open: () => {
      seen.begin();
      refresh();
      if (past.key)
        load_history(past.key);
      draw_soon();
    },
    on_lost: (attempt) => {
      if (attempt === 1)
        announce("The connection to the daemon is lost; trying again.");
      else
        refresh(); // it may answer though it takes no more listeners
      draw_soon();
    },
  });
  setInterval(() => document.hidden || draw(pairs_due()), 1000);
  // What no event tells: the journal's health, faults, what goes away.
  setInterval(() => document.hidden || connection.state !== "live" || refresh(), 30_000);
  const draining = () => [...store.strategies.values()].some((x) => x.status && x.status.draining);
  setInterval(() => draining() && refresh_soon(), 2000);
  draw();
}

start();
