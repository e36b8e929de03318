// The page: one person's answers are sealed into a file; three files are opened together.
const $ = (id) => document.getElementById(id);
const all = (choice) => [...document.querySelectorAll(choice)];
let files = {}, opened = null;

function make(tag, words = "", more = {}) {
  const made = document.createElement(tag);
  if (words) made.textContent = words;
  Object.entries(more).forEach(([name, value]) => made.setAttribute(name, value));
  return made;
}
const put = (where, ...parts) => where.replaceChildren(...parts);
const tell = (id, ...lines) => put($(id), ...lines.map((line) => make("p", line)));
const programme = () => $("programme").value.trim();
const today = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 10);
const slug = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");

function save(name, text) {
  const link = make("a", "", { download: name });
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
  if (!role) { tell("seal-says", say("none_said")); $("who").scrollIntoView(); return document.querySelector('input[name="role"]').focus(); }
  const content = given(), head = { schema: data.schema, set: data.set, role, programme: programme(), made: today() };
  const blank = data.statements.filter((one) => !content.answers[one.key]).map((one) => one.number);
  const gaps = blank.length ? [say("not_answered", { numbers: blank.join(", ") })] : [];
  const name = ["answers", slug(programme()), role].filter(Boolean).join("-") + ".json";
  if (!sealed) {
    save(name, JSON.stringify({ ...head, open: content }, null, 1));
    return tell("seal-says", say("saved_open", { name }), ...gaps);
  }
  const made = await seal(head, content);
  save(name, JSON.stringify(made.file, null, 1));
  tell("seal-says", say("saved", { name }), ...gaps);
  put($("code"), make("p", $("code").dataset.code), make("p", made.code, { class: "code" }),
    make("p", `${$("code").dataset.mark} ${await markOf(made.file)}`));
}

// ---- three people, together
async function readFiles() {
  const found = {}, faults = [];
  for (const one of $("files").files) {
    let file = null;
    try { file = JSON.parse(await one.text()); } catch { /* told below */ }
    const whole = file && file.schema === data.schema && ROLES.includes(file.role) && (file.sealed || file.open);
    if (!whole) faults.push(say("file_other", { name: one.name }));
    else if (file.set !== data.set) faults.push(say("file_set", { name: one.name }));
    else if (found[file.role]) faults.push(say("file_twice", { who: data.named[file.role] }));
    else found[file.role] = file;
  }
  files = found;
  for (const role of ROLES) {
    const file = files[role];
    $(`code-${role}`).disabled = !(file && file.sealed);
    const mark = file && file.sealed && canSeal() ? await markOf(file) : "";
    const who = data.named[role];
    tell(`in-${role}`, ...(file ? [mark ? say("in_files", { who, mark }) : say("in_unsealed", { who })] : []));
  }
  tell("open-says", ...faults);
}
async function openAll() {
  const missing = ROLES.filter((role) => !files[role]).map((role) => data.named[role]);
  if (missing.length) return tell("open-says", say("files_three", { who: missing.join(", ") }));
  const found = {}, faults = [];
  for (const role of ROLES) {
    const file = files[role], who = data.named[role], code = $(`code-${role}`).value;
    if (file.open) found[role] = file.open;
    else if (!plainCode(code)) faults.push(say("code_missing", { who }));
    else try { found[role] = await unseal(file, code); } catch { faults.push(say("code_wrong", { who })); }
  }
  if (faults.length) return tell("open-says", ...faults);
  tell("open-says");
  opened = found;
  show();
}

// ---- the result
const word = (answer) => (answer ? data.answers[answer] : say("blank"));
const sides = (one) => ROLES.map((role, at) => `${data.roles[role]}: ${word(answersTo(opened, one.key)[at])}`).join(" \u00b7 ");

function differRow(one) {
  const row = make("li"), shown = ROLES.filter((role) => opened[role].shown[one.key]);
  row.append(make("b", `${one.number}. ${one.short}`), " ", make("span", sides(one), { class: "sides" }));
  shown.forEach((role) => row.append(make("span", `${data.roles[role]}: ${opened[role].shown[one.key]}`, { class: "shown" })));
  return row;
}
// A word on the screen, its letter on paper, where three columns stand side by side.
function cell(tag, words, letter, more = {}) {
  const made = make(tag, "", more);
  made.append(make("span", words, { class: "long" }), make("span", letter, { class: "letter", "aria-hidden": "true" }));
  return made;
}
function profile(column) {
  const table = make("table", "", { class: "profile" }), head = make("tr"), body = make("tbody");
  head.append(make("td"), ...ROLES.map((role) => cell("th", data.roles[role], data.letters[role], { scope: "col" })));
  for (const key of column.statements) {
    const one = data.statements.find((each) => each.key === key), answers = answersTo(opened, key);
    const row = make("tr", "", differ(answers) ? { class: "apart" } : {});
    row.append(make("th", `${one.number}. ${one.short}`, { scope: "row" }), ...answers.map((answer) => cell("td", word(answer), data.letters[answer || "blank"])));
    body.append(row);
  }
  const top = make("thead");
  top.append(head);
  table.append(make("caption", column.label), top, body);
  return table;
}
function tradedRow({ one, said }) {
  const row = make("li"), known = make("span", "", { class: "known" });
  row.append(make("b", `${up(one.trades)}.`), " ", make("span", said, { class: "sides" }), " ", make("span", one.repair, { class: "repair" }), " ");
  const term = one.term && data.terms.find((each) => each.key === one.term.key);
  row.append(make("span", term ? `${$("result").dataset.term} ${term.question} ${up(labelOf(term.key, one.term.repair))}.` : one.no_term, { class: term ? "term" : "term no-term" }));
  if (one.not_known) known.textContent = `${$("result").dataset.unknown} ${one.not_known}`;
  one.known.forEach((key, at) => {
    const link = make("a", one.facts[at], { href: `#known-${one.key}-${key}` });
    link.addEventListener("click", () => { $(`k-${one.key}`).open = true; });
    known.append(link, " ");
  });
  row.append(known);
  return row;
}
// Whom, in one sentence; and in another which changes of terms would repair it, each once.
function tradedSaid(traded) {
  if (!traded.length) return say("no_one");
  const terms = traded.map(({ one }) => one.term).filter(Boolean);
  const changes = data.terms.flatMap((term) => {
    const found = terms.find((each) => each.key === term.key);
    return found ? [`${term.question} ${up(labelOf(term.key, found.repair))}.`] : [];
  });
  const people = say("traded", { people: traded.map(({ one }) => one.trades).join("; ") });
  return `${people}\n${changes.length ? say("changes", { changes: changes.join(" ") }) : say("changes_none")}`;
}
function show() {
  const apart = differing(opened), traded = tradedBy(opened);
  $("headline").textContent = apart.length ? say("differ") : say("differ_none");
  put($("differ"), ...apart.map(differRow));
  put($("profile"), ...data.columns.map(profile));
  put($("answers"), ...data.questions.flatMap((question) => [make("h4", question.text),
    ...(question.parts.length ? sentencesOf(opened, question).join(" ") : tradedSaid(traded)).split("\n").map((line) => make("p", line))]));
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
  const words = found.length === 1 ? say("point_one", { choice: labels }) : found.length ? say("point_some", { choices: labels }) : say("point_many");
  const repair = repairOf(opened, term.key, $(`t-${term.key}`).value);
  tell(`p-${term.key}`, words, ...(repair ? [say("repaired", { choice: labelOf(term.key, repair) })] : []));
}
function takeAgreed() {
  data.terms.forEach((term) => {
    const found = pointedTo(opened, term);
    if (found.length === 1) $(`t-${term.key}`).value = found[0];
    pointed(term);
  });
}
function saveTerms(repaired) {
  const services = all('input[name="service"]:checked').map((box) => box.value);
  const now = Object.fromEntries(data.terms.map((term) => [term.key, $(`t-${term.key}`).value]).filter(([, choice]) => choice));
  const repairs = Object.entries(now).map(([key, choice]) => [key, repairOf(opened, key, choice) || choice]);
  if (!services.length || !Object.keys(now).length) return tell("terms-says", say("terms_choose"));
  if (repaired && repairs.every(([key, choice]) => now[key] === choice)) return tell("terms-says", say("terms_nothing"));
  const label = $("named").textContent || programme();
  const name = ["terms", slug(label), repaired ? "repaired" : "now"].filter(Boolean).join("-") + ".toml";
  save(name, tomlOf(label, repaired, services, repaired ? Object.fromEntries(repairs) : now, today()));
  tell("terms-says", say("saved_terms", { name }));
}

// ---- one tap, and nothing is left
function wipe() {
  all("form").forEach((form) => form.reset());
  files = {}; opened = null;
  ["code", "seal-says", "open-says", "terms-says", "differ", "profile", "answers", "traded"].forEach((id) => put($(id)));
  ["headline", "named", "unsealed"].forEach((id) => { $(id).textContent = ""; });
  ROLES.forEach((role) => { put($(`in-${role}`)); $(`code-${role}`).disabled = true; });
  data.terms.forEach((term) => put($(`p-${term.key}`)));
  $("result").hidden = $("terms").hidden = true;
  document.body.classList.remove("opened");
  $("main").focus();
  window.scrollTo(0, 0);
}

if (!canSeal()) { $("sealed").hidden = true; $("no-seal").hidden = false; }
$("seal").addEventListener("click", () => sealMine(true));
$("save-open").addEventListener("click", () => sealMine(false));
$("files").addEventListener("change", readFiles);
$("open").addEventListener("click", openAll);
$("agreed").addEventListener("click", takeAgreed);
data.terms.forEach((term) => $(`t-${term.key}`).addEventListener("change", () => pointed(term)));
$("save-now").addEventListener("click", () => saveTerms(false));
$("save-repaired").addEventListener("click", () => saveTerms(true));
$("print").addEventListener("click", () => window.print());
all(".wipe").forEach((button) => button.addEventListener("click", wipe));
all("form").forEach((form) => form.addEventListener("submit", (event) => event.preventDefault()));
