// Files and cards inside a bubble.

import { h, icon, isPlain } from "./dom.js";
import { money, outward, phoneNumber, size } from "./format.js";

/** The picture, film, sound or document of a message. */
export function attachment(media, name) {
  if (media.link) {
    return h("figure", { class: "file away" }, icon(media.kind === "image" ? "image" : "document"),
      h("figcaption", {}, h("strong", {}, `${(media.kind || "file").replace(/^./, (letter) => letter.toUpperCase())} by link`), outward(media.link, media.link),
        h("small", {}, "The simulator fetches nothing from the network.")));
  }
  const src = `media/${encodeURIComponent(media.id)}`;
  const kind = media.mime.split("/")[0];
  if (kind === "image") {
    return h("img", { class: media.kind === "sticker" ? "sticker" : "picture", src, alt: name || media.kind || "Picture" });
  }
  if (kind === "video") {
    return h("video", { class: "picture", src, controls: true, preload: "metadata", "aria-label": "Video" });
  }
  if (kind === "audio") {
    return h("audio", { src, controls: true, preload: "metadata", "aria-label": "Sound" });
  }
  return h("a", { class: "file", href: src, download: name || "document" }, icon("document"),
    h("span", {}, h("strong", {}, name || "Document"), h("small", {}, `${media.mime} · ${size(media.size)}`)));
}

/** What some kinds of message have besides text: places, people, orders. */
export function extras(message) {
  const content = message.content;
  switch (message.kind) {
    case "location": return [place(content ?? {}, message.text)];
    case "contacts": return (content ?? [{ name: { formatted_name: message.text } }]).map(contact);
    case "interactive": return interactive(content ?? {});
    case "template": return templatePlace(content ?? {});
    default: return [];
  }
}

function templatePlace(content) {
  const header = (content.components ?? []).find((part) => part.type?.toLowerCase() === "header");
  const location = header?.parameters?.[0]?.location;
  return location ? [place(location, location.name)] : [];
}

function place(location, text) {
  const { latitude, longitude } = location;
  const where = [latitude, longitude].filter(isPlain).join(", ");
  return h("div", { class: "place" }, h("div", { class: "map" }, icon("pin")),
    h("p", {}, h("strong", {}, location.name || text || where), location.address && h("span", {}, location.address),
      where && h("small", {}, where)));
}

function contact(person) {
  const lines = [
    person.org?.company,
    ...(person.phones ?? []).map((phone) => phone.phone || (phone.wa_id && phoneNumber(phone.wa_id))),
    ...(person.emails ?? []).map((email) => email.email),
  ];
  const name = person.name?.formatted_name ?? "Contact";
  return h("div", { class: "person" }, h("span", { class: "face", "aria-hidden": "true" }, initials(name)),
    h("p", {}, h("strong", {}, name), lines.filter(Boolean).map((line) => h("span", {}, line))));
}

function interactive(content) {
  const parameters = content.action?.parameters ?? {};
  if (content.type === "order_details") return [bill(parameters)];
  if (content.type === "order_status") return [state(parameters)];
  return [];
}

function bill(details) {
  const { order = {}, currency } = details;
  const row = (name, amount, sign = "") =>
    amount && h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, sign + money(amount, currency)));
  const items = (order.items ?? []).map((item) => row(`${item.quantity} × ${item.name}`, item.sale_amount ?? item.amount));
  return h("table", { class: "bill" }, h("caption", {}, `Order ${details.reference_id ?? ""}`), h("tbody", {}, items,
    row("Tax", order.tax), row("Shipping", order.shipping), row("Discount", order.discount, "−"),
    details.total_amount && h("tr", { class: "total" }, h("th", { scope: "row" }, "Total"),
      h("td", {}, money(details.total_amount, currency)))));
}

function state({ reference_id: reference, order, payment }) {
  const words = [order?.status, order?.description, payment?.status].filter(Boolean);
  return h("p", { class: "state" }, h("strong", {}, `Order ${reference ?? ""}`), h("span", {}, words.join(" · ")));
}

export function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return words.slice(0, 2).map((word) => [...word][0].toUpperCase()).join("") || "?";
}
