// The page: listens to what happens at the simulator and hands it to the phones and the inspector.

import { act } from "./act.js";
import { h } from "./dom.js";
import { phoneNumber } from "./format.js";
import { Inspector } from "./inspector.js";
import { codeLine, sendLine } from "./panels.js";
import { Phone } from "./phone.js";
import { openForm } from "./sheet.js";

/** Everything the simulator has told, by its key, in order. */
const items = new Map();
const phones = new Map();
const inspector = new Inspector(document.getElementById("inspector"));
const street = document.getElementById("phones");
const live = document.getElementById("live");
const nobody = h("section", { class: "nobody" });
street.append(nobody);

function listen() {
  const source = new EventSource("events");
  source.addEventListener("snapshot", (event) => {
    items.clear();
    apply(event);
  });
  source.addEventListener("change", apply);
  source.addEventListener("open", () => tell("Live", true));
  source.addEventListener("error", () => {
    tell("Connecting again", false);
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  });
}

function apply(event) {
  for (const [key, item] of JSON.parse(event.data)) {
    if (item === null) items.delete(key);
    else items.set(key, item);
  }
  show();
}

function tell(text, isLive) {
  live.textContent = text;
  live.classList.toggle("on", isLive);
}

/** The items whose keys begin with `kind`. */
function all(kind) {
  return [...items].filter(([key]) => key.startsWith(`${kind}/`)).map(([, item]) => item);
}

function show() {
  const business = items.get("business");
  if (!business) return;
  document.getElementById("of").textContent = phoneNumber(business.number);
  const people = all("person");
  const chat = (item) => `${item.number ?? item.person}/${item.phone}`;
  const messages = Map.groupBy(all("message"), chat);
  for (const person of people) {
    const key = chat(person);
    if (!phones.has(key)) {
      const phone = new Phone(person);
      phones.set(key, phone);
      street.append(phone.root);
    }
    phones.get(key).update(person, messages.get(key) ?? []);
  }
  const here = new Set(people.map(chat));
  for (const [key, phone] of phones) {
    if (!here.has(key)) {
      phone.root.remove();
      phones.delete(key);
    }
  }
  greet(people.length === 0, business);
  inspector.update(business, all("request"), all("webhook"), all("template"));
}

/** What to do while there is no customer. */
function greet(isEmpty, business) {
  nobody.hidden = !isEmpty;
  if (!isEmpty || nobody.hasChildNodes()) return;
  nobody.append(h("h2", {}, "Nobody is here yet"),
    h("p", {}, "Customers appear when they write, or when your application writes to them. Add one and say something, or send a first message from a shell:"),
    codeLine(sendLine(business)),
    h("button", { type: "button", class: "primary", on: { click: addCustomer } }, "Add a customer"));
}

function addCustomer() {
  const fields = [
    ["person", "Phone number, with country code", { type: "tel", required: true, placeholder: "+1 415 555 0132" }],
    ["name", "Name on the profile", { placeholder: "Ana" }],
  ];
  openForm("Add a customer", fields, "Add", async (values) => {
    const done = await act("meet", values);
    if (done) setView("phones");
    return done;
  });
}

/** On a narrow screen either the phones or the inspector is shown. */
function setView(view) {
  document.body.dataset.view = view;
  for (const button of document.querySelectorAll("[data-shows]")) {
    button.setAttribute("aria-pressed", String(button.dataset.shows === view));
  }
}

document.getElementById("add").addEventListener("click", addCustomer);
for (const button of document.querySelectorAll("[data-shows]")) {
  button.addEventListener("click", () => setView(button.dataset.shows));
}
listen();
