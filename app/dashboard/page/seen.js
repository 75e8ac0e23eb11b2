// Which messages of the event stream were seen: by topic, boot and seq.

class Seen {
  constructor() {
    this.topics = new Map();
    this.replaying = true;
  }

  // A stream begins with last values, among which numbers may be left out.
  begin() {
    this.replaying = true;
  }

  // The first heartbeat comes after the last values.
  live() {
    this.replaying = false;
  }

  // "repeated", "next", "gap" (some of the topic were lost) or "first".
  take(topic, boot, seq) {
    const before = this.topics.get(topic);
    if (before && before.boot === boot && seq <= before.seq) return "repeated";
    this.topics.set(topic, {boot, seq, replayed: this.replaying});
    if (!before || before.boot !== boot) return "first";
    return seq > before.seq + 1 && !before.replayed && !this.replaying ? "gap" : "next";
  }

  // Of a daemon that is gone.
  forget_other_boots(boot) {
    for (const [topic, x] of this.topics) if (x.boot !== boot) this.topics.delete(topic);
  }
}

// How long to wait before the n-th attempt to reconnect (from 1): 0.5, 1, 2, 4, 5, 5 s.
function reconnect_delay(attempt) {
  return Math.min(5000, 250 * 2 ** Math.min(attempt, 10));
}
