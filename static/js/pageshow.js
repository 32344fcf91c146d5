// A personal page that the browser brings back from its memory may show a person who has signed out since.
// It is emptied and asked for again.

addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  document.documentElement.hidden = true;
  location.reload();
});
