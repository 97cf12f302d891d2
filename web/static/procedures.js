// Checks a definition while it is typed: what is wrong, with its line, and the diagram beside it. Saving does the same.
const form = document.querySelector("form[data-check]");
const WAIT = 600;

if (form) {
  const source = form.elements.source;
  const shown = document.getElementById("checked");
  let timer = 0;
  let asked = 0;
  const check = async () => {
    asked += 1;
    const mine = asked;
    const body = new FormData();
    body.set("source", source.value);
    const headers = { "X-CSRFToken": form.elements.csrf_token.value };
    const answer = await fetch(form.dataset.check, { method: "POST", body, headers }).catch(() => null);
    if (!answer?.ok || answer.redirected || mine !== asked) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    shown.replaceChildren(...fresh.body.childNodes);
  };
  source.addEventListener("input", (event) => {
    if (event.isComposing) return;
    window.clearTimeout(timer);
    timer = window.setTimeout(check, WAIT);
  });
  source.addEventListener("compositionend", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(check, WAIT);
  });
}
