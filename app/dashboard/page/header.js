// Who speaks, whether it still does, and what is wrong with it.

const connection_words = {connecting: "Connecting", live: "Live", reconnecting: "Reconnecting"};

function show_header(now) {
  const {state, last, attempt} = connection;
  set(by_id("connection"), "data-state", state);
  say(by_id("connection-word"), connection_words[state]);
  say(
    by_id("connection-detail"),
    last === null
      ? state === "reconnecting"
        ? `attempt ${attempt}; nothing heard yet`
        : ""
      : `last event ${clock_time(clock.now(last), now)}${state === "live" ? "" : `, ${duration(Date.now() - last)} ago; attempt ${attempt}`}`
  );
  say(by_id("version"), store.info && store.info.version ? store.info.version : "");
  const status = store.status;
  say(
    by_id("daemon"),
    status
      ? `up ${duration(uptime_ms(store, performance.now()))} · configuration ${number(status.config_version)} · ${plural(status.series_count, "series", "series")} · `
          + (status.journal ? (status.journal.ok ? "journal well" : "journal failing") : "no journal")
      : ""
  );
  const offset = clock.offset();
  say(
    by_id("skew"),
    Math.abs(offset) > 2000
      ? ` (this browser is ${duration(Math.abs(offset))} ${offset > 0 ? "behind" : "ahead"})`
      : ""
  );
  const open = [...store.strategies.values()].filter(
    (x) => x.state === "open" || x.state === "forced_open"
  ).length;
  const title =
    (connection.state === "live" ? (open ? `(${open} open) ` : "") : "(not connected) ") + "riskbreaker";
  if (document.title !== title) document.title = title;
}

// What a person should do something about.
function troubles() {
  const list = [];
  const {status, config_event} = store;
  if (connection.state === "reconnecting" && connection.attempt > 1)
    list.push(
      connection.answers
        ? "The daemon answers, but takes no more listeners: what is here is asked for every few seconds. Close other dashboards."
        : "The daemon does not answer. What stands here is old: treat every score as absent once it has expired."
    );
  if (store.info && first_version && store.info.version !== first_version)
    list.push(`The daemon is version ${store.info.version} now: load this page anew.`);
  if (config_event && !config_event.ok)
    list.push(
      `The configuration was refused, the old one is in force: ${(config_event.errors || []).join("; ")}`
    );
  if (status && status.journal && !status.journal.ok)
    list.push(
      `The journal does not write: ${status.journal.error || "the reason is not known"} (${number(status.journal.rows_lost)} rows lost). Scoring goes on.`
    );
  const faults = Object.entries((status && status.faults) || {});
  if (faults.length)
    list.push(
      `Faults of the daemon's own: ${faults.map(([part, count]) => `${words(part)} ${count}`).join(", ")}. Please report the log lines.`
    );
  return list;
}

function show_banners() {
  const list = troubles();
  const box = by_id("banners");
  if (box.dataset.text === list.join("\n")) return;
  box.dataset.text = list.join("\n");
  box.replaceChildren(
    ...list.map((text) => element("p", {class: "banner"}, icon("block"), element("span", {}, text)))
  );
}
