"use strict";
// Everything here is a convenience: the pages work without it.

// Narrow a list or table while typing; the form still does the same on the server.
for (const input of document.querySelectorAll("[data-narrows]")) {
  input.addEventListener("input", () => {
    const words = input.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    for (const item of document.querySelectorAll(input.dataset.narrows)) {
      const told = (item.dataset.question || item.dataset.name || item.textContent).toLocaleLowerCase();
      item.hidden = !words.every((word) => told.includes(word));
    }
  });
}

// Copy a field.
for (const button of document.querySelectorAll("[data-copies]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copies);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy");
    }
    const before = button.textContent;
    button.textContent = "✓ " + before;
    setTimeout(() => { button.textContent = before; }, 1500);
  });
}

// Completion in the query editor, from the terms that the page lists.
for (const area of document.querySelectorAll("textarea[data-completes]")) {
  const terms = [...document.getElementById(area.dataset.completes).options].map((option) => [option.value, option.label]);
  const list = document.createElement("ul");
  list.className = "offers";
  list.id = "offers";
  list.setAttribute("role", "listbox");
  list.tabIndex = -1; // a list that scrolls would else be the next stop of Tab, and go as it is reached
  list.setAttribute("aria-label", document.documentElement.lang === "da" ? "Forslag" : "Suggestions");
  list.hidden = true;
  area.after(list);
  let at = 0;
  let start = 0;
  const close = () => { list.hidden = true; area.removeAttribute("aria-activedescendant"); };
  const point = (index) => {
    at = (index + list.children.length) % list.children.length;
    [...list.children].forEach((item, number) => item.setAttribute("aria-selected", String(number === at)));
    area.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  };
  const take = (index) => {
    area.setRangeText(list.children[index].dataset.term, start, area.selectionStart, "end");
    close();
    area.focus();
  };
  const offer = (always) => {
    const before = area.value.slice(0, area.selectionStart);
    const word = /[\p{L}\w-]*:?[\p{L}\w-]*$/u.exec(before)[0];
    if (!always && !word.includes(":")) { close(); return; }
    const sought = word.toLocaleLowerCase();
    const found = terms.filter(([name, label]) => name.toLocaleLowerCase().startsWith(sought) || (always && label.toLocaleLowerCase().includes(sought)))
      .sort(([one], [other]) => Number(other.startsWith(word)) - Number(one.startsWith(word))).slice(0, 30);
    if (!found.length || (found.length === 1 && found[0][0] === word)) { close(); return; }
    start = before.length - word.length;
    list.replaceChildren(...found.map(([name, label], index) => {
      const item = document.createElement("li");
      item.id = "offer-" + index;
      item.setAttribute("role", "option");
      item.dataset.term = name;
      item.textContent = label && label !== name ? name + "  " + label : name;
      item.addEventListener("mousedown", (event) => { event.preventDefault(); take(index); });
      return item;
    }));
    list.hidden = false;
    point(0);
  };
  area.addEventListener("input", () => offer(false));
  area.addEventListener("blur", close);
  area.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === "Enter") { event.preventDefault(); area.form.requestSubmit(); return; }
    if (event.ctrlKey && event.key === " ") { event.preventDefault(); offer(true); return; }
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); point(at + (event.key === "ArrowDown" ? 1 : -1)); }
    else if (event.key === "Enter") { event.preventDefault(); take(at); }
    else if (event.key === "Escape") { event.preventDefault(); close(); }
  });
}
