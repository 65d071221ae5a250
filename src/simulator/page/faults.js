// The panel on which things are made to go wrong.

import { act } from "./act.js";
import { h } from "./dom.js";

const CODES = [[131056, "too fast for this customer"], [130429, "throughput reached"], [131016, "service unavailable"],
  [190, "token expired"], [131026, "undeliverable"], [131000, "something went wrong"]];

/** What a knob does; one that is not here has its name only. */
const KNOBS = {
  lost_answers: "carried out, then no answer",
  resets_before: "nothing is done, the connection breaks",
  resets_after: "carried out, then the connection breaks",
  server_errors: "131000, 131016, or code 2",
  too_many_requests: "a rate limit, or a bare 429",
  slow_answers: "the answer drips for seconds",
  truncated_answers: "the answer ends in the middle",
  html_errors: "a proxy's page instead of JSON",
  duplicate_webhooks: "posted twice",
  reordered_webhooks: "one overtakes another",
  early_webhooks: "before the answer of the send",
  late_webhooks: "held back for a while",
};

export function faultPanel(business) {
  return [h("h3", {}, "Once"), refusal(business), lostAnswer(business), h("h3", {}, "By chance"), chances(business),
    h("h3", {}, "Clock"), clock()];
}

function refusal({ refusals }) {
  const code = h("input", { name: "code", inputmode: "numeric", pattern: "[0-9]+", required: true, list: "codes", autocomplete: "off", placeholder: "131056" });
  const form = h("form", { class: "line-form" }, h("label", {}, h("span", {}, "Refuse the next request with the code"), code),
    h("datalist", { id: "codes" }, CODES.map(([value, label]) => h("option", { value, label }))),
    h("button", { type: "submit", class: "primary" }, "Refuse"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act("fail_next", { code: Number(code.value) });
  });
  return [form, refusals.length > 0 && h("p", { class: "note" }, `Waiting for requests: ${refusals.join(", ")}`)];
}

function lostAnswer({ lost_answers: lost }) {
  const click = () => act("lose_next_answer");
  return [h("button", { type: "button", class: "plain", on: { click } }, "Take the next message and lose the answer"),
    lost > 0 && h("p", { class: "note" }, `Answers that will be lost: ${lost}`)];
}

function chances({ faults, storm }) {
  const set = (changed) => act("set_faults", { faults: changed });
  const knobs = Object.entries(faults).map(([name, chance]) => {
    const told = h("output", {}, percent(chance));
    const range = h("input", { type: "range", name, min: "0", max: "100", value: Math.round(chance * 100) });
    range.addEventListener("input", () => { told.textContent = percent(range.value / 100); });
    range.addEventListener("change", () => set({ ...faults, [name]: range.value / 100 }));
    const title = name.replaceAll("_", " ").replace(/^html|^./, (letters) => letters.toUpperCase());
    return h("label", { class: "knob" }, h("span", {}, title, KNOBS[name] && h("small", {}, KNOBS[name])), range, told);
  });
  return [h("div", { class: "presets" },
    h("button", { type: "button", class: "plain", on: { click: () => set({}) } }, "Calm"),
    h("button", { type: "button", class: "plain", on: { click: () => set(storm) } }, "Storm")), knobs];
}

function percent(chance) {
  return `${Math.round(chance * 100)} %`;
}

function clock() {
  const steps = [["1 minute", 60], ["1 hour", 3600], ["24 hours", 86400]];
  return [h("p", { class: "note" }, "Put it forward: windows close, addresses of files expire, statuses come due."),
    h("div", { class: "presets" }, steps.map(([title, seconds]) =>
      h("button", { type: "button", class: "plain", on: { click: () => act("advance", { seconds }) } }, `+ ${title}`)))];
}
