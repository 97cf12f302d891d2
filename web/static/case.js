// The case page: keeps what is typed as a draft now and then, marks which part of the page is in view, keeps what can be done in sight.
const PAUSE = 2000;

for (const form of document.querySelectorAll("form[data-kept-at]")) {
  const status = form.querySelector("[data-draft-status]");
  let waiting = 0;
  let sending = null;

  const keep = async () => {
    const typed = new FormData(form);
    for (const file of form.querySelectorAll("input[type=file]")) typed.delete(file.name); // kept when the form is sent or saved
    sending = new AbortController();
    try {
      const answer = await fetch(form.dataset.keptAt, {
        method: "POST", body: typed, headers: { Accept: "application/json" }, signal: sending.signal, redirect: "error",
      });
      if (!answer.ok) throw new Error(String(answer.status));
      status.textContent = (await answer.json()).text;
    } catch (error) {
      if (error.name !== "AbortError") status.textContent = form.dataset.notKept;
    }
  };

  form.addEventListener("input", () => {
    // Said at once: when the form is sent, the draft goes with it, also one that is still on its way.
    if (!form.querySelector("input[name=draft]")) {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "draft", value: "yes" }));
    }
    clearTimeout(waiting);
    waiting = setTimeout(keep, PAUSE);
  });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    sending?.abort();
  });
}

const tabs = document.querySelector("[data-sections]");
if (tabs) {
  const links = [...tabs.querySelectorAll("a")];
  const parts = links.map((link) => document.getElementById(link.hash.slice(1)));
  const mark = () => {
    const line = tabs.getBoundingClientRect().bottom + 80;
    const atEnd = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 4;
    const asked = parts.findIndex((part) => part && `#${part.id}` === location.hash);
    let here = parts.findLastIndex((part) => part && part.getBoundingClientRect().top <= line);
    if (window.scrollY < 8) here = 0;
    else if (atEnd) here = asked > here ? asked : parts.length - 1;
    links.forEach((link, index) => {
      if (index === Math.max(here, 0)) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  };
  tabs.classList.add("is-live");
  let isAsked = false;
  const soon = () => {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => { isAsked = false; mark(); });
  };
  addEventListener("scroll", soon, { passive: true });
  addEventListener("hashchange", soon);
  mark();
}

// What can be done stays in sight while the page is scrolled; where it is taller than the window, its end stays in sight instead.
const decision = document.querySelector("#decision");
if (decision) {
  decision.classList.add("is-measured");
  new ResizeObserver(() => decision.style.setProperty("--height", `${decision.offsetHeight}px`)).observe(decision);
}
