// Reads a calendar with ical.js, the engine of Thunderbird, for Node.js.
//
// It takes the folder with `node_modules` as its argument and the calendar from its standard input, and
// writes JSON: each event as ical.js understands it.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const found = createRequire(join(process.argv[2], "package.json")).resolve("ical.js");
const ICAL = (await import(pathToFileURL(found))).default;

const utc = (time) =>
  time.convertToZone(ICAL.Timezone.utcTimezone).toICALString();

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
const events = calendar.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid,
    starts: utc(event.startDate),
    ends: utc(event.endDate),
    title: event.summary,
    is_cancelled: component.getFirstPropertyValue("status") === "CANCELLED",
  };
});
process.stdout.write(JSON.stringify(events));
