// What went over the wire, beside the phones.

import { h, replace } from "./dom.js";
import { faultPanel } from "./faults.js";
import { emptyRequests, emptyWebhooks, requestRow, setupPanel, webhookRow } from "./panels.js";
import { emptyTemplates, reviewSwitch, templateRow } from "./templates.js";

const TABS = [["requests", "Requests"], ["webhooks", "Webhooks"], ["templates", "Templates"], ["faults", "Faults"], ["setup", "Set-up"]];

export class Inspector {
  constructor(root) {
    this.tabs = TABS.map(([name, title]) => h("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}`, on: { click: () => this.open(name) } },
      title, h("span", { class: "count", hidden: true })));
    this.panels = TABS.map(([name]) => h("div", { role: "tabpanel", id: `panel-${name}`, "aria-labelledby": `tab-${name}`, tabindex: "0" }));
    // The switch is above the list.
    this.panels[2].append(h("div"));
    this.lists = {
      requests: new Rows(this.panels[0], requestRow, emptyRequests),
      webhooks: new Rows(this.panels[1], webhookRow, emptyWebhooks),
      templates: new Rows(this.panels[2], templateRow, emptyTemplates, "id"),
    };
    const list = h("div", { class: "tabs", role: "tablist", "aria-label": "Inspector" }, this.tabs);
    list.addEventListener("keydown", (event) => this.key(event));
    root.append(list, ...this.panels);
    this.states = {};
    this.open("requests");
  }

  open(name) {
    TABS.forEach(([tab], index) => {
      const isOpen = tab === name;
      this.tabs[index].setAttribute("aria-selected", String(isOpen));
      this.tabs[index].tabIndex = isOpen ? 0 : -1;
      this.panels[index].hidden = !isOpen;
    });
  }

  /** The arrow keys go from tab to tab. */
  key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = this.tabs.indexOf(document.activeElement);
    const next = (at + step + TABS.length) % TABS.length;
    this.open(TABS[next][0]);
    this.tabs[next].focus();
  }

  update(business, requests, webhooks, templates) {
    const { refusals, lost_answers, faults, storm, reviews_by_hand, ...connection } = business;
    this.lists.requests.update(requests, connection);
    this.lists.webhooks.update(webhooks, connection);
    this.lists.templates.update(templates, connection);
    this.count(0, requests.length);
    this.count(1, webhooks.length);
    this.count(2, templates.filter(({ status }) => status === "PENDING").length);
    this.redo(2, { reviews_by_hand }, reviewSwitch);
    this.redo(3, { refusals, lost_answers, faults, storm }, faultPanel);
    this.redo(4, connection, setupPanel);
  }

  count(index, number) {
    const count = this.tabs[index].querySelector(".count");
    count.hidden = number === 0;
    count.textContent = number;
  }

  /** Makes the top of a panel anew when what it shows has changed. */
  redo(index, shown, make) {
    const state = JSON.stringify(shown);
    if (this.states[index] === state) return;
    this.states[index] = state;
    const fresh = h("div", { class: "panel" }, make(shown));
    const old = this.panels[index].firstElementChild;
    if (old) replace(old, fresh);
    else this.panels[index].append(fresh);
  }
}

/** Rows of a list, the newest on top. */
class Rows {
  /** `key` is the member that tells items apart. */
  constructor(panel, make, makeEmpty, key = "number") {
    this.key = key;
    this.make = make;
    this.makeEmpty = makeEmpty;
    this.rows = new Map();
    this.empty = h("div", { class: "empty" });
    this.list = h("ol", { class: "entries" });
    panel.append(this.empty, this.list);
  }

  update(items, business) {
    const keys = new Set(items.map((item) => item[this.key]));
    for (const item of items) {
      const state = JSON.stringify(item);
      const old = this.rows.get(item[this.key]);
      if (old?.state === state) continue;
      const node = h("li", {}, this.make(item, old?.node.querySelector("details")?.open));
      if (old) replace(old.node, node);
      else this.list.prepend(node);
      this.rows.set(item[this.key], { node, state });
    }
    for (const [key, row] of this.rows) {
      if (!keys.has(key)) {
        row.node.remove();
        this.rows.delete(key);
      }
    }
    const state = JSON.stringify(business);
    this.empty.hidden = items.length > 0;
    if (!this.empty.hidden && this.shownFor !== state) {
      this.shownFor = state;
      this.empty.replaceChildren(...this.makeEmpty(business));
    }
  }
}
