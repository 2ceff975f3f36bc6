import type { Message } from "../contract";
import { h } from "../dom";
import { plain } from "../markdown";
import type { Translate } from "../texts";

const GATHER = 120;
const KEEP = 15_000;

/**
 * What screen readers are told. The list of messages itself is no live region, so nothing is read
 * twice: replies come through the log, crisis replies through the alert, each once.
 */
export class Announcer {
  readonly element: HTMLElement;
  private readonly log: HTMLElement;
  private readonly alert: HTMLElement;
  private readonly status: HTMLElement;
  private waiting: Message[] = [];
  private timer = 0;

  constructor(private readonly t: Translate) {
    this.log = h("div", { role: "log", "aria-label": t("newMessages") });
    this.alert = h("div", { role: "alert" });
    this.status = h("div", { role: "status" });
    this.element = h("div", { class: "sr announcer" }, this.log, this.alert, this.status);
  }

  replies(messages: Message[]): void {
    this.waiting.push(...messages);
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.speak(), GATHER);
  }

  say(text: string): void {
    this.status.textContent = text;
  }

  private speak(): void {
    const crisis = this.waiting.some(isCrisis);
    const said = h("div", {}, ...this.waiting.map((message) => this.spoken(message)));
    this.waiting = [];
    (crisis ? this.alert : this.log).append(said);
    setTimeout(() => said.remove(), KEEP);
  }

  private spoken(message: Message): HTMLElement {
    const choices = (message.choices ?? []).map(({ label }) => ` ${label}.`).join("");
    return h("p", { lang: message.language }, `${this.t("guide")} ${plain(message.text)}${choices}`);
  }
}

export function isCrisis(message: Message): boolean {
  return message.outcome === "crisis";
}
