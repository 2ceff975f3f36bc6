import type { Help, Line } from "../contract";
import { h, icon, set } from "../dom";
import { number, ownHelp, REGION_CODES, regionName } from "../lines";
import { link, safeAddress } from "../markdown";
import type { Ui } from "./ui";

/** The help lines: one element, at the same place in every state. */
export class HelpBar {
  readonly element: HTMLElement;
  private readonly row = h("div", { class: "help-row" });
  private readonly all = h("div", { class: "help-all", id: "help-all", hidden: true });
  private readonly more: HTMLButtonElement;
  private shown = "";
  /** The region was changed while the server could not be asked. */
  private unconfirmed = false;

  constructor(
    private readonly ui: Ui,
    private readonly pageHelp: Help | null,
  ) {
    const { t } = ui;
    const state = { "aria-expanded": "false", "aria-controls": "help-all" };
    this.more = h(
      "button",
      { type: "button", class: "chip more", ...state, click: () => this.toggle() },
      h("span", { class: "sr" }, t("moreHelp")),
      icon("down"),
    );
    this.element = h("section", { class: "help", "aria-label": t("help") }, this.all, this.row);
  }

  get expanded(): boolean {
    return !this.all.hidden;
  }

  toggle(open = this.all.hidden): void {
    this.all.hidden = !open;
    if (open) this.drawAll();
    set(this.more, "aria-expanded", String(open));
  }

  /** Folds the list up, and leaves focus on the button that unfolds it. */
  collapse(): void {
    this.toggle(false);
    this.more.focus();
  }

  /** The lines of the server, else those of the page, else our own. */
  get help(): Help {
    const { help, region, language } = this.ui.conversation;
    return help ?? this.pageHelp ?? ownHelp(region, language);
  }

  update(): void {
    const { conversation } = this.ui;
    const state = JSON.stringify([this.unconfirmed, this.help, conversation.region, conversation.config?.regions]);
    if (state === this.shown) return;
    this.shown = state;
    this.row.replaceChildren(
      h("span", { class: "help-title" }, this.ui.t("help")),
      ...helpLinks(this.ui, this.help, "chip"),
      this.more,
    );
    if (this.expanded) this.drawAll();
  }

  private drawAll(): void {
    const { t } = this.ui;
    const { emergency, lines } = this.help;
    const inDanger = h("li", {}, h("strong", {}, t("emergency")), h("span", {}, t("emergencyCall", { number: emergency.label })));
    const list = h("ul", {}, inDanger, ...lines.filter((line) => line.reach).map((line) => this.line(line)));
    const focused = this.all.contains((this.all.getRootNode() as ShadowRoot).activeElement);
    const choice = this.regionChoice();
    this.all.replaceChildren(h("h3", {}, t("moreHelp")), list, choice);
    if (focused) choice.querySelector("select")?.focus();
  }

  private line(line: Line): HTMLElement {
    const { t } = this.ui;
    const chat = line.chat ? link(t("chatOnline"), line.chat, t("newTab")) : null;
    return h("li", {}, h("strong", {}, line.name), h("span", {}, sentence(line.reach)), chat);
  }

  private regionChoice(): HTMLElement {
    const { conversation, t } = this.ui;
    const known = conversation.config?.regions;
    const regions = known ?? REGION_CODES.map((code) => ({ code, name: regionName(code, conversation.language, t) }));
    const hint = h("p", { class: "hint", id: "region-hint" }, t(this.unconfirmed ? "regionProblem" : "regionHint"));
    const select = h(
      "select",
      { id: "region", "aria-describedby": "region-hint", change: () => void this.choose(select.value) },
      ...(conversation.region ? [] : [h("option", { value: "" }, "–")]),
      ...regions.map(({ code, name }) => h("option", { value: code, selected: code === conversation.region }, name)),
    );
    return h("div", { class: "field" }, h("label", { for: "region" }, t("region")), hint, select);
  }

  private async choose(region: string): Promise<void> {
    const { conversation, announcer, t } = this.ui;
    try {
      await conversation.setRegion(region);
      this.unconfirmed = conversation.connection === "lost";
    } catch {
      this.unconfirmed = true;
    }
    if (this.unconfirmed) announcer.say(t("regionProblem"));
    this.update();
  }
}

/** Links for one tap: emergency, and the first line by call, text or chat. */
export function helpLinks(ui: Ui, { emergency, lines }: Help, style: string): HTMLElement[] {
  const { t } = ui;
  const line = lines[0];
  const made: HTMLElement[] = [];
  const add = (href: string, drawing: "phone" | "text" | "chat", label: string): void => {
    const away = href.startsWith("https:") ? { target: "_blank", rel: "noopener noreferrer" } : {};
    if (safeAddress(href)) made.push(h("a", { class: style, href, ...away }, style === "button" && icon(drawing), label));
  };
  add(emergency.href, "phone", t("call", { number: emergency.label }));
  if (line?.call) add(line.call, "phone", t("call", { number: number(line.call, line.reach) }));
  if (line?.text) add(line.text, "text", t("text", { number: number(line.text, line.reach) }));
  if (line?.chat && !(line.call && line.text)) add(line.chat, "chat", line.call ? t("chatOnline") : line.name || t("chatOnline"));
  return made;
}

function sentence(text: string): string {
  return text && `${text[0]?.toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}
