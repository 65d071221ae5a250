// Elements, made without HTML: whatever an application sent stays text.

const SVG = "http://www.w3.org/2000/svg";

/** Whether a value is text by itself. An object from somebody's JSON may have a `toString` that breaks whoever asks for its text. */
export function isPlain(value) {
  return typeof value === "string" || typeof value === "number";
}

/** An element. `on` holds listeners, `set` properties; an attribute that is false or nothing is left out, and so is a child that
    is neither plain nor an element. */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else if (name === "set") {
      Object.assign(node, value);
    } else {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  node.append(...children.flat(Infinity).filter((child) => isPlain(child) || child instanceof Node));
  return node;
}

const ICONS = {
  attach: "M12 5v14M5 12h14",
  call: "M5 4h4l1.5 5L8 10.5a12 12 0 0 0 5.5 5.5L15 13.5l5 1.5v4a1.5 1.5 0 0 1-1.5 1.5A15 15 0 0 1 3.5 5.5 1.5 1.5 0 0 1 5 4z",
  cart: "M3 5h2.5l2 10h10l2-7H6.5M9.5 19.5h.01M16 19.5h.01",
  close: "m6 6 12 12M18 6 6 18",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  document: "M7 3h7l4 4v14H7zM14 3v4h4M10 12h5M10 16h5",
  flow: "M5 4h14v16H5zM9 9h6M9 13h6M9 17h3",
  image: "M4 5h16v14H4zM8.5 10h.01M5 18l5-5 3 3 3-3 4 4",
  link: "M9 5H5v14h14v-4M13 5h6v6M19 5l-9 9",
  list: "M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01",
  more: "M12 5.5h.01M12 12h.01M12 18.5h.01",
  pay: "M3 6h18v12H3zM3 10h18M7 15h4",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20a7.5 7.5 0 0 1 15 0",
  pin: "M12 21s7-6.2 7-11.5A7 7 0 0 0 5 9.5C5 14.8 12 21 12 21zM12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  play: "M8 5v14l11-7z",
  react: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9 10h.01M15 10h.01M8.5 14.5a4.5 4.5 0 0 0 7 0",
  reply: "M10 7 5 12l5 5M5 12h9a5 5 0 0 1 5 5v2",
  send: "m4 12 16-7-5 15-3.5-6.5zM11.5 13.5 20 5",
  tick: "m5 13 4 4 9-10",
  ticks: "m2 13 4 4 8-10M10.5 16l1 1 9-10",
};

/** A drawing that says nothing to a screen reader: what stands beside it does. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon icon-${name}`);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button with a drawing for its face. */
export function iconButton(name, label, click, attributes = {}) {
  return h("button", { type: "button", class: "round", "aria-label": label, title: label, on: { click }, ...attributes },
    icon(name));
}

/** The address when a browser may open it by a tap, else nothing: `javascript:` and its like stay text. */
export function safeAddress(address) {
  try {
    const url = new URL(address);
    return ["http:", "https:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Puts `fresh` in the place of `old`; what had the focus in one has it in the other. */
export function replace(old, fresh) {
  const focusable = "button, a[href], input, textarea, summary";
  const at = [...old.querySelectorAll(focusable)].indexOf(document.activeElement);
  old.replaceWith(fresh);
  if (at >= 0) fresh.querySelectorAll(focusable)[at]?.focus({ preventScroll: true });
}

/** A button that copies `text`. */
export function copyButton(text, label = "Copy") {
  const button = h("button", { type: "button", class: "copy", on: { click: copy } }, icon("copy"), h("span", {}, label));
  async function copy() {
    await navigator.clipboard.writeText(text);
    button.lastChild.textContent = "Copied";
    setTimeout(() => { button.lastChild.textContent = label; }, 1500);
  }
  return button;
}
