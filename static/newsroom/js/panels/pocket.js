// What the desk could not take yet waits in this browser, under the login that typed it, one entry for each page.

const NAME = "desk-text";
const MOST = 12; // entries of one login; the oldest go
const mine = (user) => `${NAME}/${user}/`;
const names = (user) => Object.keys(localStorage).filter((name) => name.startsWith(mine(user)));

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

// Whether the browser has it.
export function put(user, page, entry) {
  const name = mine(user) + page;
  try {
    localStorage.setItem(name, JSON.stringify({ ...entry, at: Date.now() }));
    const others = names(user).filter((other) => other !== name); // clocks are set back: what came last is never the oldest
    others.sort((one, other) => (read(other)?.at ?? 0) - (read(one)?.at ?? 0));
    for (const other of others.slice(MOST - 1)) localStorage.removeItem(other);
    return true;
  } catch {
    return false; // full, or forbidden
  }
}

// With `sent`, only as long as it is what waits there: another tab may have written on meanwhile.
export function drop(user, page, sent) {
  const name = mine(user) + page;
  try {
    if (!sent || read(name)?.fields === sent.fields) localStorage.removeItem(name);
  } catch { /* forbidden: there is nothing */ }
}

export function all(user) {
  try {
    return names(user).map((name) => [name.slice(mine(user).length), read(name)]).filter(([, entry]) => entry);
  } catch {
    return [];
  }
}

export function empty(user) {
  for (const [page] of all(user)) drop(user, page);
}
