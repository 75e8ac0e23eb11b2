// What is known of one pair: the assessment with its factors and reasons.

let shown_facts = "";

function factor_row(name, x) {
  const points = x.available === false ? null : x.points;
  const fill = element("span", {class: points > 0 ? "fill adds" : "fill takes"});
  // A factor gives 25 points at most as the profiles stand; more fills the bar.
  const width = Math.min(50, Math.abs(points || 0) * 2);
  fill.style.width = `${width}%`;
  fill.style.left = `${points > 0 ? 50 : 50 - width}%`;
  return element(
    "tr",
    {},
    element("th", {scope: "row"}, words(name)),
    element("td", {}, score_text(x.value)),
    element(
      "td",
      {class: "points"},
      element("span", {class: "bar", "aria-hidden": "true"}, fill),
      element("span", {class: "amount"}, signed(points))
    ),
    element("td", {}, known(x.weight) ? `× ${number(x.weight, 2)}` : missing)
  );
}

function factor_table(factors) {
  const head = ["factor", "value", "points", "weight"].map((x) => element("th", {scope: "col"}, x));
  return element(
    "table",
    {class: "factors"},
    element(
      "caption",
      {},
      "The fallback's factors: 50 + points = its score; the weights make its confidence"
    ),
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...Object.entries(factors).map(([name, x]) => factor_row(name, x)))
  );
}

function pairs(entries) {
  return element(
    "dl",
    {class: "facts"},
    ...entries.flatMap(([name, text]) => [element("dt", {}, name), element("dd", {}, text)])
  );
}

function call_text(llm) {
  // No question is made of nothing: 0 tokens means that they were not counted.
  const counted = llm.prompt_tokens > 0;
  const about = llm.tokens_estimated ? "about " : "";
  return [
    llm.endpoint,
    llm.model,
    milliseconds(llm.latency_ms),
    plural(llm.attempts, "attempt"),
    `${counted ? `${about}${number(llm.prompt_tokens)} + ${number(llm.completion_tokens)}` : missing} tokens`,
    counted ? about + dollars(llm.cost_usd) : `${missing} cost`,
  ]
    .filter(Boolean)
    .join(" · ");
}

function gauge(final) {
  const fill = element("span", {class: "fill"});
  fill.style.width = `${Math.min(100, Math.max(0, final.score))}%`;
  return element("span", {class: "gauge", "aria-hidden": "true"}, fill);
}

// What changes only with a new assessment.
function facts_of(final, now) {
  const word = element("strong", {class: "verdict-word"});
  const kind = row_verdict({final}, now);
  const box = element(
    "div",
    {class: "verdict-box", "data-verdict": kind},
    element(
      "span",
      {class: "big", "aria-label": `Score ${score_text(final.score)}`},
      score_text(final.score)
    ),
    element(
      "div",
      {},
      element("p", {}, icon(kind), word),
      element("p", {class: "confidence"}, `confidence ${score_text(final.confidence)}`)
    ),
    gauge(final)
  );
  word.textContent = kind === "expired" ? `expired (was: ${final.verdict})` : final.verdict;
  const of_model = final.source !== "fallback";
  return [
    box,
    element("p", {id: "age"}),
    pairs([
      ["Source", source_text(final.source) + (final.cause ? `: ${cause_text(final.cause)}` : "")],
      ["Strategy", final.strategy],
      ["Breaker then", state_word(final.breaker)],
      ["Candle", `opened ${clock_time(final.candle_time, now)}`],
    ]),
    element("h3", {}, of_model ? "What the model says" : "Why"),
    (final.reasons || []).length
      ? element(
          "ul",
          {class: of_model ? "reasons model" : "reasons"},
          ...final.reasons.map((x) => element("li", {}, x))
        )
      : element("p", {class: "empty"}, of_model ? "It gave no reason." : "No factor speaks for or against."),
    ...(final.llm
      ? [
          element(
            "p",
            {class: "hint"},
            `${of_model ? "The call" : "The call that failed"}: ${call_text(final.llm)}`
          ),
        ]
      : []),
    element("h3", {}, "Factors"),
    factor_table(final.factors || {}),
  ];
}

function show_detail(store, now) {
  const row = view.selected && store.rows.get(view.selected);
  say(by_id("detail-title"), row ? `${row.pair} ${row.timeframe}` : "A pair in detail");
  show(by_id("history"), Boolean(row));
  const final = row && row.final;
  const mark = row ? `${row.key} ${row.version} ${row_verdict(row, now)}` : "";
  if (mark !== shown_facts) {
    shown_facts = mark;
    by_id("facts").replaceChildren(
      ...(final
        ? facts_of(final, now)
        : [
            element(
              "p",
              {class: "empty"},
              row ? "The LLM is asked for the first time." : "Choose a pair in the list."
            ),
          ])
    );
  }
  if (!final) return;
  const left = final.valid_until - now;
  say(
    by_id("age"),
    `Issued ${clock_time(final.issued_at, now)}, ${duration(now - final.issued_at)} ago; `
      + (left > 0
        ? `holds for ${countdown(left)} more.`
        : `expired ${duration(-left)} ago: treat it as absent.`)
  );
}
