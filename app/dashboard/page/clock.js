// The daemon's clock, seen from a browser whose own may be wrong.

// When this run of the daemon began, by the daemon's clock: a boot id begins with
// it (hexadecimal milliseconds). NaN for ids of another make.
function boot_time(boot) {
  const ms = parseInt(String(boot).split("-")[0], 16);
  return ms > 1.5e12 && ms < 5e12 ? ms : NaN;
}

// Every message says "it was at least so late at the daemon's". The way to us only
// makes that less, so the highest difference of late is the truest. Old messages
// (last values, sent again) are far lower and do no harm.
class ServerClock {
  constructor() {
    this.samples = [];
  }

  hear(server_ms, local_ms) {
    if (!known(server_ms) || !known(local_ms)) return;
    const window = 60_000;
    const offset = server_ms - local_ms;
    // The browser's clock was set: what was heard before says nothing now.
    if (this.samples.length && local_ms < this.samples[this.samples.length - 1].local - 1000)
      this.samples = [];
    this.samples = this.samples.filter((x) => x.local > local_ms - window && x.offset > offset);
    this.samples.push({local: local_ms, offset});
  }

  // Milliseconds to add to the browser's clock; 0 until something was heard.
  offset() {
    return this.samples.length ? this.samples[0].offset : 0;
  }

  now(local_ms) {
    return local_ms + this.offset();
  }
}
