// Texts with numbered lines: numbers follow what is typed, findings lead to their line, a definition is checked while it is
// typed, and nothing unsaved is lost unasked. Without this, saving and playing do the same.
const WAIT = 600;

const frames = [...document.querySelectorAll(".code-lines[data-prefix]")].map((frame) => ({
  prefix: frame.dataset.prefix, gutter: frame.querySelector(".gutter"), text: frame.querySelector("textarea"),
}));

const number = ({ prefix, gutter, text }) => {
  const lines = Math.max(12, text.value.split("\n").length);
  while (gutter.children.length > lines) gutter.lastElementChild.remove();
  while (gutter.children.length < lines) {
    const line = document.createElement("span");
    line.textContent = gutter.children.length + 1;
    line.id = `${prefix}-${line.textContent}`;
    gutter.append(line);
  }
  text.rows = lines;
};

// A line break keeps the indentation; Tab is left alone, so that the keyboard gets out.
const indent = (event) => {
  const text = event.target;
  if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const before = text.value.slice(0, text.selectionStart);
  const blanks = /^ */.exec(before.slice(before.lastIndexOf("\n") + 1))[0];
  if (blanks && document.execCommand("insertText", false, `\n${blanks}`)) event.preventDefault();
};

const typed = (text, done) => {
  text.addEventListener("input", (event) => { if (!event.isComposing) done(); });
  text.addEventListener("compositionend", done);
};

for (const frame of frames) {
  number(frame);
  typed(frame.text, () => number(frame));
  frame.text.addEventListener("keydown", indent);
}

const goTo = ({ gutter, text }, line) => {
  const start = text.value.split("\n").slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const end = text.value.indexOf("\n", start);
  text.focus({ preventScroll: true });
  text.setSelectionRange(start, end < 0 ? text.value.length : end);
  gutter.children[line - 1]?.scrollIntoView({ block: "center" });
  text.scrollLeft = 0;
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-line]");
  const frame = link && frames.find((one) => link.hash.startsWith(`#${one.prefix}-`));
  if (!frame) return;
  event.preventDefault();
  frame.text.closest("details")?.setAttribute("open", "");
  goTo(frame, Number(link.dataset.line));
});

const mark = ({ gutter }, shown) => {
  for (const line of gutter.children) line.className = "";
  for (const link of shown.querySelectorAll("a[data-line]")) {
    const line = gutter.children[link.dataset.line - 1];
    const kind = link.closest("li")?.className ?? "is-error";
    if (line && line.className !== "is-error") line.className = kind;
  }
};

// The diagram of the last sound text stays beside a text that is not sound at the moment.
const show = (shown, fresh, stale) => {
  const kept = shown.querySelector(".diagram-frame");
  shown.replaceChildren(...fresh.body.childNodes);
  if (kept && !shown.querySelector(".diagram-frame")) {
    if (!kept.classList.contains("is-stale")) kept.classList.add("is-stale");
    const note = document.createElement("p");
    note.className = "quiet";
    note.textContent = stale;
    shown.append(note, kept);
  }
};

const form = document.querySelector("form[data-check]");
if (form) {
  const frame = frames.find((one) => one.text.name === "source");
  const shown = document.getElementById("checked");
  const said = document.querySelector("[data-check-status]");
  const saved = form.querySelector("[data-save-status]");
  const first = new FormData(form);
  let timer = 0;
  let asked = 0;
  let isSent = false;
  const check = async () => {
    asked += 1;
    const mine = asked;
    const body = new FormData();
    body.set("source", frame.text.value);
    const headers = { "X-CSRFToken": form.elements.csrf_token.value };
    const answer = await fetch(form.dataset.check, { method: "POST", body, headers }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== asked) return;
    show(shown, fresh, form.dataset.stale);
    mark(frame, shown);
    said.textContent = shown.querySelector("p")?.textContent ?? "";
  };
  typed(frame.text, () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(check, WAIT);
  });
  const isChanged = () => ["source", "note_en", "note_zh"].some((name) => form.elements[name].value !== first.get(name).replaceAll("\r\n", "\n"));
  form.addEventListener("input", () => { saved.textContent = isChanged() ? form.dataset.unsaved : ""; });
  form.addEventListener("submit", () => { isSent = true; });
  window.addEventListener("beforeunload", (event) => { if (!isSent && isChanged()) event.preventDefault(); });
}
