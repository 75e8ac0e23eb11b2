"use strict";

// Numbers, times and the daemon's words as people read them. What is not known
// is a dash, never 0.

const missing = "—";

function known(x) {
  return typeof x === "number" && isFinite(x);
}

function number(x, decimals = 0) {
  if (!known(x)) return missing;
  const [whole, part] = Math.abs(x).toFixed(decimals).split(".");
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part ? `.${part}` : "");
  return x < 0 && Number(text.replace(/,/g, "")) !== 0 ? `−${text}` : text;
}

// A score as it was given, to two decimals: 62, 61.5, 61.53.
function score_text(x) {
  if (!known(x)) return missing;
  const rounded = Math.round(x * 100) / 100;
  return number(rounded, (String(rounded).split(".")[1] || "").length);
}

function signed(x) {
  return known(x) && x > 0 ? `+${score_text(x)}` : score_text(x);
}

// Never 100 % while one is missing.
function percent(x) {
  if (!known(x)) return missing;
  const shown = x < 100 ? Math.min(99.9, Math.round(x * 10) / 10) : 100;
  return `${number(shown, Number.isInteger(shown) ? 0 : 1)} %`;
}

function share(part, whole) {
  return known(part) && known(whole) && whole > 0 ? percent((100 * part) / whole) : missing;
}

function milliseconds(x) {
  if (!known(x)) return missing;
  return x < 1000 ? `${number(x)} ms` : `${number(x / 1000, x < 10000 ? 2 : 1)} s`;
}

function dollars(x) {
  if (!known(x)) return missing;
  if (x > 0 && x < 0.0001) return "<$0.0001";
  return `$${number(x, x === 0 || x >= 1 ? 2 : 4)}`;
}

// What a strategy's endpoints have cost today, and of how much: "$0.12 of $5.00". An endpoint that
// was not asked today cost nothing; without any that is known, nothing is known.
function cost_today(endpoints, budgets) {
  const mine = (endpoints || []).map((x) => (budgets || {})[x]).filter(Boolean);
  if (mine.length === 0) return missing;
  const sum = (key) => mine.reduce((all, x) => all + x[key], 0);
  const limited = mine.every((x) => known(x.usd_per_day));
  return dollars(sum("usd_today")) + (limited ? ` of ${dollars(sum("usd_per_day"))}` : "");
}

// 850 → "850", 12,345 → "12.3 k".
function short_count(x) {
  if (!known(x)) return missing;
  for (const [unit, name] of [
    [1e9, "G"],
    [1e6, "M"],
    [1e4, "k"],
  ])
    if (x >= unit) return `${number(x / (unit === 1e4 ? 1e3 : unit), 1)} ${name}`;
  return number(x);
}

// "8 s", "4 min", "2 h 5 min", "3 d 4 h": for what has passed.
function duration(ms) {
  if (!known(ms)) return missing;
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  const two = (large, small, a, b) => (small ? `${large} ${a} ${small} ${b}` : `${large} ${a}`);
  if (s < 86400) return two(Math.floor(s / 3600), Math.floor((s % 3600) / 60), "h", "min");
  return two(Math.floor(s / 86400), Math.floor((s % 86400) / 3600), "d", "h");
}

// "4:09", "1:02:03": for what is to come; it reaches 0:00 when it is due.
function countdown(ms) {
  if (!known(ms)) return missing;
  const s = Math.max(0, Math.ceil(ms / 1000));
  const two = (x) => String(x).padStart(2, "0");
  const hours = Math.floor(s / 3600);
  return hours
    ? `${hours}:${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`
    : `${Math.floor(s / 60)}:${two(s % 60)}`;
}

// Local time; with the day where that is another one.
function clock_time(ms, now) {
  if (!known(ms)) return missing;
  const two = (x) => String(x).padStart(2, "0");
  const t = new Date(ms);
  const time = `${two(t.getHours())}:${two(t.getMinutes())}:${two(t.getSeconds())}`;
  return known(now) && new Date(now).toDateString() === t.toDateString()
    ? time
    : `${t.getFullYear()}-${two(t.getMonth() + 1)}-${two(t.getDate())} ${time}`;
}

// What each breaker state is called, what it means and who answers.
const states = {
  closed: {word: "Closed", means: "The LLM is asked."},
  open: {word: "Open", means: "The LLM is left alone, the fallback answers."},
  half_open: {
    word: "Half open",
    means: "The next candle asks the LLM as a probe; the fallback answers the rest.",
  },
  forced_open: {word: "Forced open", means: "Held open by an operator: the fallback answers."},
  forced_closed: {
    word: "Forced closed",
    means: "Held closed by an operator: the LLM is asked, whatever fails.",
  },
};

function state_word(state) {
  return Object.hasOwn(states, state) ? states[state].word : state ? words(state) : "Not known";
}

function state_meaning(state) {
  return Object.hasOwn(states, state) ? states[state].means : "";
}

function words(name) {
  return String(name).replace(/_/g, " ");
}

const causes = {
  breaker_open: "the breaker is open",
  half_open_busy: "a probe is under way",
  breaker_forced: "the breaker is forced open",
  llm_not_found: "LLM: model or address not found",
  llm_timeout: "LLM: no answer in time",
  llm_rate_limited: "LLM: rate limited",
  llm_server_error: "LLM: server error",
  llm_auth: "LLM: key refused",
  llm_quota: "LLM: quota used up",
  llm_bad_request: "LLM: request refused",
  llm_unreachable: "LLM: not reachable",
  llm_malformed: "LLM: answer not readable",
  llm_refused: "LLM: declined to answer",
  llm_truncated: "LLM: answer cut off",
  low_confidence: "LLM: confidence too low",
  overloaded: "too many calls open",
  budget_exhausted: "budget used up",
  stale_candle: "the candle is old",
  llm_disabled: "no LLM configured",
  shutting_down: "shutting down",
  consecutive_failures: "failures in a row",
  recovery_due: "the time for a probe has come",
  retry_after: "the LLM asked to wait",
  probe_succeeded: "the probe succeeded",
  probe_failed: "the probe failed",
  lease_expired: "a probe got lost",
  forced: "forced by an operator",
  auto: "given back by an operator",
  reset: "reset by an operator",
  restored: "as restored at the daemon's start",
  trip_now: "opened at once",
};

// "probe_failed:llm_timeout" → "the probe failed (LLM: no answer in time)".
function cause_text(cause) {
  if (cause === null || cause === undefined || cause === "") return "";
  const [first, ...rest] = String(cause).split(":");
  const text = Object.hasOwn(causes, first) ? causes[first] : words(first);
  return rest.length ? `${text} (${cause_text(rest.join(":"))})` : text;
}

const sources = {llm: "LLM", llm_cached: "LLM, earlier answer", fallback: "Fallback"};

function source_text(source) {
  return Object.hasOwn(sources, source) ? sources[source] : source ? words(source) : missing;
}

function plural(count, one, many = `${one}s`) {
  return `${number(count)} ${count === 1 ? one : many}`;
}
