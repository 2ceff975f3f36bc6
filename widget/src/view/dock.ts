import type { Conversation } from "../conversation";
import type { Help } from "../contract";
import { h, icon, set } from "../dom";
import type { Translate } from "../texts";
import type { Announcer } from "./announcer";
import { ChatView } from "./chat";
import { QuickExit } from "./exit";
import { HelpBar } from "./helpbar";
import { OptionsView } from "./options";
import { PersonView } from "./person";
import type { Ui, View, ViewName } from "./ui";

interface Doing {
  open(): void;
  close(): void;
  forget(): void;
}

/** All that is seen: panel, help bar and launcher, in the order in which they are read. */
export class Dock implements Ui {
  readonly element: HTMLElement;
  readonly launcher: HTMLButtonElement;
  readonly help: HelpBar;
  private readonly panel = h("div", { class: "panel", hidden: true });
  private readonly dot = h("span", { class: "unread", hidden: true });
  /** Built when the chat is first opened: a page that only shows the help bar stays quick. */
  private views: Record<ViewName, View> | null = null;
  private exit: QuickExit | null = null;
  private view: ViewName = "chat";

  constructor(
    readonly conversation: Conversation,
    readonly t: Translate,
    readonly announcer: Announcer,
    private readonly settings: { pageHelp: Help | null; exit: string; doing: Doing },
  ) {
    this.help = new HelpBar(this, settings.pageHelp);
    this.dot.append(h("span", { class: "sr" }, t("unread")));
    this.launcher = h("button", { type: "button", class: "launcher", "aria-expanded": "false", click: () => settings.doing.open() }, icon("chat"), t("launcher"), this.dot);
    this.element = h("div", { class: "dock" }, this.launcher, this.panel, this.help.element);
    this.update();
  }

  get isOpen(): boolean {
    return !this.panel.hidden;
  }

  /** What was typed and not sent. */
  get draft(): string {
    return this.views?.chat instanceof ChatView ? this.views.chat.composer.field.value : "";
  }

  set draft(text: string) {
    if (text && this.built.chat instanceof ChatView) this.built.chat.composer.field.value = text;
  }

  show(view: ViewName): void {
    this.view = view;
    this.arrange();
    this.update();
    this.built[view].focus();
  }

  /** Brings the conversation to the front; leaves focus alone where it is there already. */
  showChat(): void {
    if (this.isOpen && this.view !== "chat") this.show("chat");
  }

  setOpen(open: boolean, { modal }: { modal: boolean }): void {
    if (open) this.arrange();
    this.panel.hidden = !open;
    this.launcher.hidden = open;
    this.dot.hidden = true;
    this.help.toggle(false);
    this.exit?.listen(open);
    this.setModal(modal);
  }

  /** Hears no keys any more. */
  stop(): void {
    this.exit?.listen(false);
  }

  setModal(modal: boolean): void {
    set(this.element, "role", this.isOpen ? "dialog" : "region");
    set(this.element, "aria-modal", this.isOpen && modal ? "true" : null);
    set(this.element, "aria-label", this.isOpen ? null : this.t("dock"));
    set(this.element, "aria-labelledby", this.isOpen ? "title" : null);
  }

  focus(): void {
    this.built[this.view].focus();
  }

  markUnread(): void {
    this.dot.hidden = this.isOpen;
  }

  update(): void {
    set(this.element, "data-safety", this.conversation.safetyMode);
    this.help.update();
    this.views?.[this.view].update();
  }

  private get built(): Record<ViewName, View> {
    if (this.views) return this.views;
    const chat = new ChatView(this, () => this.help.help);
    this.views = { chat, options: new OptionsView(this), person: new PersonView(this) };
    const { exit, doing } = this.settings;
    this.exit = new QuickExit(this.t, this.announcer, exit, () => doing.forget());
    this.panel.append(this.header(doing), this.exit.element, ...Object.values(this.views).map((view) => view.element));
    this.update();
    return this.views;
  }

  private arrange(): void {
    for (const [name, view] of Object.entries(this.built)) view.element.hidden = name !== this.view;
  }

  private header(doing: Doing): HTMLElement {
    const { t } = this;
    const tool = (name: "more" | "close", label: string, click: () => void): HTMLElement =>
      h("button", { type: "button", class: "tool", "aria-label": label, title: label, click }, icon(name));
    return h(
      "header",
      {},
      h("span", { class: "mark" }, icon("leaf")),
      h("div", { class: "titles" }, h("h2", { id: "title" }, t("title")), h("p", {}, t("subtitle"))),
      tool("more", t("options"), () => this.show(this.view === "options" ? "chat" : "options")),
      tool("close", t("close"), () => doing.close()),
    );
  }
}
