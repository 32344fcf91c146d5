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
