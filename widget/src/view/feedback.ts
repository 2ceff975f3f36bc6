import { Refusal } from "../api";
import { h, icon } from "../dom";
import { render } from "../markdown";
import type { Ui } from "./ui";

const made = new WeakMap<Ui, Map<string, HTMLElement>>();

/** Buttons to rate one reply. The same element each time, so that what somebody typed stays. */
export function feedback(ui: Ui, replyId: string): HTMLElement {
  const known = made.get(ui) ?? new Map<string, HTMLElement>();
  made.set(ui, known);
  const element = known.get(replyId) ?? question(ui, replyId);
  known.set(replyId, element);
  return element;
}

function question(ui: Ui, replyId: string): HTMLElement {
  const { t } = ui;
  const element = h("div", { class: "feedback", role: "group", "aria-label": t("rate") });
  const answer = (helpful: boolean, label: "helpful" | "notHelpful"): HTMLElement =>
    h("button", { type: "button", class: "rate", click: () => (helpful ? void send(ui, element, { reply_id: replyId, helpful }) : ask(ui, element, replyId)) }, t(label));
  element.append(h("span", { class: "rate-title" }, t("rate")), answer(true, "helpful"), answer(false, "notHelpful"));
  return element;
}

function ask(ui: Ui, element: HTMLElement, replyId: string): void {
  const { t, conversation } = ui;
  const id = `reason-${replyId}`;
  const field = h("textarea", { id, rows: 2, "aria-describedby": `${id}-hint`, maxlength: conversation.config?.limits["reason"] ?? 500 });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const reason = field.value.trim();
    void send(ui, element, { reply_id: replyId, helpful: false, ...(reason ? { reason } : {}) });
  };
  const skip = (): void => void send(ui, element, { reply_id: replyId, helpful: false });
  element.replaceChildren(
    h(
      "form",
      { class: "reason", submit },
      h("label", { for: id }, t("reason")),
      h("p", { class: "hint", id: `${id}-hint` }, t("reasonHint")),
      field,
      h("p", { class: "reason-problem", role: "alert" }),
      h("div", { class: "buttons" }, h("button", { class: "button" }, t("sendReason")), h("button", { type: "button", class: "link", click: skip }, t("skip"))),
    ),
  );
  field.focus();
}

async function send(ui: Ui, element: HTMLElement, body: { reply_id: string; helpful: boolean; reason?: string }): Promise<void> {
  const { t, conversation } = ui;
  try {
    const answer = await conversation.api.feedback(body);
    const thanks = h("p", { class: "thanks", tabindex: -1 }, icon("check"), answer.text || t("thanks"));
    const held = element.contains((element.getRootNode() as ShadowRoot).activeElement);
    element.replaceChildren(thanks);
    if (held) thanks.focus();
    conversation.take(answer);
  } catch (error) {
    const said = error instanceof Refusal && error.what ? error.said : t("actionFailed");
    const place = element.querySelector(".reason-problem") ?? element.appendChild(h("p", { class: "reason-problem", role: "alert" }));
    place.replaceChildren(render(said, t("newTab")));
    if (error instanceof Refusal) conversation.take(error);
  }
}
