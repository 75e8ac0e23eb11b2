// What changes the daemon: only with the token, and forcing only after a question.

const action_labels = [
  ["reset", "Reset"],
  ["force_open", "Force open"],
  ["force_closed", "Force closed"],
  ["auto", "Automatic"],
];
const token_name = "riskbreaker-token";

const questions = {
  force_open: (name) => [
    `Force ${name} open?`,
    "The LLM is not asked any more and the fallback answers everything, until somebody sets it back to automatic, after a restart too where a journal is kept.",
    "Force open",
  ],
  force_closed: (name) => [
    `Force ${name} closed?`,
    "The LLM is asked for every candle, however often it fails, until somebody sets it back to automatic. Answers may be late, and calls may cost money.",
    "Force closed",
  ],
};

function message(text, bad) {
  const close = element("button", {type: "button", "aria-label": "Close this message"}, "×");
  const node = element(
    "p",
    {class: bad ? "message bad" : "message"},
    icon(bad ? "block" : "allow"),
    element("span", {}, text),
    close
  );
  close.addEventListener("click", () => node.remove());
  const all = by_id("messages");
  all.append(node);
  while (all.children.length > 3) all.firstElementChild.remove();
  // A failure stays until it is closed.
  if (!bad) setTimeout(() => node.remove(), 8000);
}

// A question in a dialogue; true only for its own button.
function ask([title, text, yes]) {
  const dialog = by_id("confirm");
  say(by_id("confirm-title"), title);
  say(by_id("confirm-text"), text);
  const [no, go] = dialog.querySelectorAll("button");
  say(go, yes);
  return new Promise((resolve) => {
    const end = (answer) => {
      dialog.onclose = no.onclick = go.onclick = null;
      dialog.close();
      resolve(answer);
    };
    dialog.onclose = () => end(false);
    no.onclick = () => end(false);
    go.onclick = () => end(true);
    dialog.showModal();
    no.focus();
  });
}

// What went wrong, and what mends it.
function refusal_text(status, error) {
  const said = error && error.message ? ` The daemon says: ${error.message}` : "";
  switch (status) {
    case 401:
      return `The token was refused. Enter the one that stands as http.token in the daemon's configuration.${said}`;
    case 403:
      return `Refused: the daemon allows nothing to be changed from here.${said}`;
    case 503:
      return `The daemon is busy and did not answer in time; try again in a moment.${said}`;
    case 0:
      return "The daemon is not reachable; nothing was changed as far as this page knows.";
    default:
      return `The daemon refused it (${status}).${said}`;
  }
}

async function post(path, body) {
  const token = sessionStorage.getItem(token_name);
  if (!token) {
    message("Enter the token first, under Operate.", true);
    by_id("token").focus();
    return null;
  }
  const reply = await request(path, {
    method: "POST",
    body: JSON.stringify(body),
    headers: {Authorization: `Bearer ${token}`, "Content-Type": "application/json"},
  });
  if (reply.data && reply.data.ok) return reply.data;
  const errors = reply.data && reply.data.errors ? ` ${reply.data.errors.join("; ")}` : "";
  message(refusal_text(reply.status, reply.data && reply.data.error) + errors, true);
  return null;
}

async function act(name, action) {
  if (questions[action] && !(await ask(questions[action](name)))) return;
  const done = await post("/api/breaker", {strategy: name, action});
  if (done) message(`${name}: done, it is ${state_word(done.state).toLowerCase()} now.`, false);
  refresh();
}

async function reload() {
  const done = await post("/api/reload", {});
  if (!done) return;
  const parts = [...(done.changes || []), ...(done.needs_restart || []).map((x) => `${x} (after a restart)`)];
  message(`Configuration ${done.version}: ${parts.length ? parts.join("; ") : "nothing differs"}.`, false);
  refresh();
}

function show_operate(info) {
  const actions = Boolean(info && info.actions);
  show(by_id("token-form"), actions);
  show(by_id("read-only"), Boolean(info) && !actions);
  const held = sessionStorage.getItem(token_name) !== null;
  show(by_id("forget"), held);
  set(by_id("token"), "placeholder", held ? "one is in use" : "");
  for (const group of document.querySelectorAll(".actions")) show(group, actions);
}

function listen_to_actions(info) {
  by_id("token-form").addEventListener("submit", (e) => {
    e.preventDefault();
    const token = by_id("token").value.trim();
    if (!token) return;
    sessionStorage.setItem(token_name, token);
    by_id("token").value = "";
    show_operate(info());
    message("The token is used from now on, in this tab.", false);
  });
  by_id("forget").addEventListener("click", () => {
    sessionStorage.removeItem(token_name);
    show_operate(info());
  });
  by_id("reload").addEventListener("click", reload);
}
