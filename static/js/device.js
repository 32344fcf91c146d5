// What somebody lets this device keep, and lets it take off again: help lines and guides to read without a network.
// Nothing is kept before a button is pressed.

const box = document.querySelector("[data-keep]");

function show(state) {
  for (const part of box.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== state;
}

async function current() {
  const found = await navigator.serviceWorker.getRegistration("/");
  return found?.active ? "kept" : "not-kept";
}

async function keep() {
  show("working");
  const registration = await navigator.serviceWorker.register(box.dataset.keep, { scope: "/" });
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  await new Promise((resolve, reject) => {
    const look = () => {
      if (worker.state === "activated") resolve();
      if (worker.state === "redundant") reject(new Error("not kept"));
    };
    worker.addEventListener("statechange", look);
    look();
  });
}

async function forget() {
  const registration = await navigator.serviceWorker.getRegistration("/");
  await registration?.unregister();
  for (const name of await caches.keys()) await caches.delete(name);
}

function act(name, work) {
  for (const button of box.querySelectorAll(`[data-act="${name}"]`)) {
    button.addEventListener("click", () => work().then(current, () => "failed").then(show));
  }
}

if (box && "serviceWorker" in navigator) {
  act("keep", keep);
  act("forget", forget);
  current().then(show, () => show("failed"));
}
