// What is said of one candle. All text goes in as text, never as HTML.

function element(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function pairs(style, entries) {
  return element("dl", {class: style},
                 ...entries.flatMap(([name, text]) => [element("dt", {}, name), element("dd", {}, text)]));
}

function verdict_box(s, i) {
  const verdict = s.verdict[i];
  const absent = verdict === "not_available";
  const words = element("div", {class: "words"}, element("strong", {}, verdicts[verdict]), element("br", {}),
                        `confidence ${plain(s.confidence[i])}`);
  return element("div", {class: `verdict ${verdict}`},
                 element("div", {class: "number", "aria-label": "Score"}, absent ? missing : rounded(s.score[i], 2)),
                 words);
}

function factor_rows(factor, i) {
  const points = factor.points[i];
  const style = points > 0 ? "adds" : points < 0 ? "takes" : "";
  return [
    element("tr", {}, element("td", {}, factor.name.replace("_", " ")),
            element("td", {}, rounded(factor.value[i], 2)),
            element("td", {class: style}, points === null ? missing : signed(points)),
            element("td", {}, plain(factor.weight))),
    element("tr", {class: "reason"}, element("td", {colspan: "4"}, data.reasons[factor.reason[i]])),
  ];
}

function factor_table(s, i) {
  const head = ["factor", "value", "points", "weight"].map((x) => element("th", {scope: "col"}, x));
  return element("table", {}, element("thead", {}, element("tr", {}, ...head)),
                 element("tbody", {}, ...s.factors.flatMap((x) => factor_rows(x, i))));
}

function change(s, i) {
  if (!joined(s, i))
    return missing;
  const percent = (s.close[i] / s.close[i - 1] - 1) * 100;
  return `${percent > 0 ? "+" : ""}${percent.toFixed(2)} %`.replace("-", "−");
}

function show_candle(s, i, decimals) {
  const price = (name) => rounded(s[name][i], decimals + 2);
  document.getElementById("readout").replaceChildren(
    element("h2", {}, `${utc(s.time[i])} UTC`),
    pairs("", [["open", plain(s.open[i])], ["high", plain(s.high[i])],
               ["close", plain(s.close[i])], ["low", plain(s.low[i])]]),
    pairs("long", [["change", change(s, i)], ["volume", plain(s.volume[i])]]),
    verdict_box(s, i),
    element("h3", {}, `50 + points, ${data.profile}, ${data.side}`),
    factor_table(s, i),
    element("h3", {}, "Indicators"),
    pairs("long small", [
      ["upper band", price("bb_upper")], ["middle band", price("bb_middle")], ["lower band", price("bb_lower")],
      ["cloud, span A", price("senkou_a")], ["cloud, span B", price("senkou_b")],
      ["tenkan 9", price("tenkan")], ["kijun 26", price("kijun")],
      ["resistance", price("resistance")], ["support", price("support")],
      ["ATR 14", price("atr14")], ["ADX 14", rounded(s.adx14[i], 1)],
    ]));
}
