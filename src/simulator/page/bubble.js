// One message as a phone shows it.

import { act } from "./act.js";
import { attachment, extras } from "./attachment.js";
import { h, icon, iconButton, safeAddress } from "./dom.js";
import { formatted, time } from "./format.js";
import { openCart, openChanges, openContact, openFlow, openLocation, openReactions } from "./gestures.js";
import { openSheet } from "./sheet.js";

const FACES = { call: "call", copy: "copy", flow: "flow", link: "link", pay: "pay", product: "cart", share: "person" };

/** The bubble of a message; `quoted` is the message it answers to, `compose` the phone's composer. */
export function bubble(message, quoted, compose) {
  const side = message.from_business ? "theirs" : "own";
  const who = message.from_business ? "Business" : "Customer";
  const fullText = message.text ?? "";
  const node = h("article", { class: `bubble ${side} ${message.kind}`, "aria-label": `${who}, ${time(message.at)}` },
    quoted !== undefined && quote(quoted),
    message.media && attachment(message.media, message.header),
    message.header && message.media?.kind !== "document" && h("p", { class: "heading" }, message.header),
    extras(message),
    message.deleted && h("p", { class: "gone" }, message.from_business ? "This message was deleted" : "You deleted this message"),
    showsText(message) && h("p", { class: "text" }, formatted(fullText)),
    message.footer && h("p", { class: "footer" }, message.footer),
    h("p", { class: "stamp" }, h("time", { datetime: new Date(message.at).toISOString() }, time(message.at)),
      !message.from_business && ticks(message)),
    reaction(message.reaction ?? message.own_reaction));
  const choices = buttons(message, compose.who);
  return h("div", { class: `turn ${side}` },
    h("div", { class: "line" }, h("div", { class: "stack" }, node, choices), tools(message, compose)),
    message.cards.length > 0 && carousel(message, compose.who));
}

/** The text of places and people stands in their cards. */
function showsText(message) {
  return message.text && !["location", "contacts"].includes(message.kind);
}

function reaction(emoji) {
  return emoji && h("span", { class: "reaction", role: "img", "aria-label": `Reaction ${emoji}` }, emoji);
}

function quote(message) {
  const words = message ? message.text || message.header || message.kind : "A message that is not on this phone";
  return h("blockquote", {}, h("strong", {}, message?.from_business === false ? "You" : "Business"), h("span", {}, words));
}

function ticks({ read, taken }) {
  const [name, label] = read ? ["ticks", "Read"] : taken ? ["ticks", "Delivered"] : ["tick", "Sent"];
  return h("span", { class: `ticks ${read ? "read" : ""}`, role: "img", "aria-label": label, title: label }, icon(name));
}

function tools(message, compose) {
  if (message.deleted) return null;
  return h("div", { class: "tools" },
    message.from_business ? iconButton("react", "React", () => openReactions(compose.who, message))
      : iconButton("more", "Edit or delete", () => openChanges(compose.who, message)),
    iconButton("reply", "Reply", () => compose.quote(message)));
}

function buttons(message, who) {
  if (message.menu && message.buttons.some(({ kind }) => kind === "row")) {
    return h("div", { class: "choices" }, h("button", { type: "button", on: { click: () => openList(message, who) } },
      icon("list"), message.menu));
  }
  const several = message.buttons.length > 1 && message.buttons.every(({ kind }) => kind === "product");
  if (several) {
    return h("div", { class: "choices" }, h("button", { type: "button", on: { click: () => openCart(who, message, message.buttons) } },
      icon("cart"), "View items"));
  }
  const shown = message.buttons.map((button) => choice(button, message, who));
  return shown.length > 0 && h("div", { class: "choices" }, shown);
}

/** One button below a bubble or a card. */
function choice(button, message, who) {
  const face = FACES[button.kind];
  const words = [face && icon(face), h("span", {}, button.title)];
  const href = button.kind === "link" && safeAddress(button.id);
  if (href) return h("a", { href, target: "_blank", rel: "noopener noreferrer", title: button.id }, words);
  const made = h("button", { type: "button", title: button.kind === "link" ? button.id : null }, words);
  made.addEventListener("click", () => press(button, message, who, made));
  return made;
}

async function press(button, message, who, made) {
  switch (button.kind) {
    case "reply":
    case "quick_reply":
      made.disabled = true;
      await act("tap", { ...who, id: button.id, reply_to: message.id });
      made.disabled = false;
      made.focus();
      return;
    case "copy":
      await navigator.clipboard.writeText(button.id);
      made.lastChild.textContent = "Copied";
      return;
    case "flow":
      openFlow(who, message, button);
      return;
    case "product":
      if (button.id) openCart(who, message, [button]);
      else note(button);
      return;
    case "share":
      if (message.content?.type === "location_request_message") openLocation(who, message.id);
      else if (/contact/i.test(button.title)) openContact(who, message.id);
      else note(button);
      return;
    default:
      note(button);
  }
}

const NOTES = {
  call: "Here the phone would call the business. Calls are not simulated.",
  link: "This address is none that a browser may open.",
  pay: "Here the phone would open the order and the ways to pay. Payments are not simulated.",
  product: "Here the phone would open the product in the catalog.",
  share: "Here the phone would ask the customer what to share.",
};

function note(button) {
  openSheet(button.title, () => [
    h("p", {}, NOTES[button.kind] ?? "What this button opens is not simulated."),
    button.id && h("p", { class: "value" }, h("code", {}, button.id)),
  ]);
}

/** The rows of a list by their sections. */
function inSections(buttons, item) {
  const sections = new Map();
  for (const button of buttons) {
    const title = button.section ?? "";
    sections.set(title, [...(sections.get(title) ?? []), item(button)]);
  }
  return [...sections].map(([title, items]) => [title && h("h3", {}, title), h("ul", { class: "rows" }, items)]);
}

function openList(message, who) {
  openSheet(message.menu, (close) => inSections(message.buttons, (row) => {
    const pick = async () => {
      if (await act("pick", { ...who, id: row.id, reply_to: message.id })) close();
    };
    return h("li", {}, h("button", { type: "button", on: { click: pick } }, h("strong", {}, row.title),
      row.description && h("span", {}, row.description)));
  }));
}

function carousel(message, who) {
  return h("ul", { class: "cards", "aria-label": "Cards", tabindex: "0" }, message.cards.map((card) => h("li", {},
    card.media && attachment(card.media, card.header),
    h("div", { class: "words" }, card.header && h("p", { class: "heading" }, card.header),
      card.text && h("p", { class: "text" }, formatted(card.text))),
    card.buttons.length > 0 && h("div", { class: "choices" }, card.buttons.map((button) => choice(button, message, who))))));
}

