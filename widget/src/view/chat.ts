import type { Help } from "../contract";
import { h, icon } from "../dom";
import { pageLink, render } from "../markdown";
import type { TextKey } from "../texts";
import type { Entry } from "../transcript";
import { isCrisis } from "./announcer";
import { Composer } from "./composer";
import { drawMessage, type Look } from "./message";
import type { Ui, View } from "./ui";

const NEAR = 160;
const LONG = 3_000;

/** Notice, messages, and the place to write. */
export class ChatView implements View {
  readonly element: HTMLElement;
  readonly composer: Composer;
  private readonly scroll: HTMLElement;
  private readonly notice = h("section", { class: "notice", "aria-labelledby": "notice-title", tabindex: -1 });
  private readonly welcome = h("section", { class: "welcome", "aria-labelledby": "welcome-title" });
  private readonly list = h("ol", { class: "messages" });
  private readonly typing: HTMLElement;
  private readonly remark = h("p", { class: "remark", role: "status" });
  private readonly connection = h("div", { class: "connection", role: "status" });
  private readonly drawn = new Map<string, { sign: string; item: HTMLElement }>();
  private signs: Record<string, string> = {};
  /** The start of a reply is being read: nothing moves it away. */
  private held = false;
  private typingTimer = 0;

  constructor(
    private readonly ui: Ui,
    private readonly help: () => Help,
  ) {
    const { t } = ui;
    this.composer = new Composer(ui, (text) => this.say(text));
    this.typing = h("p", { class: "typing", hidden: true }, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), t("typing"));
    this.scroll = h(
      "div",
      { class: "scroll", role: "region", "aria-label": t("conversation"), tabindex: 0 },
      ...[this.notice, this.welcome, this.list, this.typing, this.remark],
    );
    this.element = h("div", { class: "view chat" }, this.scroll, this.connection, this.composer.element);
  }

  /** Reading comes first where nothing was said yet; a phone's keyboard would cover the notice. */
  focus(): void {
    const quiet = !this.ui.conversation.transcript.list.length;
    if (quiet) this.notice.focus({ preventScroll: true });
    else if (matchMedia("(pointer: coarse)").matches) this.scroll.focus({ preventScroll: true });
    else this.composer.field.focus();
    if (!quiet) this.toEnd();
  }

  update(): void {
    const entries = this.ui.conversation.transcript.list;
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    const near = scrollHeight - scrollTop - clientHeight < NEAR;
    this.drawNotice();
    this.drawWelcome(!entries.length);
    const added = this.drawMessages(entries);
    this.drawTyping(this.ui.conversation.typing);
    const { remark } = this.ui.conversation;
    const said = remark ? this.ui.t(remark) : "";
    if (this.remark.textContent !== said) this.remark.textContent = said;
    this.drawConnection();
    if (added && near) this.showFrom(added);
    else if (near && !this.held && (entries.length || said)) this.toEnd();
  }

  /** Seen at once, and said to a screen reader when it takes long. */
  private drawTyping(typing: boolean): void {
    if (this.typing.hidden === !typing) return;
    this.typing.hidden = !typing;
    clearTimeout(this.typingTimer);
    const { announcer, t } = this.ui;
    if (typing) this.typingTimer = window.setTimeout(() => announcer.say(t("typing")), LONG);
  }

  private say(text: string, choice?: string): void {
    this.held = false;
    this.ui.conversation.say(text, choice);
    this.toEnd();
  }

  /** What scrolls: the messages, or with little height the whole panel. */
  private get scroller(): HTMLElement {
    const own = getComputedStyle(this.scroll).overflowY !== "visible";
    return own ? this.scroll : (this.element.parentElement ?? this.scroll);
  }

  private toEnd(): void {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  /** The start of a new reply stays in sight, however long it is. */
  private showFrom(item: HTMLElement): void {
    this.held = true;
    const before = item.previousElementSibling as HTMLElement | null;
    const { scroller } = this;
    const shift = (scroller === this.scroll ? 0 : this.scroll.offsetTop) - 12;
    const tall = item.offsetTop - (before?.offsetTop ?? 0) > scroller.clientHeight / 2;
    scroller.scrollTop = (tall ? item : (before ?? item)).offsetTop + shift;
  }

  private drawNotice(): void {
    const { conversation, t } = this.ui;
    const { config } = conversation;
    if (!this.differs("notice", JSON.stringify([config?.notice, config?.links]))) return;
    const own: TextKey[] = ["noticeAutomated", "noticeWatched", "noticeHelp"];
    const points = config?.notice.points ?? own.map((key) => t(key));
    const { safety, privacy } = config?.links ?? { safety: "", privacy: "" };
    this.notice.replaceChildren(
      h("h3", { id: "notice-title" }, config?.notice.title ?? t("noticeTitle")),
      h("ul", {}, ...points.map((point) => h("li", {}, point))),
      config ? h("p", { class: "notice-links" }, pageLink(t("safetyPage"), safety, t("newTab")), pageLink(t("privacyPage"), privacy, t("newTab"))) : "",
    );
  }

  private drawWelcome(show: boolean): void {
    const { conversation, t } = this.ui;
    const suggestions = conversation.config?.suggestions ?? [];
    this.welcome.hidden = !show;
    if (!this.differs("welcome", JSON.stringify(suggestions))) return;
    const lang = conversation.language === "en" ? null : "en";
    const chips = suggestions.map((text) => h("li", {}, h("button", { type: "button", class: "choice", lang, click: () => this.take(text) }, text)));
    this.welcome.replaceChildren(
      h("h3", { id: "welcome-title" }, t("welcome")),
      chips.length ? h("ul", { class: "choices", "aria-label": t("suggestions") }, ...chips) : "",
      h("button", { type: "button", class: "link person-link", click: () => this.ui.show("person") }, icon("person"), t("person")),
    );
  }

  /** The first reply that was added, or null. */
  private drawMessages(entries: Entry[]): HTMLElement | null {
    const keys = new Set(entries.map((entry) => entry.key));
    for (const [key, { item }] of this.drawn) {
      if (!keys.has(key) && this.drawn.delete(key)) item.remove();
    }
    const lastSaid = entries.map((entry) => entry.message.from).lastIndexOf("person");
    const crisisBefore = entries.map((_, index) => index > 0 && isCrisis(entries[index - 1]!.message));
    let added: HTMLElement | null = null;
    entries.forEach((entry, index) => {
      const isNew = !this.drawn.has(entry.key);
      const item = this.drawEntry(entry, index > lastSaid, !crisisBefore[index]);
      if (this.list.children[index] !== item) this.list.insertBefore(item, this.list.children[index] ?? null);
      if (isNew && entry.message.from === "assistant") added ??= item;
    });
    return added;
  }

  private drawEntry(entry: Entry, latest: boolean, first: boolean): HTMLElement {
    const look: Look = { entry, latest, first, help: this.help() };
    const sign = JSON.stringify([entry.status, entry.problem, entry.message, latest, first, look.help]);
    const known = this.drawn.get(entry.key);
    if (known?.sign === sign) return known.item;
    const item = drawMessage(this.ui, look, {
      choose: (label, payload) => this.take(label, payload),
      edit: ({ message }) => {
        this.ui.conversation.drop(message.message_id ?? "");
        this.composer.restore(message.text);
      },
    });
    known?.item.replaceWith(item);
    this.drawn.set(entry.key, { sign, item });
    return item;
  }

  /** A tapped question or choice is gone afterwards: focus goes where reading goes on. */
  private take(text: string, choice?: string): void {
    this.say(text, choice);
    this.scroll.focus({ preventScroll: true });
  }

  private drawConnection(): void {
    const { conversation, t } = this.ui;
    const { connection, problem } = conversation;
    if (!this.differs("connection", connection + problem)) return;
    this.connection.className = `connection ${connection}`;
    if (connection === "loading") this.connection.replaceChildren(t("loading"));
    else if (connection === "lost" || connection === "foreign") {
      const again = h("button", { type: "button", class: "link", click: () => conversation.retry() }, t("retry"));
      this.connection.replaceChildren(problem ? render(problem, t("newTab")) : h("p", {}, t(connection)), again);
    } else this.connection.replaceChildren();
  }

  private differs(name: string, sign: string): boolean {
    const changed = this.signs[name] !== sign;
    this.signs[name] = sign;
    return changed;
  }
}
