// A list that a person puts in an order: what is ticked comes to its end, and goes up, down or out by buttons. Beside
// what is ticked stands its place (by the style: the words of an option stay the same whatever is chosen).
function ordered(name, changed) {
  const source = one(`#${name}`);
  const list = one(`#${name}-mine`);
  const box = one(`#${name}-box`);
  let keys = [];

  const tick = (key) => one(`[data-key="${key}"] input`, source);
  const label = (key) => one(`[data-key="${key}"] .name`, source).textContent;

  function row(key, place) {
    const item = made("li", "", { "data-key": key });
    item.append(made("span", label(key), { class: "name" }));
    for (const act of ["up", "down", "out"]) {
      const button = made("button", word(act), { type: "button", "data-act": act, "aria-label": `${word(act)}: ${label(key)}` });
      button.disabled = (act === "up" && place === 0) || (act === "down" && place === keys.length - 1);
      item.append(button);
    }
    return item;
  }

  function show() {
    list.replaceChildren(...keys.map(row));
    one(".none-yet", box).hidden = keys.length > 0;
    for (const name of all("[data-key] .name", source)) delete name.dataset.place;
    keys.forEach((key, place) => { one(`[data-key="${key}"] .name`, source).dataset.place = `${word("place")} ${place + 1}`; });
    changed(keys.map((key) => ({ key, label: label(key) })));
  }

  function move(key, step) {
    const from = keys.indexOf(key);
    keys.splice(from, 1);
    keys.splice(from + step, 0, key);
    show();
    tell(`${label(key)}: ${word("moved")} ${from + step + 1}`);
    const row = one(`[data-key="${key}"]`, list);
    const button = one(`[data-act="${step < 0 ? "up" : "down"}"]`, row);
    (button.disabled ? one("button:not(:disabled)", row) : button).focus();
  }

  source.addEventListener("change", (event) => {
    const key = event.target.value;
    keys = keys.filter((other) => other !== key);
    if (event.target.checked) keys.push(key);
    show();
  });

  list.addEventListener("click", (event) => {
    const act = event.target.dataset.act;
    const key = event.target.closest("li")?.dataset.key;
    if (act === "up") move(key, -1);
    if (act === "down") move(key, 1);
    if (act === "out") {
      const field = tick(key);
      field.checked = false;
      field.dispatchEvent(new Event("change", { bubbles: true }));
      field.focus();
    }
  });

  function begin() {
    keys = [];
    shuffle(source);
    show();
  }
  onWipe(begin);
  begin();
}
