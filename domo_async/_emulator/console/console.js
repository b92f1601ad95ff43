"use strict";

// The token is kept in this tab's session and sent in the header, as any client does it.
const KEY = "domo-developer-token";
const HEADER = "X-DOMO-Developer-Token";
const EVERY = 1000;

const one = (selector) => document.querySelector(selector);
const look = one("#look");
const said = one("#said");
const connection = one("#connection");
const faultForm = one("#fault-form");

let versions = {};
let timer;
let asked = 0;
let queries = 0;

class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function ask(path, { method = "GET", json } = {}) {
  const headers = { [HEADER]: sessionStorage.getItem(KEY) ?? "" };
  if (json !== undefined) headers["Content-Type"] = "application/json";
  const body = json === undefined ? undefined : JSON.stringify(json);
  const response = await fetch(path, { method, headers, body, cache: "no-store" });
  const text = await response.text();
  const content = text ? JSON.parse(text) : null;
  if (!response.ok) throw new Refused(response.status, content?.message ?? response.statusText);
  return content;
}

function say(text, wrong = false) {
  said.textContent = text;
  said.classList.toggle("wrong", wrong);
}

function connected(state, text) {
  connection.className = `connection ${state}`;
  if (connection.textContent !== text) connection.textContent = text;
}

// Rows that stay the same stay in place, so that focus, selection and scrolling do, too.
function show(place, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = [...template.content.children];
  if (!place.matches("tbody")) {
    place.replaceChildren(template.content);
    return;
  }
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  const key = focused?.closest("tr").dataset.key;
  const keys = new Set(fresh.map((row) => row.dataset.key));
  const old = new Map();
  for (const row of [...place.children]) {
    if (row.dataset.key === undefined || !keys.has(row.dataset.key)) row.remove();
    else old.set(row.dataset.key, row);
  }
  let next = place.firstElementChild;
  for (const row of fresh) {
    let kept = old.get(row.dataset.key);
    if (kept && kept.outerHTML !== row.outerHTML) {
      kept.replaceWith(row);
      if (kept === next) next = row;
      kept = row;
    }
    kept ??= row;
    if (kept === next) next = next.nextElementSibling;
    else place.insertBefore(kept, next);
  }
  if (focused && !focused.isConnected) {
    const row = [...place.children].find((each) => each.dataset.key === key);
    const same = row && [...row.querySelectorAll("button")].find((button) => button.name === focused.name);
    (same ?? place.closest(".pane")).focus({ preventScroll: true });
  }
}

function wanted() {
  const data = new FormData(look);
  const query = new URLSearchParams();
  for (const name of ["find", "filter", "status", "chosen", "seen", "pages"]) query.set(name, data.get(name) ?? "");
  return query;
}

async function refresh({ all = true } = {}) {
  clearTimeout(timer);
  if (!sessionStorage.getItem(KEY)) return;
  const number = ++asked;
  const query = wanted();
  for (const [part, version] of Object.entries(versions)) query.append("have", `${part}.${version}`);
  const paused = !all && !one("#live").checked;
  try {
    const parts = await ask(`/emulator/console/parts?${query}`);
    if (number !== asked) return;
    for (const [part, { version, html }] of Object.entries(parts)) {
      if (paused && part.startsWith("requests")) continue;
      versions[part] = version;
      show(one(`[data-part="${part}"]`), html);
    }
    signed(true);
    connected("live", paused ? "Connected, requests on hold" : "Live");
  } catch (error) {
    if (number !== asked) return;
    if (error.status === 401) {
      signOut("This is not a token of this instance.");
      return;
    }
    connected("lost", error.status ? `Refused: ${error.message}` : "No connection");
  }
  if (!document.hidden) timer = setTimeout(refresh, EVERY, { all: false });
}

function signed(isIn) {
  document.body.className = isIn ? "signed-in" : "signed-out";
}

function signIn(token) {
  one("#sign-in-wrong").textContent = "";
  sessionStorage.setItem(KEY, token);
  versions = {};
  return refresh();
}

function signOut(why = "") {
  clearTimeout(timer);
  asked += 1;
  queries += 1;
  sessionStorage.removeItem(KEY);
  versions = {};
  for (const part of document.querySelectorAll("[data-part]")) part.replaceChildren();
  for (const name of ["chosen", "seen", "pages"]) look.elements.namedItem(name).value = "";
  one("#sql").value = "";
  say("");
  signed(false);
  one("#token").value = "";
  one("#token").focus();
  one("#sign-in-wrong").textContent = why;
}

async function run(dataset, sql) {
  const number = ++queries;
  const place = one('[data-part="result"]');
  place.setAttribute("aria-busy", "true");
  try {
    const answer = await ask("/emulator/console/query", { method: "POST", json: { dataset, sql } });
    if (number !== queries) return;
    show(place, answer.html);
    show(one('[data-part="about"]'), answer.about);
    place.scrollTo(0, 0);
    say(answer.said, answer.failed);
  } catch (error) {
    if (number === queries) say(error.message, true);
  } finally {
    if (number === queries) place.removeAttribute("aria-busy");
  }
}

async function choose(dataset) {
  look.elements.namedItem("chosen").value = dataset;
  one("#sql").value = one("#sql").dataset.preview;
  await Promise.all([run(dataset, one("#sql").value), refresh()]);
  one("#rows").scrollIntoView({ block: "nearest" });
}

async function see(request) {
  look.elements.namedItem("seen").value = request;
  await refresh();
  one("#exchange").scrollIntoView({ block: "nearest" });
  say("The bodies of the request are shown.");
}

// Which page of each list is shown.
function turn(to) {
  const pages = look.elements.namedItem("pages");
  const [list] = to.split(":");
  pages.value = [...pages.value.split(",").filter((page) => page && !page.startsWith(`${list}:`)), to].join(",");
  return refresh();
}

function runAgain() {
  const chosen = look.elements.namedItem("chosen").value;
  if (chosen) run(chosen, one("#sql").value);
  else say("Choose a dataset first.", true);
}

// What a kind of fault asks for, and what it is called in requests.
const ASKED = {
  status: { status: "status" },
  throttle: { seconds: "retry_after" },
  delay: { seconds: "delay" },
  stall: { seconds: "delay" },
  drop_before: { bytes: "after_bytes" },
  truncate: { bytes: "after_bytes" },
  wrong_length: { bytes: "extra_bytes" },
  slow: { bytes: "rate" },
};
const NEEDED = ["status", "delay", "rate"];

function fitFaultForm() {
  const fields = faultForm.elements;
  const asked = ASKED[fields.namedItem("kind").value] ?? {};
  for (const name of ["status", "seconds", "bytes"]) {
    fields.namedItem(name).disabled = !(name in asked);
    fields.namedItem(name).required = NEEDED.includes(asked[name]);
  }
}

async function change(path, method, json, done) {
  try {
    await ask(path, { method, json });
    await refresh();
    say(done);
  } catch (error) {
    if (error.status === 401) signOut("This is not a token of this instance.");
    else say(error.message, true);
  }
}

function addFault() {
  const data = Object.fromEntries(new FormData(faultForm));
  const fault = {
    route: data.route.trim(),
    kind: data.kind,
    count: data.count ? Number(data.count) : null,
    skip: Number(data.skip),
    probability: Number(data.probability),
  };
  for (const [field, name] of Object.entries(ASKED[data.kind] ?? {})) {
    if (data[field]) fault[name] = Number(data[field]);
  }
  return change("/emulator/faults", "POST", fault, "The fault is on.");
}

function switchFault(button) {
  const on = button.getAttribute("aria-checked") !== "true";
  const done = `The fault is ${on ? "on" : "off"}.`;
  return change(`/emulator/console/faults/${button.value}`, "POST", { on }, done);
}

function removeFault(button) {
  return change(`/emulator/console/faults/${button.value}`, "DELETE", undefined, "The fault is removed.");
}

document.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { target, submitter } = event;
  if (target.id === "sign-in-form") signIn(target.elements.token.value.trim());
  else if (target === faultForm) addFault();
  else if (submitter?.name === "dataset") choose(submitter.value);
  else if (submitter?.name === "request") see(submitter.value);
  else if (submitter?.name === "go") turn(submitter.value);
  else if (submitter?.name === "run") runAgain();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.id === "sign-out") signOut();
  else if (button?.name === "switch-fault") switchFault(button);
  else if (button?.name === "remove-fault") removeFault(button);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.form !== look) return;
  if (event.target.id === "sql" && (event.ctrlKey || event.metaKey)) runAgain();
  // A filter is at work while it is written; there is nothing to send.
  if (event.target.id === "sql" ? event.ctrlKey || event.metaKey : event.target.matches("input")) event.preventDefault();
});

let typing;
document.addEventListener("input", (event) => {
  if (event.target.id === "live" || event.target.form !== look || event.target.id === "sql") return;
  clearTimeout(typing);
  look.elements.namedItem("pages").value = "";
  typing = setTimeout(refresh, 150);
});

one("#live").addEventListener("change", () => refresh({ all: false }));
faultForm.addEventListener("change", fitFaultForm);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) clearTimeout(timer);
  else refresh({ all: false });
});

// A token in the address is taken out of it at once, and was never sent: browsers keep the part after #.
function takeToken() {
  const given = /^#token=(.+)$/.exec(location.hash);
  if (!given) return false;
  history.replaceState(null, "", location.pathname);
  signIn(decodeURIComponent(given[1]));
  return true;
}

window.addEventListener("hashchange", takeToken);
fitFaultForm();
if (!takeToken()) {
  const sent = look.elements.namedItem("token");
  sent.remove();
  if (sent.value) signIn(sent.value);
  else if (sessionStorage.getItem(KEY)) refresh();
}
if (sessionStorage.getItem(KEY)) signed(true);
