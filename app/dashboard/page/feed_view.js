// The live feed on the page.

const feed = new Feed();
const feed_kinds = new Set(["risk", "breaker", "config", "rejected"]);
const feed_nodes = new Map();
const feed_icons = {
  allow: "allow",
  block: "block",
  bad: "block",
  closed: "closed",
  open: "open",
  half_open: "half_open",
  forced_open: "forced_open",
  forced_closed: "forced_closed",
};
let feed_number = 0;

function feed_add(kind, payload, server_now) {
  const entry = feed_entry(kind, payload, server_now);
  if (entry) feed.add({...entry, id: ++feed_number});
}

function make_entry(x, now) {
  return {
    node: element(
      "li",
      {"data-mood": x.mood},
      element("time", {datetime: new Date(x.time).toISOString()}, clock_time(x.time, now)),
      icon(feed_icons[x.mood] || "unknown"),
      element("bdi", {class: "title"}, x.title),
      element("span", {class: "text"}, x.text)
    ),
  };
}

function show_feed(now, left_out) {
  const list = feed.shown(feed_kinds);
  const entries = new Map(list.map((x) => [x.id, x]));
  keep_children(by_id("entries"), [...entries.keys()], feed_nodes, (id) => make_entry(entries.get(id), now));
  const pending = feed.pending();
  say(
    by_id("pending"),
    [
      feed.paused && `${number(pending)} new`,
      left_out > 0 && `${plural(left_out, "gap")}: too much came at once`,
    ]
      .filter(Boolean)
      .join(" · ")
  );
}

function listen_to_feed(redraw) {
  by_id("pause").addEventListener("click", () => {
    if (feed.paused) feed.resume();
    else feed.pause();
    set(by_id("pause"), "aria-pressed", String(feed.paused));
    say(by_id("pause"), feed.paused ? "Go on" : "Pause");
    redraw();
  });
  for (const box of document.querySelectorAll("#kinds input"))
    box.addEventListener("change", () => {
      if (box.checked) feed_kinds.add(box.value);
      else feed_kinds.delete(box.value);
      redraw();
    });
}
