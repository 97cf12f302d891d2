// Keyboard shortcuts and small comforts; every page works without them.
const isTyping = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
const rows = () => [...document.querySelectorAll("table.list tbody tr[data-href]")];
const isOff = document.documentElement.dataset.shortcuts === "off";
let waiting = "";

function select(step) {
  const all = rows();
  if (!all.length) return;
  const here = all.findIndex((row) => row.classList.contains("is-selected"));
  const next = Math.min(Math.max(here + step, 0), all.length - 1);
  all.forEach((row, index) => row.classList.toggle("is-selected", index === next));
  const link = all[next].querySelector("a");
  if (link) link.focus();
}

const single = {
  "/": () => document.getElementById("global-search")?.focus(),
  j: () => select(1),
  k: () => select(-1),
  x: () => document.querySelector("tr.is-selected input[type=checkbox]")?.click(),
  c: () => document.querySelector("[data-comment]")?.focus(),
  n: () => document.querySelector("[data-next]")?.click(),
  "?": () => document.getElementById("shortcuts")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (isOff || event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (waiting === "g" && event.key === "i") {
    waiting = "";
    document.querySelector("[data-inbox]")?.click();
    return;
  }
  waiting = event.key === "g" ? "g" : "";
  const action = single[event.key];
  if (action) {
    event.preventDefault();
    action();
  }
});

document.querySelector("#errors, .error-summary")?.focus();

// On a telephone the menu is one line that scrolls: where the reader is stays in sight.
const menu = document.querySelector(".sidemenu");
const entry = menu?.querySelector("[aria-current]");
if (entry) menu.scrollLeft = entry.offsetLeft - menu.offsetLeft - (menu.clientWidth - entry.offsetWidth) / 2;
