// Adds the visitor's own clock time to a session in another zone. Nothing about the zone leaves the browser.

for (const time of document.querySelectorAll("time[data-your-time]")) {
  const place = time.nextElementSibling;
  const language = document.documentElement.lang;
  const starts = new Date(time.dateTime);
  const ends = new Date(time.dataset.ends);
  const day = { weekday: "long" };
  // The page counts to 24; so does the time beside it.
  const hour = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const inZone = (moment, parts, timeZone) =>
    new Intl.DateTimeFormat(language, { ...parts, timeZone }).format(moment);
  const words = (timeZone) =>
    `${inZone(starts, day, timeZone)}, ${inZone(starts, hour, timeZone)}–${inZone(ends, hour, timeZone)}`;
  const here = words();
  if (here !== words(time.dataset.zone)) {
    place.textContent = time.dataset.yourTime.replace("{}", here);
    place.hidden = false;
  }
}
