// What the page asks for, at the start and when events do not tell.

const state_paths = ["info", "status", "stats", "transitions"];

async function ask_for(paths) {
  const replies = await Promise.all(paths.map((x) => request(`/api/${x}`)));
  return replies.map((x) => (x.data && x.data.ok ? x.data : null));
}

// How the breakers stand and, where it is `all`, every pair's newest score and the configuration.
async function refresh_now(all) {
  const asked = performance.now();
  const [info, status, stats, transitions, latest, effective] = await ask_for([
    ...state_paths,
    ...(all ? ["latest", "config"] : []),
  ]);
  const now = server_now();
  connection.answers = info !== null;
  store.info = info || store.info;
  first_version = first_version || (info && info.version);
  if (status) store.set_status(status, now, asked);
  if (stats) for (const [name, x] of Object.entries(stats.strategies)) store.add_stats(name, x, now, asked);
  if (transitions) store.add_transitions(transitions.transitions, boot_time(info ? info.boot : store.boot));
  if (latest) store.set_latest(latest.assessments, now);
  if (effective) {
    config = effective.config;
    if (past.chart) show_history(gate_of(store.rows.get(past.key)?.strategy));
  }
  announce_changes();
  draw();
}

// One at a time: a slow daemon is not asked twice, and what was wished meanwhile is asked after.
let refreshing = false;
let wished = null; // whether all, or null
let refresh_timer = 0;
let first_version = null;

async function refresh(all = false) {
  if (refreshing) {
    wished = Boolean(wished) || all;
    return;
  }
  refreshing = true;
  try {
    await refresh_now(all);
  } finally {
    refreshing = false;
  }
  if (wished !== null) {
    const next = wished;
    wished = null;
    refresh(next);
  }
}

// One of many that ask for it is enough, and a later one must not put it off.
function refresh_soon(all, ms = 300) {
  if (!refresh_timer)
    refresh_timer = setTimeout(() => {
      refresh_timer = 0;
      refresh(all);
    }, ms);
}

function gate_of(strategy) {
  const x = config && config.strategies && config.strategies[strategy];
  return x && x.gate ? x.gate.max_risk_score : null;
}

async function load_history(key) {
  const row = store.rows.get(key);
  if (!row) return;
  // Without a journal there is nothing to ask for.
  if (store.status && store.status.journal === null) {
    past.note = "No journal is kept (journal.path): the chart holds what came since the pair was chosen.";
  } else {
    const query = new URLSearchParams({
      strategy: row.strategy,
      pair: row.pair,
      timeframe: row.timeframe,
      limit: "500",
    });
    const {data} = await request(`/api/assessments?${query}`);
    if (past.key !== key) return;
    const there = data && data.ok;
    past.note = there
      ? ""
      : "The history could not be loaded: the chart holds what came since the pair was chosen.";
    for (const x of there ? data.assessments : []) past.history.add(x);
  }
  if (row.final) past.history.add(row.final);
  show_history(gate_of(row.strategy));
}
