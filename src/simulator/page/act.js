// What a person does, told to the simulator.

import { h } from "./dom.js";

/** Does something; whether it was done. What went wrong is shown. */
export function act(what, details = {}) {
  return ask("act", JSON.stringify({ act: what, ...details }), "application/json");
}

/** Sends a file of the customer's. */
export function sendFile(who, file, caption) {
  const query = new URLSearchParams({ ...who, name: file.name });
  if (caption) query.set("caption", caption);
  return ask(`file?${query}`, file, file.type || "application/octet-stream");
}

async function ask(path, body, type) {
  try {
    const answer = await fetch(path, { method: "POST", headers: { "Content-Type": type }, body });
    if (answer.ok) return true;
    const problem = await answer.text();
    notify(read(problem));
  } catch {
    notify("The simulator does not answer. Is it still running?");
  }
  return false;
}

function read(answer) {
  try {
    return JSON.parse(answer).problem;
  } catch {
    return answer;
  }
}

let hiding;

/** Shows a line at the edge of the page for a while. */
export function notify(text) {
  const notice = document.getElementById("notice");
  notice.replaceChildren(h("span", {}, text));
  notice.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { notice.hidden = true; }, 6000);
}
