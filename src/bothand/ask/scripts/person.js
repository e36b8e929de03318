// The guide for one person. Choosing adds to the person's own page; it takes no way, no word and no offer from anyone.
const mine = { values: [], options: [] };
let hope = "";

// The ticked boxes of one name, by their words.
const ticked = (name) => all(`input[name="${name}"]:checked`).map((field) => one(".name", field.closest("label")).textContent);
const written = (id) => one(`#${id}`).value.trim();
const question = (id) => one(`label[for="${id}"]`).textContent;

// Pairs of two chosen ways come up; all others stay where they were.
function bring() {
  const keys = mine.options.map((option) => option.key);
  const home = one("#pairs");
  for (const pair of all("[data-pair]")) {
    const chosen = pair.dataset.pair.split(" ").every((key) => keys.includes(key));
    if (chosen) one("#pairs-mine").append(pair);
    else if (pair.parentElement !== home) home.append(pair);
  }
  one("#pairs-none").hidden = one("#pairs-mine").children.length > 0;
}

function part(head, lines, tag = "ul") {
  if (!lines.length) return [];
  const list = made(tag);
  list.append(...lines.map((line) => made("li", line)));
  return [made("h3", head), list];
}

function paragraphs(id) {
  return written(id) ? [made("h3", question(id)), made("p", written(id))] : [];
}

// Writes the person's page anew from what stands on the screen.
function write() {
  const both = one("#want-both").checked ? [word("both")] : [];
  const lets = all('input[name="pair"]:checked').map((field) => {
    const pair = field.closest("[data-pair]");
    return `${one("h3", pair).textContent.trim()}: ${one(".change", pair).textContent}`;
  });
  const steps = [...ticked("step"), ...(written("step-own") ? [written("step-own")] : [])];
  const parts = [
    ...part(word("matters"), mine.values.map((value) => value.label), "ol"),
    ...both.map((text) => made("p", text)),
    ...part(word("about"), ticked("drug")),
    ...part(word("change"), mine.options.map((option) => option.label), "ol"),
    ...part(word("lets"), lets),
    ...part(word("steps"), steps),
    ...(steps.length ? [made("p", word("counts"))] : []),
    ...["words-want", "words-small", "words-who", "words-hard", "words-day"].flatMap(paragraphs),
  ];
  one("#sheet-text").replaceChildren(...(parts.length ? parts : [made("p", word("nothing"))]));
  one("#hope-mine").textContent = written("words-want") || mine.options.map((option) => option.label).join(", ");
}

// The helper's hope leaves the screen when it is sealed, and comes back only beside the person's own.
function seal() {
  hope = written("hope");
  one("#hope").value = "";
  one("#hope-open").hidden = true;
  one("#hope-sealed").hidden = false;
  one("#open-hope").hidden = !hope;
  one("#h-matters").scrollIntoView();
  tell(word("sealed"));
}

function openHope() {
  write();
  one("#hope-theirs").textContent = hope;
  one("#hopes").hidden = false;
  one("#open-hope").hidden = true;
}

function begin() {
  hope = "";
  for (const id of ["#hope-sealed", "#hopes", "#open-hope"]) one(id).hidden = true;
  one("#hope-open").hidden = false;
  for (const id of ["#hope-mine", "#hope-theirs"]) one(id).textContent = "";
  all("details").forEach((fold) => { fold.open = false; });
  bring();
  write();
}

ordered("values", (chosen) => { mine.values = chosen; write(); });
ordered("options", (chosen) => { mine.options = chosen; bring(); write(); });
document.addEventListener("change", write);
document.addEventListener("input", write);
one("#seal").addEventListener("click", seal);
one("#open-hope").addEventListener("click", openHope);
one("#print-mine").addEventListener("click", () => { document.body.dataset.print = "mine"; print(); });
one("#print-all").addEventListener("click", () => print());
onWipe(begin);
begin();
