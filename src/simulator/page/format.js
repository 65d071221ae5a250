// Text as WhatsApp formats it, times, and JSON, as elements.

import { h, safeAddress } from "./dom.js";

const MARKS = { "*": "strong", _: "em", "~": "s" };
const SPAN = /(?<![\p{L}\p{N}])(?:```([^]+?)```|`([^`\n]+)`|([*_~])(\S|\S[^\n]*?\S)\3(?![\p{L}\p{N}])|(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)]))/u;

/** `*bold*`, `_italic_`, `~struck~`, `` `code` ``, ```` ```monospace``` ```` and addresses. */
export function formatted(text) {
  const parts = [];
  let rest = text;
  for (let found = SPAN.exec(rest); found; found = SPAN.exec(rest)) {
    const [all, block, code, mark, marked, address] = found;
    const before = rest.slice(0, found.index);
    parts.push(block === undefined ? before : before.replace(/\n$/, ""));
    if (block !== undefined) parts.push(h("code", { class: "block" }, block));
    else if (code !== undefined) parts.push(h("code", {}, code));
    else if (mark) parts.push(h(MARKS[mark], {}, formatted(marked)));
    else parts.push(outward(address, address));
    rest = rest.slice(found.index + all.length);
    // A block has lines of its own: the breaks around it would be empty ones.
    if (block !== undefined) rest = rest.replace(/^\n/, "");
  }
  return [...parts, rest].filter((part) => part !== "");
}

/** A link that leads away from the page, or its text when a browser may not open it. */
export function outward(address, ...children) {
  const href = safeAddress(address);
  return href ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, children) : h("span", {}, children);
}

export function time(at) {
  return new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

export function exactTime(at) {
  const date = new Date(at);
  const clock = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  return `${clock}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

export function day(at) {
  const [date, today] = [new Date(at), new Date()];
  if (date.toDateString() === today.toDateString()) return "Today";
  today.setDate(today.getDate() - 1);
  if (date.toDateString() === today.toDateString()) return "Yesterday";
  return date.toLocaleDateString([], { day: "numeric", month: "long", year: "numeric" });
}

export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** An amount as orders have it: a whole number and its divisor. */
export function money(amount, currency) {
  const value = amount.value / (amount.offset || 1);
  try {
    return value.toLocaleString([], { style: "currency", currency });
  } catch {
    return `${value.toFixed(2)} ${currency ?? ""}`.trim();
  }
}

export function phoneNumber(digits) {
  const us = /^1(\d{3})(\d{3})(\d{4})$/.exec(digits);
  return us ? `+1 ${us[1]} ${us[2]} ${us[3]}` : `+${digits}`;
}

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** JSON over several lines, with its parts marked. */
export function json(value) {
  const text = JSON.stringify(value, null, 2);
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(TOKEN)) {
    const [all, string, colon] = found;
    parts.push(text.slice(end, found.index));
    end = found.index + all.length;
    if (string && colon) parts.push(h("span", { class: "name" }, string), colon);
    else parts.push(h("span", { class: string ? "string" : "value" }, all));
  }
  return h("pre", { class: "json", tabindex: "0" }, parts, text.slice(end));
}
