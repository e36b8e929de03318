// What three people's answers say, side by side. Nothing is counted up, and no person's answer weighs more.
const data = JSON.parse(one("#asked").textContent);
const ROLES = data.order;
const say = (name, filled = {}) => data.texts[name].replace(/\{(\w+)\}/g, (whole, key) => filled[key] ?? whole);
const up = (text) => text.charAt(0).toUpperCase() + text.slice(1);

const answersTo = (three, key) => ROLES.map((role) => three[role].answers[key] || "");
const differ = (given) => new Set(given).size > 1;
// Yes against no first; then other views that differ; then where someone has none, which is no view against another.
const FAR = ["across", "near", "silent"];
function farOf(given) {
  if (["yes", "no"].every((word) => given.includes(word))) return "across";
  return new Set(given.filter((word) => word && word !== "cannot")).size > 1 ? "near" : "silent";
}
function differing(three) {
  const apart = data.statements.filter((statement) => differ(answersTo(three, statement.key)));
  const at = (far) => apart.filter((statement) => farOf(answersTo(three, statement.key)) === far);
  return FAR.map((far) => ({ far, statements: at(far) })).filter(({ statements }) => statements.length);
}
function stateOf(three, keys) {
  const given = keys.flatMap((key) => answersTo(three, key));
  if (given.every((word) => word === "yes")) return "yes";
  const known = given.filter((word) => word && word !== "cannot");
  if (!known.length) return "unknown";
  return known.every((word) => word === "no") ? "no" : "mixed";
}
function sentencesOf(three, question) {
  const states = question.parts.map((part) => stateOf(three, part.statements));
  const said = question.parts.map((part, at) => part[states[at]]);
  const both = question.both[states.join("_")];
  return both ? [...said, both] : said;
}
// Whoever a no or a partly may trade away, and who said so; where someone says no first.
function tradedBy(three) {
  const no = ({ statement }) => answersTo(three, statement.key).includes("no");
  const found = data.statements.flatMap((statement) => {
    const who = (word) => ROLES.filter((role) => three[role].answers[statement.key] === word).map((role) => data.roles[role]);
    const said = [["say_no", who("no")], ["say_partly", who("partly")]].filter(([, names]) => names.length);
    if (!said.length) return [];
    return [{ statement, said: said.map(([name, names]) => say(name, { who: names.join(", ") })).join(" ") }];
  });
  return [...found.filter(no), ...found.filter((each) => !no(each))];
}
// The choices of a term to which answers that all three share point; none where they settle nothing.
function pointedTo(three, term) {
  let left = term.choices.map((choice) => choice.key);
  for (const statement of data.statements.filter((each) => each.term && each.term.key === term.key)) {
    const given = answersTo(three, statement.key);
    const shared = differ(given) ? null : statement.term[given[0]];
    if (Array.isArray(shared)) left = left.filter((key) => shared.includes(key));
  }
  return left.length < term.choices.length ? left : [];
}
// What would repair a way of running a service to which someone's no or partly points; else nothing.
function repairOf(three, key, choice) {
  const against = data.statements.filter((statement) => statement.term && statement.term.key === key && statement.term.no.includes(choice));
  const found = against.find((statement) => answersTo(three, statement.key).some((word) => word === "no" || word === "partly"));
  return found ? found.term.repair : "";
}
const labelOf = (key, choice) =>
  data.terms.find((term) => term.key === key).choices.find((each) => each.key === choice).label;

// Whether a service can be run on a choice at all.
const canRun = (service, key, choice) => !data.refused.some((no) => no[0] === service && no[1] === key && no[2] === choice);

// The file of terms that 'bothand run --terms' reads; 'holds' says for which services a term is meant.
function tomlOf(label, repaired, services, chosen, day, holds) {
  const plain = label.replace(/[<>\u0000-\u001f\u007f-\u009f]/g, " ").trim() || say("unnamed");
  const quoted = (text) => `"${text.replace(/\\/g, "\\\\").replace(/"/g, '\\"')}"`;
  const lines = [`label = ${quoted(plain)}`, `basis = ${quoted(repaired ? "with repairs" : "as it is run now")}`, `made = ${day}`];
  for (const service of services) {
    const own = Object.entries(chosen).filter(([key, choice]) => holds(service, key) && canRun(service, key, choice));
    if (own.length) lines.push("", `[terms.${service}]`, ...own.map(([key, choice]) => `${key} = ${quoted(choice)}`));
  }
  return lines.join("\n") + "\n";
}
