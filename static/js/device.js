// What somebody lets this device do, and lets it stop again: keep help lines and guides to read without a network, and
// show a note when there is an update. Nothing is kept before a button is pressed.

const box = document.querySelector("[data-keep]");

function show(state) {
  for (const part of box.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== state;
}

async function current() {
  if (box.dataset.pushKey) return "PushManager" in window ? "can-push" : "unknown";
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

// Asks the browser where notes for this device go, and tells the site.
async function push() {
  await keep();
  const registration = await navigator.serviceWorker.getRegistration("/");
  const wanted = { userVisibleOnly: true, applicationServerKey: box.dataset.pushKey };
  const { endpoint } = await registration.pushManager.subscribe(wanted);
  const form = box.querySelector("form");
  form.elements.endpoint.value = endpoint;
  form.submit();
  // The next page says how it went.
  await new Promise(() => {});
}

function act(name, work) {
  for (const button of box.querySelectorAll(`[data-act="${name}"]`)) {
    button.addEventListener("click", () => work().then(current, () => "failed").then(show));
  }
}

if (box && "serviceWorker" in navigator) {
  act("keep", keep);
  act("forget", forget);
  act("push", push);
  current().then(show, () => show("failed"));
}
