// The page: one person's answers are sealed into a file; three files are opened together.
const $ = (id) => one(`#${id}`);
let files = {}, opened = null, reading = null;
const excepted = new Set(); // "term service": the services for which a term is not meant

const put = (where, ...parts) => where.replaceChildren(...parts);
const lines = (id, ...told) => put($(id), ...told.map((line) => made("p", line)));
const programme = () => $("programme").value.trim();
const today = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 10);
const slug = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");

function save(name, text) {
  const link = made("a", "", { download: name });
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

// ---- one person, alone
const picked = (name) => (document.querySelector(`input[name="${name}"]:checked`) || {}).value || "";

function given() {
  const answers = {}, shown = {};
  for (const { key } of data.statements) {
    if (picked(`a-${key}`)) answers[key] = picked(`a-${key}`);
    if ($(`how-${key}`).value.trim()) shown[key] = $(`how-${key}`).value.trim();
  }
  return { answers, shown };
}
async function sealMine(sealed) {
  const role = picked("role");
  put($("code"));
  if (!role) { lines("seal-says", say("none_said")); $("who").scrollIntoView(); return document.querySelector('input[name="role"]').focus(); }
  const content = given(), head = { schema: data.schema, set: data.set, role, programme: programme(), made: today() };
  const blank = data.statements.filter((statement) => !content.answers[statement.key]).map((statement) => statement.number);
  const gaps = blank.length ? [say("not_answered", { numbers: blank.join(", ") })] : [];
  const name = ["answers", slug(programme()), role].filter(Boolean).join("-") + ".json";
  if (!sealed) {
    save(name, JSON.stringify({ ...head, open: content }, null, 1));
    return lines("seal-says", say("saved_open", { name }), ...gaps);
  }
  const shut = await seal(head, content);
  save(name, JSON.stringify(shut.file, null, 1));
  lines("seal-says", say("saved", { name }), ...gaps);
  put($("code"), made("p", $("code").dataset.code), made("p", shut.code, { class: "code" }),
    made("p", `${$("code").dataset.mark} ${await markOf(shut.file)}`), made("p", $("code").dataset.why, { class: "note" }));
}

// ---- three people, together
async function readFiles() {
  const found = {}, faults = [];
  for (const chosen of $("files").files) {
    let file = null;
    try { file = JSON.parse(await chosen.text()); } catch { /* told below */ }
    const whole = file && file.schema === data.schema && ROLES.includes(file.role) && (file.sealed || file.open);
    if (!whole) faults.push(say("file_other", { name: chosen.name }));
    else if (file.set !== data.set) faults.push(say("file_set", { name: chosen.name }));
    else if (found[file.role]) faults.push(say("file_twice", { who: data.named[file.role] }));
    else found[file.role] = file;
  }
  files = found;
  for (const role of ROLES) {
    const file = files[role];
    $(`code-${role}`).disabled = !(file && file.sealed);
    const mark = file && file.sealed && canSeal() ? await markOf(file) : "";
    const who = data.named[role];
    lines(`in-${role}`, ...(file ? [mark ? say("in_files", { who, mark }) : say("in_unsealed", { who })] : []));
  }
  lines("open-says", ...faults);
}
async function openAll() {
  await reading;
  const missing = ROLES.filter((role) => !files[role]).map((role) => data.named[role]);
  if (missing.length) return lines("open-says", say("files_three", { who: missing.join(", ") }));
  const found = {}, faults = [];
  for (const role of ROLES) {
    const file = files[role], who = data.named[role], code = $(`code-${role}`).value;
    if (file.open) found[role] = file.open;
    else if (!plainCode(code)) faults.push(say("code_missing", { who }));
    else try { found[role] = await unseal(file, code); } catch { faults.push(say("code_wrong", { who })); }
  }
  if (faults.length) return lines("open-says", ...faults);
  lines("open-says");
  opened = found;
  show();
}

// ---- the result
const answered = (answer) => (answer ? data.answers[answer] : say("blank"));
const sides = (statement) => ROLES.map((role, at) => `${data.roles[role]}: ${answered(answersTo(opened, statement.key)[at])}`).join(" \u00b7 ");

function differRow(statement) {
  const row = made("li"), shown = ROLES.filter((role) => opened[role].shown[statement.key]);
  row.append(made("b", `${statement.number}. ${statement.short}`), " ", made("span", sides(statement), { class: "sides" }));
  shown.forEach((role) => row.append(made("span", `${data.roles[role]}: ${opened[role].shown[statement.key]}`, { class: "shown" })));
  return row;
}
// A word on the screen, its letter on paper, where three columns stand side by side.
function cell(tag, words, letter, more = {}) {
  const found = made(tag, "", more);
  found.append(made("span", words, { class: "long" }), made("span", letter, { class: "letter", "aria-hidden": "true" }));
  return found;
}
function profile(column) {
  const table = made("table", "", { class: "profile" }), head = made("tr"), body = made("tbody");
  head.append(made("td"), ...ROLES.map((role) => cell("th", data.roles[role], data.letters[role], { scope: "col" })));
  for (const key of column.statements) {
    const statement = data.statements.find((each) => each.key === key), answers = answersTo(opened, key);
    const row = made("tr", "", differ(answers) ? { class: "apart" } : {});
    row.append(made("th", `${statement.number}. ${statement.short}`, { scope: "row" }), ...answers.map((answer) => cell("td", answered(answer), data.letters[answer || "blank"])));
    body.append(row);
  }
  const top = made("thead");
  top.append(head);
  table.append(made("caption", column.label), top, body);
  return table;
}
function tradedRow({ statement, said }) {
  const row = made("li"), known = made("span", "", { class: "known" });
  row.append(made("b", `${statement.number}. ${statement.short}`), " ", made("span", said, { class: "sides" }), " ",
    made("span", say("traded", { people: statement.trades })), " ", made("span", `${$("result").dataset.repair} ${statement.repair}`, { class: "repair" }), " ");
  const term = statement.term && data.terms.find((each) => each.key === statement.term.key);
  row.append(made("span", term ? `${$("result").dataset.term} ${term.question} ${up(labelOf(term.key, statement.term.repair))}.` : statement.no_term, { class: term ? "term" : "term no-term" }));
  if (statement.not_known) known.textContent = `${$("result").dataset.unknown} ${statement.not_known}`;
  statement.known.forEach((key, at) => {
    const fact = made("span", `${statement.facts[at]} `), source = $("result").dataset.source;
    const link = made("a", source, { href: `#known-${statement.key}-${key}`, "aria-label": `${source}: ${statement.facts[at]}` });
    link.addEventListener("click", () => { $(`k-${statement.key}`).open = true; });
    fact.append(link);
    known.append(fact, " ");
  });
  row.append(known);
  return row;
}
// Whom: on the screen row by row below, on paper in one sentence; and which changes of terms would repair it, each once.
function tradedSaid(traded) {
  if (!traded.length) return [made("p", say("no_one"))];
  const terms = traded.map(({ statement }) => statement.term).filter(Boolean);
  const changes = data.terms.flatMap((term) => {
    const found = terms.find((each) => each.key === term.key);
    return found ? [made("li", `${term.question} ${up(labelOf(term.key, found.repair))}.`)] : [];
  });
  const people = say("traded", { people: traded.map(({ statement }) => statement.trades).join("; ") });
  const list = made("ul", "", { class: "changes" });
  list.append(...changes);
  return [made("p", people, { class: "on-paper" }), made("p", say(changes.length ? "changes" : "changes_none")), list, made("p", say("below"), { class: "no-print" })];
}
// Statements on which the three stand equally far apart, under words that say how far.
function differGroup({ far, statements }) {
  const list = made("ul", "", { class: "differ" });
  list.append(...statements.map(differRow));
  return [made("h3", say(far)), list];
}
function show() {
  const apart = differing(opened), traded = tradedBy(opened);
  $("headline").textContent = say(!apart.length ? "differ_none" : apart[0].far === "silent" ? "differ_silent" : "differ");
  put($("differ"), ...apart.flatMap(differGroup));
  put($("profile"), ...data.columns.map(profile));
  put($("answers"), ...data.questions.flatMap((question) => [made("h4", question.text),
    ...(question.parts.length ? [made("p", sentencesOf(opened, question).join(" "))] : tradedSaid(traded))]));
  put($("traded"), ...traded.map(tradedRow));
  $("unsealed").textContent = ROLES.some((role) => files[role].open) ? say("not_sealed") : "";
  $("named").textContent = [...new Set(ROLES.map((role) => files[role].programme).filter(Boolean))].join(" / ");
  $("result").hidden = $("terms").hidden = false;
  document.body.classList.add("opened");
  data.terms.forEach((term) => pointed(term));
  $("result").focus();
}

// ---- the file of terms
function pointed(term) {
  const found = pointedTo(opened, term);
  const labels = found.map((choice) => labelOf(term.key, choice)).join(" / ");
  holding(term);
  const words = found.length === 1 ? say("point_one", { choice: labels }) : found.length ? say("point_some", { choices: labels }) : say("point_many");
  const repair = repairOf(opened, term.key, $(`t-${term.key}`).value);
  lines(`p-${term.key}`, words, ...(repair ? [say("repaired", { choice: labelOf(term.key, repair) })] : []));
}
const ticked = () => all('input[name="service"]:checked');
// For which of the ticked services a term is meant: all of them until a box is cleared; those that cannot be run so, by name.
function holding(term) {
  const choice = $(`t-${term.key}`).value, services = choice ? ticked() : [];
  const able = services.filter((box) => canRun(box.value, term.key, choice)), unable = services.filter((box) => !able.includes(box));
  const label = (box) => box.parentElement.textContent.trim();
  put($(`for-${term.key}`), ...(able.length > 1 ? able : []).map((box) => {
    const own = made("input", "", { type: "checkbox", value: box.value }), pick = made("label", "", { class: "pick" });
    own.checked = !excepted.has(`${term.key} ${box.value}`);
    own.addEventListener("change", () => excepted[own.checked ? "delete" : "add"](`${term.key} ${box.value}`));
    pick.append(own, ` ${label(box)}`);
    return pick;
  }));
  $(`h-${term.key}`).hidden = able.length < 2;
  lines(`no-${term.key}`, ...(unable.length ? [say("unable", { services: unable.map(label).join(", ") })] : []));
}
function takeAgreed() {
  data.terms.forEach((term) => {
    const found = pointedTo(opened, term);
    if (found.length === 1) $(`t-${term.key}`).value = found[0];
    pointed(term);
  });
}
function saveTerms(repaired) {
  const services = ticked().map((box) => box.value);
  const now = Object.fromEntries(data.terms.map((term) => [term.key, $(`t-${term.key}`).value]).filter(([, choice]) => choice));
  const repairs = Object.entries(now).map(([key, choice]) => [key, repairOf(opened, key, choice) || choice]);
  if (!services.length || !Object.keys(now).length) return lines("terms-says", say("terms_choose"));
  if (repaired && repairs.every(([key, choice]) => now[key] === choice)) return lines("terms-says", say("terms_nothing"));
  const label = $("named").textContent || programme();
  const name = ["terms", slug(label), repaired ? "repaired" : "now"].filter(Boolean).join("-") + ".toml";
  const holds = (service, key) => !excepted.has(`${key} ${service}`);
  save(name, tomlOf(label, repaired, services, repaired ? Object.fromEntries(repairs) : now, today(), holds));
  lines("terms-says", say("saved_terms", { name }));
}

// ---- one tap, and nothing is left
onWipe(() => {
  files = {}; opened = null; excepted.clear();
  ["code", "seal-says", "open-says", "terms-says", "differ", "profile", "answers", "traded"].forEach((id) => put($(id)));
  ["headline", "named", "unsealed"].forEach((id) => put($(id)));
  ROLES.forEach((role) => { put($(`in-${role}`)); $(`code-${role}`).disabled = true; });
  data.terms.forEach((term) => { put($(`p-${term.key}`)); holding(term); });
  $("result").hidden = $("terms").hidden = true;
  document.body.classList.remove("opened");
});

if (!canSeal()) { $("sealed").hidden = true; $("no-seal").hidden = false; }
$("seal").addEventListener("click", () => sealMine(true));
$("save-open").addEventListener("click", () => sealMine(false));
$("open").addEventListener("click", openAll);
$("agreed").addEventListener("click", takeAgreed);
// Fields are made anew by a wipe: what they do is heard by the page.
document.addEventListener("change", ({ target }) => {
  if (target.id === "files") reading = readFiles();
  const term = data.terms.find((each) => target.id === `t-${each.key}`);
  if (term) pointed(term);
  if (target.name === "service") data.terms.forEach(holding);
});
$("save-now").addEventListener("click", () => saveTerms(false));
$("save-repaired").addEventListener("click", () => saveTerms(true));
$("print").addEventListener("click", () => window.print());
all(".wipe").forEach((button) => button.addEventListener("click", () => $("wipe").click()));
all("form").forEach((form) => form.addEventListener("submit", (event) => event.preventDefault()));
