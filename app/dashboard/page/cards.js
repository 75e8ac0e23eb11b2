// One card per strategy: is the LLM or the fallback at work, since when, why, until when.

const card_nodes = new Map();
const span_choices = [60_000, 300_000, 15 * 60_000, 3_600_000, 6 * 3_600_000, 86_400_000];

function fact(name, title) {
  const value = element("dd", {});
  const node = element("div", {class: "fact"}, element("dt", title ? {title} : {}, name), value);
  return {node, value};
}

// Two columns of the same numbers: lately and since the start.
function rate_table() {
  const head = element(
    "tr",
    {},
    element("td", {}),
    element("th", {scope: "col"}, "last 5 min"),
    element("th", {scope: "col"}, "since start")
  );
  const body = element("tbody", {});
  const rows = {};
  for (const [key, label, title] of [
    ["success", "LLM success", "Successful calls of all LLM calls"],
    ["calls", "LLM calls", "And how many failed"],
    ["answered", "Answered", "Requests with a final answer, of the LLM or the fallback"],
    ["by_llm", "By the LLM", "Answers of a model, of all answers"],
  ]) {
    const cells = [element("td", {}), element("td", {})];
    rows[key] = cells;
    body.append(element("tr", {}, element("th", {scope: "row", title}, label), ...cells));
  }
  return {node: element("table", {class: "rates"}, element("thead", {}, head), body), rows};
}

function make_card(name) {
  const x = {
    icon: icon("unknown"),
    word: element("strong", {}),
    means: element("span", {class: "means"}),
    since: element("p", {class: "since"}),
    notes: element("p", {class: "notes"}),
    probe: element("p", {class: "probe"}),
    left: element("strong", {class: "left"}),
    bar: element("span", {class: "fill"}),
    strip: element("div", {class: "strip", role: "img"}),
    from: element("span", {}),
    facts: {},
    causes: element("div", {class: "causes"}),
    actions: element("div", {class: "actions", role: "group", "aria-label": `Actions on ${name}`}),
  };
  x.probe_word = element("span", {}, "Next probe in ");
  x.probe.append(x.probe_word, x.left, element("span", {class: "bar", "aria-hidden": "true"}, x.bar));
  const list = element("dl", {class: "numbers"});
  x.rates = rate_table();
  for (const [key, label, title] of [
    ["p50", "Latency p50", "Half of the LLM calls took at most so long"],
    ["p95", "p95"],
    ["p99", "p99"],
    ["in_flight", "In flight", "LLM calls open now"],
    ["today", "Cost today", "Of all strategies that ask the same endpoints, since 0:00 UTC"],
    ["cost", "Cost since start"],
    ["tokens", "Tokens since start", "Into the model + out of it"],
  ]) {
    const one = fact(label, title);
    x.facts[key] = one.value;
    list.append(one.node);
  }
  const title = element("h3", {id: `card-${name}`}, name);
  for (const [action, label] of action_labels) {
    const button = element("button", {type: "button", "data-action": action}, label);
    button.addEventListener("click", () => act(name, action));
    x.actions.append(button);
  }
  x.badge = element("p", {class: "badge"}, x.icon, x.word);
  x.node = element(
    "article",
    {class: "card", "aria-labelledby": `card-${name}`},
    element("div", {class: "card-head"}, title, x.badge),
    element("p", {class: "meaning"}, x.means),
    x.notes,
    x.since,
    x.probe,
    element(
      "div",
      {class: "timeline"},
      x.strip,
      element("div", {class: "scale", "aria-hidden": "true"}, x.from, element("span", {}, "now"))
    ),
    x.rates.node,
    list,
    x.causes,
    x.actions
  );
  return x;
}

function show_strip(node, list, from, to, label) {
  const text = spans_text(list, label);
  set(node, "aria-label", text);
  set(node, "title", text);
  while (node.children.length > list.length) node.lastChild.remove();
  while (node.children.length < list.length) node.append(element("span", {}));
  list.forEach((x, i) => {
    const piece = node.children[i];
    set(piece, "data-state", x.state || "unknown");
    piece.style.left = `${(100 * (x.from - from)) / (to - from)}%`;
    piece.style.width = `${(100 * (x.to - x.from)) / (to - from)}%`;
  });
}

function span_label(ms) {
  return `Last ${ms < 3_600_000 ? `${ms / 60_000} min` : `${ms / 3_600_000} h`}`;
}

// "LLM: no answer in time 12" with bars by share.
function cause_list(title, counts) {
  const entries = Object.entries(counts || {}).sort((a, b) => b[1] - a[1]);
  if (entries.length === 0) return [];
  const most = entries[0][1];
  return [
    element("h4", {}, title),
    element(
      "ul",
      {},
      ...entries.map(([cause, count]) => {
        const fill = element("span", {class: "fill"});
        fill.style.width = `${Math.max(2, (100 * count) / most)}%`;
        return element(
          "li",
          {},
          element("span", {class: "name"}, cause_text(cause)),
          element("span", {class: "bar", "aria-hidden": "true"}, fill),
          element("span", {class: "count"}, number(count))
        );
      })
    ),
  ];
}

function show_causes(x, stats) {
  const text = JSON.stringify([stats.failures_by_cause, stats.fallbacks_by_cause]);
  if (x.causes_text === text) return;
  x.causes_text = text;
  x.causes.replaceChildren(
    ...[
      ["LLM failures", stats.failures_by_cause],
      ["Fallback answers", stats.fallbacks_by_cause],
    ]
      .map(([title, counts]) => cause_list(title, counts))
      .filter((list) => list.length)
      .map((list) => element("div", {}, ...list))
  );
}

function show_rates(rows, column, x, from_llm) {
  say(rows.success[column], percent(x.success_rate));
  say(
    rows.calls[column],
    known(x.total_calls)
      ? number(x.total_calls) + (x.failed_calls ? `, ${number(x.failed_calls)} failed` : "")
      : missing
  );
  say(rows.answered[column], percent(x.answered_rate));
  say(rows.by_llm[column], share(from_llm, x.answered));
}

function show_numbers(x, s, budgets) {
  const stats = s.stats || {};
  const {rows} = x.rates;
  const recent = stats.last_5m || {};
  const by = stats.answers_by_source || {};
  show_rates(rows, 0, recent, known(recent.answered) ? recent.answered - recent.fallbacks : null);
  show_rates(rows, 1, stats, known(by.llm) ? by.llm + (by.llm_cached || 0) : null);
  const latency = stats.latency_ms || {};
  for (const key of ["p50", "p95", "p99"]) say(x.facts[key], milliseconds(latency[key]));
  say(x.facts.in_flight, number(stats.in_flight));
  // Nothing was asked: what it cost is not 0 but no question.
  const asked = stats.total_calls > 0;
  const tokens = stats.tokens || {};
  say(x.facts.cost, asked ? dollars(stats.cost_usd) : missing);
  say(x.facts.today, cost_today(s.status && s.status.endpoints, budgets));
  say(x.facts.tokens, asked ? `${short_count(tokens.prompt)} + ${short_count(tokens.completion)}` : missing);
  show_causes(x, stats);
}

function show_probe(x, s, now) {
  const open = s.state === "open" && known(s.retry_at);
  show(x.probe, open);
  if (!open) return;
  const left = s.retry_at - now;
  say(x.probe_word, left > 0 ? "Next probe in " : "Probe due: ");
  say(x.left, left > 0 ? countdown(left) : "with the next candle");
  const whole = s.retry_at - s.since;
  x.bar.style.width = `${whole > 0 ? Math.min(100, Math.max(0, 100 * (1 - left / whole))) : 100}%`;
}

// "Since 14:02:31 (4 min): the probe failed, 4 failures in a row".
function since_text(s, now) {
  if (!known(s.since)) return missing;
  const failures = s.consecutive_failures > 0 ? `${plural(s.consecutive_failures, "failure")} in a row` : "";
  const why = [s.cause === "consecutive_failures" && failures ? "" : cause_text(s.cause), failures]
    .filter(Boolean)
    .join(", ");
  return `Since ${clock_time(s.since, now)} (${duration(now - s.since)})${why ? `: ${why}` : ""}`;
}

function show_card(x, s, now, chosen_span) {
  const status = s.status || {};
  // Without an LLM the breaker's state says nothing: "closed" would look like "well".
  const off = status.llm_enabled === false;
  const state = off || !s.state ? "unknown" : s.state;
  set(x.node, "data-state", state);
  set_icon(x.icon, state);
  say(x.word, off ? "LLM off" : state_word(s.state));
  say(
    x.means,
    off ? "No LLM is configured for it, or its key is missing: the fallback answers." : state_meaning(s.state)
  );
  const notes = [
    status.draining && "Draining: gone from the configuration, what is open is still answered.",
  ].filter(Boolean);
  say(x.notes, notes.join(" "));
  show(x.notes, notes.length > 0);
  say(x.since, off ? "" : since_text(s, now));
  show(x.since, !off);
  show_probe(x, s, now);
  const first = s.transitions.length ? s.transitions[0].at : s.since;
  const length = chosen_span || fitting_span(first, now, span_choices);
  show(x.strip.parentNode, !off);
  show_strip(
    x.strip,
    spans(s.transitions, now - length, now, s.state, s.since),
    now - length,
    now,
    span_label(length)
  );
  say(x.from, `−${span_label(length).slice(5)}`);
  show_numbers(x, s, store.status && store.status.budgets);
}

function show_cards(store, now) {
  const names = [...store.strategies.keys()].sort(collator.compare);
  keep_children(by_id("cards"), names, card_nodes, make_card);
  for (const name of names)
    show_card(card_nodes.get(name), store.strategies.get(name), now, Number(by_id("span").value));
  const none = by_id("no-strategies");
  show(none, names.length === 0 && store.status !== null);
  say(none, 'No strategy is configured: add one under "strategies" in the configuration.');
}
