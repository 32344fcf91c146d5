// Adds the visitor's own clock time to a session in another zone. Nothing about the zone leaves the browser.

for (const time of document.querySelectorAll("time[data-your-time]")) {
  const place = time.nextElementSibling;
  const language = document.documentElement.lang;
  const starts = new Date(time.dateTime);
  const ends = new Date(time.dataset.ends);
  // The page counts to 24; so does the time beside it.
  const parts = { weekday: "long", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const here = new Intl.DateTimeFormat(language, parts);
  const there = new Intl.DateTimeFormat(language, { ...parts, timeZone: time.dataset.zone });
  if (here.format(starts) !== there.format(starts)) {
    place.textContent = time.dataset.yourTime.replace("{}", here.formatRange(starts, ends));
    place.hidden = false;
  }
}
