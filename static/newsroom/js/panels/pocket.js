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
  try {
    localStorage.setItem(mine(user) + page, JSON.stringify({ ...entry, at: Date.now() }));
    const byAge = names(user).sort((one, other) => (read(other)?.at ?? 0) - (read(one)?.at ?? 0));
    for (const name of byAge.slice(MOST)) localStorage.removeItem(name);
    return true;
  } catch {
    return false; // full, or forbidden
  }
}

export function drop(user, page) {
  try {
    localStorage.removeItem(mine(user) + page);
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
