// What a customer writes and sends with the phone.

import { act, sendFile } from "./act.js";
import { h, icon, iconButton } from "./dom.js";
import { openAttach } from "./gestures.js";

export class Composer {
  /** `who` is the customer in a chat: `{ person, phone }`. */
  constructor(who) {
    this.who = who;
    this.answersTo = null;
    this.quoted = h("div", { class: "quoted", hidden: true });
    this.field = h("textarea", { name: "text", rows: "1", placeholder: "Message", "aria-label": "Message", autocomplete: "off" });
    this.picker = h("input", { type: "file", hidden: true, "aria-label": "File" });
    this.root = h("form", { class: "composer" }, this.quoted,
      h("div", { class: "row" },
        iconButton("attach", "Send something else", () => openAttach(this.who, (types) => this.pick(types))), this.picker, this.field,
        h("button", { type: "submit", class: "round send", "aria-label": "Send", title: "Send" }, icon("send"))));
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("input", () => this.grow());
    this.picker.addEventListener("change", () => this.sendFile());
  }

  key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.send();
    } else if (event.key === "Escape") {
      this.quote(null);
    }
  }

  grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 120)}px`;
  }

  async send() {
    const text = this.field.value.trim();
    if (!text) return;
    const done = await act("say", { ...this.who, text, reply_to: this.answersTo?.id });
    if (!done) return;
    this.field.value = "";
    this.grow();
    this.quote(null);
  }

  pick(types) {
    this.picker.accept = types;
    this.picker.click();
  }

  async sendFile() {
    const [file] = this.picker.files;
    this.picker.value = "";
    if (!file) return;
    if (await sendFile(this.who, file, this.field.value.trim())) this.field.value = "";
  }

  /** The next message answers to this one; to none when there is none. */
  quote(message) {
    this.answersTo = message;
    this.quoted.hidden = !message;
    if (!message) return;
    this.quoted.replaceChildren(h("p", {}, h("strong", {}, message.from_business ? "Business" : "You"),
      h("span", {}, message.text || message.header || message.kind)), iconButton("close", "Do not answer to it", () => this.quote(null)));
    this.field.focus();
  }
}
