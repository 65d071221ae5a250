// Sheets that slide over the page: lists, forms, notes. Escape and a tap beside them close them.

import { h, iconButton } from "./dom.js";

/** Opens a sheet. `fill(close)` makes what is on it. */
export function openSheet(title, fill) {
  const close = () => sheet.close();
  const heading = `sheet-${Date.now()}`;
  const sheet = h("dialog", { class: "sheet", "aria-labelledby": heading, on: { close: () => sheet.remove() } },
    h("header", {}, h("h2", { id: heading }, title), iconButton("close", "Close", close)),
    h("div", { class: "within" }, fill(close)));
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet) close();
  });
  document.body.append(sheet);
  sheet.showModal();
  return sheet;
}

/** A form on a sheet: `fields` are `[name, label, attributes]`; `done(values)` is told whether to close. */
export function openForm(title, fields, submit, done, note) {
  return openSheet(title, (close) => {
    const inputs = fields.map(([name, label, attributes = {}]) => {
      const input = h(attributes.rows ? "textarea" : "input", { name, autocomplete: "off", ...attributes });
      return h("label", {}, h("span", {}, label), input);
    });
    const form = h("form", { class: "fields", method: "dialog" }, note && h("p", { class: "note" }, note), inputs,
      h("button", { type: "submit", class: "primary" }, submit));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (await done(Object.fromEntries(new FormData(form)))) close();
    });
    return form;
  });
}
