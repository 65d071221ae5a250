// A customer's phone: the conversation with the business, and what they can do.

import { act } from "./act.js";
import { initials } from "./attachment.js";
import { bubble } from "./bubble.js";
import { Composer } from "./composer.js";
import { h, iconButton, replace } from "./dom.js";
import { day, phoneNumber } from "./format.js";
import { openSettings } from "./gestures.js";

export class Phone {
  constructor(person) {
    this.turns = new Map();
    this.who = { person: person.number, phone: person.phone };
    this.composer = new Composer(this.who);
    this.name = h("h2", {});
    this.number = h("p", { class: "number" }, phoneNumber(person.number));
    this.face = h("span", { class: `face tint-${Number(person.number.slice(-2)) % 6}`, "aria-hidden": "true" });
    this.business = h("strong", {});
    this.state = h("span", { class: "state" });
    this.reads = h("button", { type: "button", class: "reads", hidden: true, on: { click: () => act("read", this.who) } });
    this.log = h("ol", { class: "log", role: "log", tabindex: "0" });
    this.empty = h("p", { class: "empty" }, "Nothing said yet. Write below: the first message opens the 24 hours in which the business may answer freely.");
    this.window = h("p", { class: "window" });
    this.talk = h("div", { class: "talk" }, this.empty, this.log);
    this.stayAtEnd();
    this.root = h("section", { class: "phone", "data-person": person.number },
      h("header", { class: "owner" }, this.face, h("div", {}, this.name, this.number), this.window,
        iconButton("more", "What the customer decides", () => openSettings(this.who, this.person))),
      h("div", { class: "screen" },
        h("header", { class: "chat" }, h("span", { class: "face shop", "aria-hidden": "true" }, "B"),
          h("div", {}, this.business, this.state), this.reads),
        this.talk, this.composer.root));
  }

  update(person, messages) {
    this.person = person;
    this.name.textContent = person.name;
    this.face.textContent = initials(person.name);
    this.root.setAttribute("aria-label", `Phone of ${person.name}`);
    this.log.setAttribute("aria-label", `Conversation of ${person.name}`);
    this.business.textContent = phoneNumber(person.business);
    const stance = person.blocked ? "Blocked" : person.opted_out ? "No marketing" : null;
    this.window.textContent = stance ?? (person.window ? "Window open" : "Window closed");
    this.window.classList.toggle("open", person.window && !stance);
    this.window.title = person.window
      ? "The business may write freely until 24 hours after the customer's last message"
      : "The business can send templates only, until the customer writes";
    this.reads.hidden = person.unread === 0;
    this.reads.textContent = `Read ${person.unread}`;
    this.reads.setAttribute("aria-label", `Mark ${person.unread} as read`);
    this.showTyping(person.typing_until);
    this.showMessages(messages);
  }

  /** The sign goes by itself when nothing follows. */
  showTyping(until) {
    clearTimeout(this.typing);
    const left = Math.min((until ?? 0) - Date.now(), 25_000);
    const isTyping = left > 0;
    this.state.textContent = isTyping ? "typing…" : "Business account";
    this.root.classList.toggle("typing", isTyping);
    if (isTyping) this.typing = setTimeout(() => this.showTyping(null), left);
  }

  /** Whoever looks at the end goes on looking at it when something is added, or a picture takes its room. */
  stayAtEnd() {
    let isAtEnd = true;
    this.talk.addEventListener("scroll", () => {
      isAtEnd = this.talk.scrollHeight - this.talk.scrollTop - this.talk.clientHeight < 80;
    });
    const follow = () => {
      if (isAtEnd) this.talk.scrollTop = this.talk.scrollHeight;
    };
    const watch = new ResizeObserver(follow);
    watch.observe(this.log);
    watch.observe(this.talk);
  }

  showMessages(messages) {
    const byId = new Map(messages.map((message) => [message.id, message]));
    const firstUnread = messages.find((message) => message.from_business && !message.read)?.id;
    const unread = messages.filter((message) => message.from_business && !message.read).length;
    let before = null;
    for (const message of messages) {
      const date = day(message.at);
      const marks = { date: date === before ? null : date, unread: message.id === firstUnread ? unread : 0 };
      before = date;
      this.showTurn(message, marks, byId);
    }
    for (const [id, turn] of this.turns) {
      if (!byId.has(id)) {
        turn.node.remove();
        this.turns.delete(id);
      }
    }
    this.empty.hidden = messages.length > 0;
  }

  showTurn(message, marks, byId) {
    const state = JSON.stringify([message, marks]);
    const old = this.turns.get(message.id);
    if (old?.state === state) return;
    const quoted = message.reply_to ? byId.get(message.reply_to) ?? null : undefined;
    const node = h("li", {}, marks.date && h("p", { class: "day" }, h("span", {}, marks.date)),
      marks.unread > 0 && h("p", { class: "unread" }, h("span", {}, marks.unread === 1 ? "1 unread message" : `${marks.unread} unread messages`)),
      bubble(message, quoted, this.composer));
    if (old) replace(old.node, node);
    else this.log.append(node);
    this.turns.set(message.id, { node, state });
  }
}
