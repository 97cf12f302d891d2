// The live count of the rows ticked, the box that ticks them all, and a job's page that keeps itself up to date.
const form = document.querySelector("form[data-bulk]");

if (form) {
  const boxes = [...form.querySelectorAll("input[name=item]")];
  const every = form.querySelector("[data-every]");
  const button = form.querySelector("[data-go]");
  const tell = () => {
    const count = boxes.filter((box) => box.checked).length;
    form.querySelector("output").textContent = String(count);
    form.classList.toggle("has-chosen", count > 0);
    button.disabled = count === 0;
    every.checked = count === boxes.length;
    every.indeterminate = count > 0 && count < boxes.length;
  };
  every.addEventListener("change", () => {
    boxes.forEach((box) => { box.checked = every.checked; });
    tell();
  });
  form.addEventListener("change", tell);
  window.addEventListener("pageshow", tell);
  form.querySelectorAll("[data-scripted]").forEach((part) => { part.hidden = false; });
  tell();
}

const SECONDS = 2;

async function follow() {
  const job = document.getElementById("job");
  if (!job || !("working" in job.dataset)) return;
  const answer = await fetch(window.location.href).catch(() => null);
  if (answer?.ok && !answer.redirected) {
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("job");
    if (!job.contains(document.activeElement) || !("working" in fresh.dataset)) job.replaceWith(fresh);
  }
  window.setTimeout(follow, SECONDS * 1000);
}

window.setTimeout(follow, SECONDS * 1000);
