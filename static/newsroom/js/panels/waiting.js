// Texts that wait in this browser are sent to the desk. Those that it takes are dropped here.

import { post } from "../asking.js";
import * as pocket from "./pocket.js";

const LONGEST = 30 * 24 * 3600 * 1000; // milliseconds that a text waits here

// Sends what `user` left in pages that `isLeft` says yes to. Returns whether the desk keeps any of it now; what it
// refuses is given to `refused`, and waits on.
export async function sendWaiting(user, { isLeft = () => true, refused = () => {}, options = () => ({}) } = {}) {
  let isMore = false;
  for (const [name, entry] of pocket.all(user)) {
    if (!isLeft(name)) continue;
    if (Date.now() - entry.at > LONGEST) {
      pocket.drop(user, name);
      continue;
    }
    const fields = new URLSearchParams(entry.fields);
    fields.set("left_behind", entry.since);
    fields.set("turn", entry.turn ?? 0);
    try {
      const answer = await post(entry.address, fields, options());
      if (answer.ok) {
        isMore = (await answer.json()).kept || isMore;
        pocket.drop(user, name, entry);
      } else if (answer.status < 500) refused(name, fields);
    } catch { /* it waits for the next time */ }
  }
  return isMore;
}
