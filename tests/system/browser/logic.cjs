// The files of the dashboard that touch no page, as a browser would run them: one text.
const fs = require("fs");
const path = require("path");

const folder = path.join(__dirname, "../../../app/dashboard/page");
const files = ["text", "clock", "seen", "store", "timeline", "table", "history", "feed"];
const text = files.map((x) => fs.readFileSync(path.join(folder, `${x}.js`), "utf8")).join("");
const names = [...text.matchAll(/^(?:function|class|const) (\w+)/gm)].map((x) => x[1]);

module.exports = new Function(`${text}\nreturn {${names.join(", ")}};`)();
