import { h } from "../dom";
import { icon } from "../dom";
import type { Ui } from "./ui";

const TALLEST = 140;
/** The count of what is too much changes seldom, so that it is not read out at each key. */
const STEP = 50;

/** Where a person writes. Enter sends, Shift and Enter start a line; what does not fit is said, not cut off. */
export class Composer {
  readonly element: HTMLFormElement;
  readonly field: HTMLTextAreaElement;
  private readonly note = h("p", { class: "composer-note", role: "status" });

  constructor(
    private readonly ui: Ui,
    private readonly send: (text: string) => void,
  ) {
    const { t } = ui;
    this.field = h("textarea", {
      id: "message",
      rows: 1,
      placeholder: t("placeholder"),
      "aria-describedby": "keys",
      autocomplete: "off",
      enterkeyhint: "send",
      keydown: (event: KeyboardEvent) => this.key(event),
      input: () => this.grow(),
    });
    this.element = h(
      "form",
      { class: "composer", submit: (event: SubmitEvent) => this.submit(event) },
      h("label", { for: "message", class: "sr" }, t("message")),
      h("p", { id: "keys", class: "sr" }, t("keys")),
      this.note,
      h("div", { class: "composer-row" }, this.field, h("button", { class: "send", "aria-label": t("send") }, icon("send"))),
    );
  }

  /** Puts a text back for changing, before what is there. */
  restore(text: string): void {
    this.field.value = [text, this.field.value].filter(Boolean).join("\n");
    this.grow();
    this.field.focus();
  }

  private key(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    this.submit(event);
  }

  private submit(event: Event): void {
    event.preventDefault();
    const text = this.field.value.trim();
    if (text) this.send(text);
    if (text) this.field.value = "";
    this.grow();
    this.field.focus();
  }

  private grow(): void {
    const { field, ui } = this;
    field.style.height = "auto";
    field.style.height = `${Math.min(TALLEST, field.scrollHeight + 2)}px`;
    const over = field.value.length - (ui.conversation.config?.limits["text"] ?? Infinity);
    this.note.textContent = over > 0 ? ui.t("tooLong", { count: Math.ceil(over / STEP) * STEP }) : "";
  }
}
