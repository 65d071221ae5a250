// What a customer does besides writing: forms on sheets.

import { act } from "./act.js";
import { h, icon } from "./dom.js";
import { openForm, openSheet } from "./sheet.js";

const EMOJI = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

/** Choices of a sheet, one below the other: `[drawing, title, click]`. */
function choices(close, entries) {
  return h("ul", { class: "rows choose" }, entries.map(([name, title, click]) => h("li", {},
    h("button", { type: "button", on: { click: () => { close(); click(); } } }, icon(name), h("strong", {}, title)))));
}

/** `who` is the customer in a chat: `{ person, phone }`. */
export function openAttach(who, pickFile) {
  openSheet("Send", (close) => choices(close, [
    ["image", "Picture, film or sound", () => pickFile("image/*,video/*,audio/*")],
    ["document", "Document", () => pickFile("")],
    ["pin", "Location", () => openLocation(who)],
    ["person", "Contact", () => openContact(who)],
  ]));
}

export function openLocation(who, answered) {
  const fields = [
    ["latitude", "Latitude", { inputmode: "decimal", required: true, value: "37.4847" }],
    ["longitude", "Longitude", { inputmode: "decimal", required: true, value: "-122.1484" }],
  ];
  openForm("Share a location", fields, "Share", ({ latitude, longitude }) =>
    act("share_location", { ...who, latitude: Number(latitude), longitude: Number(longitude), reply_to: answered }));
}

export function openContact(who, answered) {
  const fields = [["name", "Name", { required: true }], ["number", "Phone number", { type: "tel", required: true }]];
  openForm("Share a contact", fields, "Share", (contact) => act("share_contact", { ...who, ...contact, reply_to: answered }));
}

export function openReactions(who, message) {
  openSheet("React", (close) => {
    const react = async (emoji) => {
      if (await act("react", { ...who, id: message.id, emoji })) close();
    };
    return h("div", { class: "emoji" }, EMOJI.map((emoji) => h("button", { type: "button", on: { click: () => react(emoji) } }, emoji)),
      message.own_reaction && h("button", { type: "button", class: "plain", on: { click: () => react(null) } }, "Take it back"));
  });
}

/** What a customer can still do to a message of their own. */
export function openChanges(who, message) {
  const edit = () => openForm("Edit", [["text", "Message", { rows: "3", required: true, set: { value: message.text } }]], "Save",
    ({ text }) => act("edit", { ...who, id: message.id, text }));
  openSheet("Your message", (close) => choices(close, [
    ...(message.kind === "text" ? [["reply", "Edit", edit]] : []),
    ["close", "Delete for everyone", () => act("delete", { ...who, id: message.id })],
  ]));
}

/** The form of a flow: what its screens ask is not known here, so the answers are written down. */
export function openFlow(who, message, button) {
  const fields = [["answers", "Answers, one a line", { rows: "4", required: true, placeholder: "pitch = 30" }]];
  const note = "The screens of a flow are not simulated. What is written here reaches the business as they would send it.";
  openForm(button.title, fields, "Submit", ({ answers }) => {
    const pairs = answers.split("\n").filter((line) => line.includes("=")).map((line) => line.split(/=(.*)/s).slice(0, 2).map((part) => part.trim()));
    const token = button.id ? { flow_token: button.id } : {};
    return act("submit_flow", { ...who, answers: { ...token, ...Object.fromEntries(pairs) }, reply_to: message.id });
  }, note);
}

/** A cart for the products of a message. */
export function openCart(who, message, products) {
  const catalog = message.content?.action?.catalog_id ?? "catalog";
  const pieces = products.length === 1 ? "1" : "0";
  const fields = [
    ...products.map((product) => [product.id, `How many of ${product.id}`, { inputmode: "numeric", pattern: "[0-9]+", value: pieces }]),
    [" price", "Price of one", { inputmode: "decimal", value: "10" }], [" currency", "Currency", { value: "USD", maxlength: "3" }],
  ];
  openForm("Your cart", fields, "Order", (values) => {
    const items = products.map(({ id }) => ({ product: id, quantity: Number(values[id]), price: Number(values[" price"]) }));
    return act("order", { ...who, catalog, currency: values[" currency"], items: items.filter(({ quantity }) => quantity > 0) });
  });
}

/** What a customer decides about the business. */
export function openSettings(who, person) {
  openSheet(person.name, (close) => choices(close, [
    ["close", person.blocked ? "Unblock the business" : "Block the business", () => act("block", { ...who, on: !person.blocked })],
    ["list", person.opted_out ? "Take marketing messages again" : "Stop marketing messages", () => act("opt_out", { ...who, on: !person.opted_out })],
  ]));
}
