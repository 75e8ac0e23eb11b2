// The newest events, bounded; while it is paused, events wait (bounded as well).

class Feed {
  constructor(most = 100) {
    this.most = most;
    this.entries = [];
    this.waiting = [];
    this.dropped = 0;
    this.paused = false;
  }

  add(entry) {
    const list = this.paused ? this.waiting : this.entries;
    // Last values come in any order; live ones nearly sorted.
    let at = list.length;
    while (at > 0 && list[at - 1].time > entry.time) --at;
    list.splice(at, 0, entry);
    if (list.length > this.most) {
      list.shift();
      this.dropped += this.paused ? 1 : 0;
    }
  }

  pause() {
    this.paused = true;
  }

  resume() {
    this.paused = false;
    const waiting = this.waiting;
    this.waiting = [];
    this.dropped = 0;
    for (const entry of waiting) this.add(entry);
  }

  // How many came since the pause began.
  pending() {
    return this.waiting.length + this.dropped;
  }

  // Newest first.
  shown(kinds) {
    return this.entries.filter((x) => kinds.has(x.kind)).reverse();
  }
}

// What an event says in the feed, or null where it says nothing new to people.
function feed_entry(kind, payload, server_now) {
  const entry = (at, title, text, mood = "") => ({
    kind,
    time: known(at) ? at : server_now,
    title,
    text,
    mood,
  });
  switch (kind) {
    case "risk":
      return entry(
        payload.issued_at,
        `${payload.pair} ${payload.timeframe}`,
        `${score_text(payload.score)} ${payload.verdict} · ${source_text(payload.source)}`
          + (payload.cause ? `: ${cause_text(payload.cause)}` : "")
          + ` · ${payload.strategy}`,
        payload.verdict
      );
    case "breaker":
      return entry(
        payload.at,
        payload.strategy,
        payload.from === payload.to
          ? `${state_word(payload.to)} (${cause_text(payload.cause)})`
          : `${state_word(payload.from)} → ${state_word(payload.to)}: ${cause_text(payload.cause)}`,
        payload.to
      );
    case "config":
      return payload.ok
        ? entry(
            null,
            `Configuration ${payload.version}`,
            [
              ...(payload.changes || []),
              ...(payload.needs_restart || []).map((x) => `${x} (needs a restart)`),
            ].join("; ") || "read, nothing differs"
          )
        : entry(null, "Configuration refused", (payload.errors || []).join("; "), "bad");
    case "rejected":
      return entry(
        null,
        "Refused" + (payload.count > 1 ? ` ×${payload.count}` : ""),
        `${words(payload.reason)}: ${payload.detail}` + (payload.excerpt ? ` · ${payload.excerpt}` : ""),
        "bad"
      );
    default:
      return null;
  }
}
