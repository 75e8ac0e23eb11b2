"use strict";

// Numbers and times as text.

const missing = "–";

// Without an exponent, and with the 15 digits that a double holds for certain:
// 2.5e-8 is 0.000000025.
function plain(x) {
  if (x === null || x === undefined)
    return missing;
  const [mantissa, exponent] = String(Number(x.toPrecision(15))).split("e");
  if (exponent === undefined)
    return mantissa;
  const sign = mantissa.startsWith("-") ? "-" : "";
  const [whole, part = ""] = mantissa.replace("-", "").split(".");
  const digits = whole + part;
  const point = whole.length + Number(exponent);
  if (point <= 0)
    return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length)
    return sign + digits.padEnd(point, "0");
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

function decimals_in(text) {
  const point = text.indexOf(".");
  return point < 0 ? 0 : text.length - point - 1;
}

// As many decimals as given, or all there are if these are fewer.
function rounded(x, decimals) {
  if (x === null || x === undefined)
    return missing;
  const text = plain(x);
  return decimals_in(text) <= decimals ? text : x.toFixed(Math.min(decimals, 100));
}

function signed(x) {
  return x > 0 ? `+${plain(x)}` : plain(x).replace("-", "−");
}

// "2021-11-17 01:00", UTC.
function utc(ms) {
  return new Date(ms).toISOString().slice(0, 16).replace("T", " ");
}

function grouped(x) {
  return String(x).replace(/\B(?=(\d{3})+$)/g, ",");
}

// Round values for an axis: [{v, label}], with as many decimals as tell them apart.
function round_ticks(low, high, most) {
  const span = high - low;
  if (!(span > 0) || !isFinite(span))
    return [];
  const unit = 10 ** Math.floor(Math.log10(span / most));
  const factor = [1, 2, 5, 10].find((x) => span / (unit * x) <= most) || 10;
  const power = Math.floor(Math.log10(unit * factor) + 1e-9);
  const ticks = [];
  // Counted: next to a large price a step may be too small to add.
  const first = Math.ceil(low / (unit * factor));
  for (let i = 0; i <= most; ++i) {
    const v = (first + i) * unit * factor;
    if (v <= high)
      ticks.push({v, label: v.toFixed(Math.min(100, Math.max(0, -power)))});
  }
  return ticks;
}
