// All that is known, put together from replies and events. Times are the daemon's.

function risk_key(strategy, pair, timeframe) {
  return `${strategy}\n${pair}\n${timeframe}`;
}

// Of two final assessments of a pair, the one that holds. A model that thinks long
// may answer after a newer candle's answer.
function newer(a, b) {
  if (!a || !b) return a || b;
  if (a.candle_time !== b.candle_time) return b.candle_time > a.candle_time ? b : a;
  return b.issued_at >= a.issued_at ? b : a;
}

// How long the daemon has run, in ms; `now` by the clock of `asked`. What its wall clock and
// its start say is another thing where that clock was set.
function uptime_ms(store, now) {
  return store.status && known(store.status.uptime_s)
    ? store.status.uptime_s * 1000 + Math.max(0, now - store.status_asked)
    : NaN;
}

// Why a breaker is as it is, if its last transition is known.
function last_cause(s) {
  const last = s.transitions[s.transitions.length - 1];
  return last && last.to === s.state ? last.cause : null;
}

class Store {
  constructor() {
    this.boot = null;
    this.info = null;
    this.status = null;
    this.status_asked = NaN;
    this.config_event = null;
    this.strategies = new Map();
    this.rows = new Map();
    this.versions = 0;
  }

  strategy(name) {
    if (!this.strategies.has(name))
      this.strategies.set(name, {
        name,
        state: null,
        since: null,
        retry_at: null,
        cause: null,
        consecutive_failures: null,
        stats: null,
        status: null,
        transitions: [],
        heard: -Infinity,
      });
    return this.strategies.get(name);
  }

  // A daemon that started anew: its breakers may differ, and what lay between is not known.
  new_boot(boot, last_heard) {
    const changed = this.boot !== null && this.boot !== boot;
    this.boot = boot;
    if (!changed) return false;
    for (const x of this.strategies.values()) {
      if (known(last_heard) && x.transitions.length)
        add_transition(x.transitions, {from: x.state, to: null, at: last_heard, cause: null});
      x.stats = null;
      x.heard = -Infinity;
    }
    // Whose final assessment would end it is gone.
    for (const row of this.rows.values()) {
      row.provisional = null;
      row.version = ++this.versions;
    }
    this.config_event = null;
    return true;
  }

  // An event; `heard` is when, as with `asked` below: by a clock that nobody sets.
  add_breaker(x, heard) {
    const s = this.strategy(x.strategy);
    add_transition(s.transitions, x);
    Object.assign(s, {
      state: x.to,
      since: x.at,
      retry_at: x.retry_at,
      cause: x.cause,
      consecutive_failures: x.consecutive_failures,
      heard,
    });
  }

  // The reply of /api/transitions: what was, not what is. It is of this run of the daemon,
  // which began at `started`; before its first transition a breaker was as that says.
  add_transitions(list, started) {
    const begun = new Set();
    for (const x of list) {
      const s = this.strategies.get(x.strategy);
      if (!s) continue;
      if (!begun.has(x.strategy) && x.at > started && x.from !== x.to)
        add_transition(s.transitions, {from: x.from, to: x.from, at: started, cause: null});
      begun.add(x.strategy);
      add_transition(s.transitions, x);
    }
    for (const s of this.strategies.values()) s.cause = s.cause || last_cause(s);
  }

  // `asked` is when a reply was asked for: what was heard since is newer.
  set_state(name, x, server_now, asked) {
    const s = this.strategy(name);
    if (asked < s.heard || !x.state) return;
    const same = s.state === x.state;
    s.state = x.state;
    // Its transition was not heard of (yet): the cause that is known is another one's.
    s.cause = same ? s.cause : last_cause(s);
    s.since = known(x.state_since) ? x.state_since : s.since;
    s.retry_at = known(x.retry_in_s) ? server_now + x.retry_in_s * 1000 : null;
    s.consecutive_failures = x.consecutive_failures;
  }

  add_stats(name, x, server_now, asked) {
    const s = this.strategy(name);
    if (s.stats && s.stats_heard > asked) return;
    s.stats = x;
    s.stats_heard = asked;
    this.set_state(name, x, server_now, asked);
  }

  set_status(reply, server_now, asked) {
    this.status = reply;
    this.status_asked = asked;
    for (const [name, x] of Object.entries(reply.strategies || {})) {
      this.set_state(name, x, server_now, asked);
      this.strategy(name).status = x;
    }
    for (const name of [...this.strategies.keys()])
      if (!Object.hasOwn(reply.strategies || {}, name)) this.strategies.delete(name);
  }

  row(x) {
    const key = risk_key(x.strategy, x.pair, x.timeframe);
    if (!this.rows.has(key))
      this.rows.set(key, {
        key,
        strategy: x.strategy,
        pair: x.pair,
        timeframe: x.timeframe,
        final: null,
        provisional: null,
        version: 0,
      });
    return this.rows.get(key);
  }

  add_final(x) {
    const row = this.row(x);
    row.final = newer(row.final, x);
    if (row.provisional && row.provisional.candle_time <= x.candle_time) row.provisional = null;
    row.version = ++this.versions;
    return row;
  }

  add_provisional(x) {
    const row = this.row(x);
    if (!row.final || row.final.candle_time < x.candle_time) {
      row.provisional = x;
      row.version = ++this.versions;
    }
    return row;
  }

  // The reply of /api/latest: what it has no longer, and what does not hold any more, goes.
  set_latest(list, server_now) {
    const there = new Set(list.map((x) => this.add_final(x).key));
    for (const row of [...this.rows.values()])
      if (!there.has(row.key) && !(row.final && row.final.valid_until > server_now) && !row.provisional)
        this.rows.delete(row.key);
  }
}

// A row in words that tables sort and filter by: "allow", "block", "expired" or "none".
function row_verdict(row, server_now) {
  if (!row.final) return "none";
  return row.final.valid_until <= server_now ? "expired" : row.final.verdict;
}
