// The requests of a page to the desk. A session may end, and begin again in another tab: the token follows it.

export const page = JSON.parse(document.querySelector("#writing-page")?.textContent ?? "null"); // of one's writing
const { login, session } = document.querySelector("#logout-form").dataset;

// Nobody is signed in any more, or somebody else is: what was typed here is not theirs.
export class Closed extends Error {
  isClosed = true;
}

const tokens = () => [...document.querySelectorAll("input[name=csrfmiddlewaretoken]")];
const turnedAway = (answer) => answer.type === "opaqueredirect" || answer.status === 403;

async function renew() {
  const answer = await fetch(session, { redirect: "manual" });
  if (turnedAway(answer)) throw new Closed();
  if (!answer.ok) throw new Error(answer.status);
  const { user, token } = await answer.json();
  if (String(user) !== login) throw new Closed();
  for (const field of tokens()) field.value = token;
}

// Resolves to the answer, whatever its status; throws Closed, or the error of the network.
export async function post(address, fields, options = {}) {
  const send = () => fetch(address, {
    method: "POST", body: new URLSearchParams(fields), redirect: "manual",
    headers: { "X-CSRFToken": tokens()[0]?.value ?? "", Accept: "application/json", "X-Requested-With": "fetch" },
    ...options,
  });
  const answer = await send();
  if (!turnedAway(answer)) return answer;
  await renew();
  return send();
}
