// Shows the next dates while somebody still chooses when a group meets, and says so where a screen reader hears it.
// Without JavaScript the button "Check dates" does the same.

const form = document.querySelector("form[data-preview]");
const status = document.createElement("p");
status.className = "visually-hidden";
status.setAttribute("role", "status");
form.append(status);

const QUIET_MS = 400;
let timer;
let latest = new AbortController();

async function refresh() {
  latest.abort();
  latest = new AbortController();
  const asked = new FormData(form);
  asked.set("go", "fragment");
  try {
    const answer = await fetch(location.href, { method: "POST", body: asked, signal: latest.signal });
    if (answer.ok) show(await answer.text());
  } catch {
    // The line is lost, or a newer question is on its way. The button still works.
  }
}

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const focused = document.activeElement.id;
  for (const part of fresh.querySelectorAll("[data-part]")) {
    form.querySelector(`[data-part="${part.dataset.part}"]`).replaceWith(part);
    const words = part.dataset.say;
    if (words && status.textContent !== words) status.textContent = words;
  }
  if (focused) document.getElementById(focused)?.focus();
}

form.addEventListener("submit", () => {
  clearTimeout(timer);
  latest.abort();
});
form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(refresh, QUIET_MS);
});
// The page comes with the dates of what it shows; only what the browser itself has filled in again is news.
addEventListener("pageshow", (event) => {
  if (event.persisted || performance.getEntriesByType("navigation")[0]?.type === "back_forward") refresh();
});
