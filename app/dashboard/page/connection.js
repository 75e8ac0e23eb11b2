// Replies and the event stream. The stream is begun anew by ourselves: a browser
// gives up for good on a reply that is no stream, and does not notice a silent one.

const silence = 5000; // ms without anything, where a heartbeat comes every second

async function request(path, options = {}) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), 8000);
  try {
    const reply = await fetch(path, {cache: "no-store", ...options, signal: abort.signal});
    return {status: reply.status, data: await reply.json().catch(() => null)};
  } catch {
    return {status: 0, data: null};
  } finally {
    clearTimeout(timer);
  }
}

class Connection {
  // on_event(kind, topic, payload); on_open() and on_lost(attempt) tell of the stream itself.
  constructor({on_event, on_open, on_lost}) {
    Object.assign(this, {
      on_event,
      on_open,
      on_lost,
      attempt: 0,
      source: null,
      timer: 0,
      last: null,
      state: "connecting",
      answers: false,
    });
    setInterval(() => this.watch(), 1000);
    // A phone wakes up: do not wait for the next attempt.
    addEventListener("online", () => this.state !== "live" && this.connect());
    document.addEventListener("visibilitychange", () => !document.hidden && this.watch());
    this.connect();
  }

  connect() {
    clearTimeout(this.timer);
    if (this.source) this.source.close();
    const source = (this.source = new EventSource("/api/events"));
    this.began = performance.now();
    source.onopen = () => this.opened(source);
    source.onerror = () => source === this.source && this.lost();
    for (const kind of [
      "risk",
      "risk_provisional",
      "breaker",
      "stats",
      "config",
      "ingest.rejected",
      "heartbeat",
    ])
      source.addEventListener(kind, (e) => source === this.source && this.heard(kind, e.data));
  }

  opened(source) {
    if (source !== this.source) return;
    this.state = "live";
    this.began = performance.now();
    this.on_open();
  }

  heard(kind, data) {
    this.began = performance.now();
    this.attempt = 0;
    this.last = Date.now();
    let event;
    try {
      event = JSON.parse(data);
    } catch {
      return;
    }
    if (event && typeof event.topic === "string" && event.payload && typeof event.payload === "object")
      this.on_event(kind, event.topic, event.payload);
  }

  watch() {
    if (this.source && performance.now() - this.began > silence) this.lost();
  }

  lost() {
    if (this.source) this.source.close();
    this.source = null;
    this.state = "reconnecting";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), reconnect_delay(++this.attempt));
    this.on_lost(this.attempt);
  }
}
