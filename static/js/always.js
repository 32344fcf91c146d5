// What every page needs, in one file because each file is one more wait on a slow line.

// Leave now: one click, or Shift three times, empties the page at once and goes somewhere harmless.
// Without JavaScript the same link signs out and redirects by itself.
// And no way back: a personal page that the browser brings back from its memory is emptied and asked for again.

const link = document.querySelector("[data-leave]");
const PRESSES = 3;
const WITHIN_MS = 1500;

function leave() {
  const address = link.href;
  // Emptying comes first: it needs no network, and the person beside you may already be looking.
  document.title = "\u200b";
  document.body.replaceChildren();
  document.documentElement.hidden = true;
  // The sign-out must arrive even if the tab is closed before the next page answers.
  fetch(address, { keepalive: true, redirect: "manual", credentials: "same-origin" }).catch(() => {});
  location.replace(address);
}

if (link) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  const hint = link.querySelector("[data-leave-hint]");
  if (hint) hint.hidden = false;

  let presses = [];
  document.addEventListener("keydown", (event) => {
    if (event.repeat) return;
    if (event.key !== "Shift") {
      presses = [];
      return;
    }
    const now = event.timeStamp;
    presses = [...presses.filter((then) => now - then < WITHIN_MS), now];
    if (presses.length >= PRESSES) leave();
  });
}

// The person may have signed out since the browser put the page away.
addEventListener("pageshow", (event) => {
  if (!event.persisted || !("personal" in document.body.dataset)) return;
  document.documentElement.hidden = true;
  location.reload();
});

// A form is sent once, however often its button is tapped. The button stays in the form, so its value is sent too.

const AGAIN_AFTER_MS = 8000;

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const method = (event.submitter?.getAttribute("formmethod") ?? form.method).toLowerCase();
  if (event.defaultPrevented || method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-disabled", "true");
  // On a lost connection the person must be able to try again without loading the page.
  setTimeout(release, AGAIN_AFTER_MS, form);
});

addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
