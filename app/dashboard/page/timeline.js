// Transitions of one strategy as spans of time.

// `list` is kept sorted by time and without repetitions; false for one that is there.
function add_transition(list, x) {
  if (!known(x.at)) return false;
  let at = list.length;
  while (at > 0 && list[at - 1].at > x.at) --at;
  for (let i = at - 1; i >= 0 && list[i].at === x.at; --i)
    if (list[i].from === x.from && list[i].to === x.to) return false;
  list.splice(at, 0, x);
  if (list.length > 2000) list.shift();
  return true;
}

// [{state, from, to}] that fill [from, to]; state null where nothing is known.
function spans(list, from, to, state_now, since) {
  const result = [];
  const add = (state, a, b) => {
    a = Math.max(a, from);
    b = Math.min(b, to);
    const last = result[result.length - 1];
    if (b <= a) return;
    if (last && last.state === state) last.to = b;
    else result.push({state, from: a, to: b});
  };
  let state = null;
  let at = from;
  for (const x of list) {
    if (x.at > to) break;
    add(state, at, x.at);
    state = x.to;
    at = Math.max(x.at, from);
  }
  // Without any transition the state itself is known, and since when.
  if (
    state_now
    && known(since)
    && since <= to
    && (list.length === 0 || (state !== state_now && since >= at))
  ) {
    add(state, at, since);
    state = state_now;
    at = Math.max(since, from);
  }
  add(state, at, to);
  return result;
}

// The shortest of the choices that shows all that is known.
function fitting_span(first_known, now, choices) {
  const needed = known(first_known) ? now - first_known : 0;
  return choices.find((x) => x >= needed) || choices[choices.length - 1];
}

// "Last 1 h: closed 83 %, open 17 %; opened 2 times."
function spans_text(list, label) {
  const known_spans = list.filter((x) => x.state !== null);
  const total = known_spans.reduce((sum, x) => sum + x.to - x.from, 0);
  if (total === 0) return `${label}: nothing is known.`;
  const by_state = new Map();
  for (const x of known_spans) by_state.set(x.state, (by_state.get(x.state) || 0) + x.to - x.from);
  const parts = [...by_state].map(([state, ms]) => `${state_word(state).toLowerCase()} ${share(ms, total)}`);
  const opened = known_spans.filter(
    (x, i) => i > 0 && x.state === "open" && known_spans[i - 1].state === "closed"
  ).length;
  return `${label}: ${parts.join(", ")}` + (opened ? `; opened ${plural(opened, "time")}.` : ".");
}
