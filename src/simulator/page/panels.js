// The rows and panels of the inspector.

import { act, notify } from "./act.js";
import { copyButton, h, isPlain } from "./dom.js";
import { exactTime, json, phoneNumber } from "./format.js";

/** A row that opens; what is in it is made when it is opened first. */
function row(summary, open, fill) {
  const node = h("details", { open }, h("summary", {}, summary));
  const show = () => {
    if (node.open && node.childElementCount === 1) node.append(h("div", { class: "detail" }, fill()));
  };
  node.addEventListener("toggle", show);
  show();
  return node;
}

function part(title, ...content) {
  return h("section", {}, h("h4", {}, title), content);
}

/** `state` is `good`, `bad` or `idle`. */
export function badge(text, state) {
  return h("span", { class: `badge ${state}` }, text);
}

export function requestRow(request, open) {
  const isGood = request.status < 400 && !request.cut;
  const summary = [h("span", { class: "method" }, request.method), h("span", { class: "path" }, request.path),
    badge(request.code === null ? request.status : `${request.status} · ${request.code}`, isGood ? "good" : "bad"),
    h("small", {}, `${exactTime(request.at)} · ${request.took.toFixed(1)} ms`, kind(request.body ?? {})),
    request.cut && h("p", { class: "problem" }, "The network lost this answer, or a part of it."),
    request.details && h("p", { class: "problem" }, request.details)];
  return row(summary, open, () => [
    request.violations.length > 0 && part("Limits it breaks", h("ul", { class: "violations" }, request.violations.map((violation) =>
      h("li", {}, h("code", {}, violation.path), ` ${violation.problem} `, h("em", {}, violation.limit))))),
    part("Request", request.body === null ? h("p", { class: "none" }, "No JSON") : json(request.body)),
    part("Answer", request.answer === null ? h("p", { class: "none" }, "No JSON") : json(request.answer)),
  ]);
}

/** What a request says that it sends; it may say anything. */
function kind({ type, interactive, template }) {
  const inner = type === "interactive" ? interactive?.type : type === "template" ? template?.name : null;
  const words = [type, inner].filter(isPlain);
  return words.length > 0 && ` · ${words.join(" ")}`;
}

export function webhookRow(webhook, open) {
  const state = webhook.status === 200 ? "good" : webhook.attempts > 0 ? "bad" : "idle";
  const answer = webhook.status ?? (webhook.attempts > 0 ? "no answer" : "kept");
  const summary = [h("span", { class: "path" }, told(webhook.body)), badge(answer, state),
    h("small", {}, about(webhook.body), webhook.attempts > 0 && ` · ${webhook.attempts === 1 ? "1 attempt" : `${webhook.attempts} attempts`}`, webhook.given_up && " · given up")];
  return row(summary, open, () => [
    webhook.attempts === 0 && h("p", { class: "none" }, "Not posted: nothing was subscribed, or it waits for its turn."),
    part("X-Hub-Signature-256", h("code", { class: "signature" }, webhook.signature)),
    part("Body", json(webhook.body)),
  ]);
}

function changes(body) {
  return (body.entry ?? []).flatMap((entry) => entry.changes ?? []);
}

/** What a webhook tells, in a few words. */
function told(body) {
  return changes(body).flatMap(({ field, value }) => {
    const messages = (value.messages ?? []).map((message) => `message · ${message.interactive?.type ?? message.type}`);
    const statuses = (value.statuses ?? []).map((status) =>
      ["status", status.status, status.errors?.[0]?.code].filter(Boolean).join(" · "));
    return messages.length + statuses.length > 0 ? [...messages, ...statuses] : [[field, value.event].filter(Boolean).join(" · ")];
  }).join(", ");
}

function about(body) {
  const [change] = changes(body);
  const value = change?.value ?? {};
  const person = value.messages?.[0]?.from ?? value.statuses?.[0]?.recipient_id;
  return person && /^\d+$/.test(person) ? phoneNumber(person) : value.message_template_name ?? "";
}

/** The line for a shell that sends a first message: a template when there is one, as the window is closed before the
    customer writes. */
export function sendLine({ graph_url: graph, phone_number_id: phone, access_token: token, hello_world: hasTemplate }) {
  const content = hasTemplate
    ? '"type":"template","template":{"name":"hello_world","language":{"code":"en_US"}}'
    : '"type":"text","text":{"body":"Hello"}';
  const lines = [`curl ${graph}/v26.0/${phone}/messages`, `-H 'Authorization: Bearer ${token}'`, "-H 'Content-Type: application/json'",
    `-d '{"messaging_product":"whatsapp","to":"14155550132",${content}}'`];
  return lines.join(" \\\n  ");
}

export function codeLine(text) {
  return h("div", { class: "code" }, h("pre", { tabindex: "0" }, text), copyButton(text));
}

export function emptyRequests(business) {
  return [h("h3", {}, "No requests yet"), h("p", {}, "Point your application at the simulator, or send a first message from a shell:"), codeLine(sendLine(business))];
}

export function emptyWebhooks(business) {
  return [h("h3", {}, "No webhooks yet"), h("p", {}, "One is made whenever a customer does something, and for each status of a message."), subscription(business)];
}

function subscription({ callback }) {
  const field = h("input", { name: "url", type: "url", required: true, placeholder: "http://127.0.0.1:8080/webhook", autocomplete: "off" });
  if (callback) field.value = callback;
  const form = h("form", { class: "line-form" }, h("label", {}, h("span", {}, "Where they go"), field),
    h("button", { type: "submit", class: "primary" }, callback ? "Change" : "Connect"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await act("subscribe", { url: field.value })) notify("The endpoint answered the handshake.");
  });
  return form;
}

export function setupPanel(business) {
  const values = [["WHATSAPP_GRAPH_URL", business.graph_url], ["WHATSAPP_ACCESS_TOKEN", business.access_token], ["WHATSAPP_PHONE_NUMBER_ID", business.phone_number_id],
    ["WHATSAPP_ACCOUNT_ID", business.account_id], ["WHATSAPP_APP_ID", business.app_id], ["WHATSAPP_APP_SECRET", business.app_secret], ["WHATSAPP_VERIFY_TOKEN", business.verify_token]];
  const lines = values.map(([name, value]) => `export ${name}=${value}`).join("\n");
  return [h("h3", {}, "Webhooks"), subscription(business), h("h3", {}, "For your application"), codeLine(lines), h("h3", {}, "A first message"), codeLine(sendLine(business))];
}
