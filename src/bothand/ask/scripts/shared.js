// What every page that asks can do. Nothing here asks a network or keeps anything: all that a person chose or wrote is
// in the page itself, and goes with it.
document.documentElement.classList.add("live");

const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const word = (name) => one(`[data-word="${name}"]`, one("#words").content).textContent;

// Says something to a screen reader, and to nobody else.
const tell = (text) => { one("#told").textContent = text; };

// An element with a text in it; never markup.
function made(tag, text = "", marks = {}) {
  const element = document.createElement(tag);
  element.textContent = text;
  for (const [name, value] of Object.entries(marks)) element.setAttribute(name, value);
  return element;
}

// Puts the children of an element in an order that chance decides (Fisher and Yates).
function shuffle(parent) {
  const children = [...parent.children];
  for (let last = children.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [children[last], children[other]] = [children[other], children[last]];
  }
  parent.append(...children);
}

const wipes = [];
const onWipe = (action) => wipes.push(action);

// Takes away everything that was chosen or written. A field is replaced by a new one, so that "undo" brings nothing back.
function wipe() {
  for (const field of all("input, textarea, select")) {
    const fresh = field.cloneNode(true);
    if (fresh.type === "checkbox" || fresh.type === "radio") fresh.checked = false;
    else fresh.value = "";
    field.replaceWith(fresh);
  }
  wipes.forEach((action) => action());
}

one("#wipe").addEventListener("click", () => {
  wipe();
  scrollTo(0, 0);
  one("#top").focus();
  tell(word("wiped"));
});
// Leaving is wiping: a "back" of someone else finds an empty page.
addEventListener("pagehide", wipe);

// On paper nothing is folded.
let folded = [];
addEventListener("beforeprint", () => {
  folded = all("details:not([open])");
  folded.forEach((fold) => { fold.open = true; });
});
addEventListener("afterprint", () => {
  folded.forEach((fold) => { fold.open = false; });
  delete document.body.dataset.print;
});
