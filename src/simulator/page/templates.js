// The templates that applications submitted, and their review by hand.

import { act } from "./act.js";
import { h } from "./dom.js";
import { formatted } from "./format.js";
import { badge } from "./panels.js";
import { openSheet } from "./sheet.js";

const REASONS = ["ABUSIVE_CONTENT", "CATEGORY_NOT_AVAILABLE", "INCORRECT_CATEGORY", "INVALID_FORMAT", "PROMOTIONAL", "SCAM", "TAG_CONTENT_MISMATCH"];

const STATES = { APPROVED: "good", PENDING: "idle", ARCHIVED: "idle" };

export function reviewSwitch({ reviews_by_hand: byHand }) {
  const box = h("input", { type: "checkbox", name: "by_hand", set: { checked: byHand } });
  box.addEventListener("change", () => act("review", { by_hand: box.checked }));
  return h("label", { class: "switch" }, box, h("span", {}, "Decide by hand",
    h("small", {}, byHand ? "What is submitted waits for you" : "What is submitted is decided upon by itself")));
}

export function emptyTemplates() {
  return [h("h3", {}, "No templates yet"), h("p", {}, "They appear when your application submits them: POST /{account}/message_templates.")];
}

export function templateRow(template) {
  const { id, name, language, category, status, quality, library, rejected_reason: reason } = template;
  const about = [category, language, library && `from ${library}`, quality !== "UNKNOWN" && `quality ${quality}`, reason !== "NONE" && reason];
  const button = (title, click) => h("button", { type: "button", class: "plain", "aria-label": `${title} ${name} in ${language}`, on: { click } }, title);
  return h("article", { class: "template", "aria-label": `${name} in ${language}` },
    h("header", {}, h("h3", {}, name), badge(status, STATES[status] ?? "bad"),
      h("small", {}, about.filter(Boolean).join(" · "))),
    h("div", { class: "preview" }, preview(template.components)),
    // The first two are always there, so that the focus stays where it was.
    h("div", { class: "presets" }, button("Approve", () => act("approve_template", { id })), button("Reject", () => openReasons(template)),
      status === "APPROVED" && button("Pause", () => act("pause_template", { id }))));
}

function openReasons({ id, name }) {
  openSheet(`Reject ${name}`, (close) => {
    const reject = async (reason) => {
      if (await act("reject_template", { id, reason })) close();
    };
    const words = (reason) => reason.toLowerCase().replaceAll("_", " ").replace(/^./, (letter) => letter.toUpperCase());
    return h("ul", { class: "rows" }, REASONS.map((reason) => h("li", {},
      h("button", { type: "button", on: { click: () => reject(reason) } }, h("strong", {}, words(reason)), h("span", {}, reason)))));
  });
}

/** How the components read, placeholders as they are. */
function preview(components) {
  return components.map((component) => {
    switch (component.type) {
      case "HEADER":
        return h("p", { class: "heading" }, component.text ?? component.format);
      case "BODY":
        return h("p", { class: "text" }, formatted(component.text ?? "The text is Meta's own."));
      case "FOOTER":
        return h("p", { class: "footer" }, component.text ?? "");
      case "BUTTONS":
        return h("ul", { class: "faces" }, (component.buttons ?? []).map(({ text, type }) => h("li", {}, text ?? type)));
      case "CAROUSEL":
        return h("ol", { class: "faces" }, (component.cards ?? []).map((card) => h("li", {}, preview(card.components ?? []))));
      default:
        return h("p", { class: "footer" }, component.type);
    }
  });
}
