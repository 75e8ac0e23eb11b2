// A browser on a leash: reads {"do", …} as lines of JSON, answers each with one line.
const fs = require("fs");
const readline = require("readline");
const {chromium} = require("playwright-core");

const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
let browser;
let context;
let page;
let errors = [];

const commands = {
  async open({url, width, height, dark, phone, still, ahead}) {
    await context?.close();
    errors = [];
    context = await browser.newContext({
      viewport: {width, height},
      colorScheme: dark ? "dark" : "light",
      isMobile: phone,
      hasTouch: phone,
      deviceScaleFactor: phone ? 2 : 1,
      reducedMotion: still ? "reduce" : "no-preference",
    });
    context.setDefaultTimeout(5000);
    page = await context.newPage();
    page.on("console", (x) => x.type() === "error" && errors.push(`${x.text()} (${x.location().url})`));
    page.on("pageerror", (x) => errors.push(`uncaught: ${x.stack}`));
    await page.addInitScript(() => {
      window.violations = [];
      addEventListener("securitypolicyviolation", (e) =>
        window.violations.push(`${e.violatedDirective}: ${e.blockedURI}`)
      );
    });
    if (ahead)
      await page.addInitScript((ms) => {
        const now = Date.now;
        Date.now = () => now() + ms;
      }, ahead);
    await page.goto(url, {waitUntil: "load"});
  },
  evaluate: ({script}) => page.evaluate(script),
  // Milliseconds until the expression is true. playwright's own waiting needs an eval
  // in the page, which the page's policy forbids.
  async wait({script, limit}) {
    const began = Date.now();
    while (!(await page.evaluate(script))) {
      if (Date.now() - began > limit * 1000) throw new Error(`not true within ${limit} s`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    return Date.now() - began;
  },
  click: ({selector}) => page.click(selector),
  fill: ({selector, text}) => page.fill(selector, text),
  press: ({key}) => page.keyboard.press(key),
  colours: ({dark}) => page.emulateMedia({colorScheme: dark ? "dark" : "light"}),
  size: ({width, height}) => page.setViewportSize({width, height}),
  async shot({path, full}) {
    // What is out of sight is not drawn, but belongs into the picture of a whole page.
    await page.evaluate(() => {
      [...document.styleSheets].at(-1).insertRule("#entries li { content-visibility: visible !important; }");
      return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    });
    await page.screenshot({path, fullPage: full});
  },
  async axe() {
    await page.evaluate(`${axe}; undefined`);
    const {violations} = await page.evaluate(() => window.axe.run(document, {resultTypes: ["violations"]}));
    return violations
      .filter((x) => ["serious", "critical"].includes(x.impact))
      .map(
        (x) =>
          `${x.id}: ${x.help}: ${x.nodes
            .slice(0, 5)
            .map((n) => `${n.target} ${n.any.map((a) => a.message)}`)
            .join(" | ")}`
      );
  },
  async errors() {
    const seen = [...errors, ...(await page.evaluate(() => window.violations))];
    errors = [];
    await page.evaluate(() => {
      window.violations = [];
    });
    return seen;
  },
};

async function main() {
  browser = await chromium.launch({
    executablePath: process.argv[2],
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  process.stdout.write('{"ok":true}\n');
  for await (const line of readline.createInterface({input: process.stdin})) {
    const command = JSON.parse(line);
    try {
      const value = await commands[command.do](command);
      process.stdout.write(`${JSON.stringify({ok: true, value: value ?? null})}\n`);
    } catch (error) {
      process.stdout.write(`${JSON.stringify({ok: false, error: String(error.message)})}\n`);
    }
  }
  await browser.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
