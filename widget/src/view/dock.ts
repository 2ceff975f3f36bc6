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
  readonly exit: QuickExit;
  readonly launcher: HTMLButtonElement;
  readonly help: HelpBar;
  private readonly panel: HTMLElement;
  private readonly dot = h("span", { class: "unread", hidden: true });
  private readonly views: Record<ViewName, View>;
  private view: ViewName = "chat";

  constructor(
    readonly conversation: Conversation,
    readonly t: Translate,
    readonly announcer: Announcer,
    { pageHelp, exit, doing }: { pageHelp: Help | null; exit: string; doing: Doing },
  ) {
    this.help = new HelpBar(this, pageHelp);
    this.exit = new QuickExit(t, announcer, exit, () => doing.forget());
    const chat = new ChatView(this, () => this.help.help);
    this.views = { chat, options: new OptionsView(this), person: new PersonView(this) };
    this.dot.append(h("span", { class: "sr" }, t("unread")));
    this.launcher = h("button", { type: "button", class: "launcher", "aria-expanded": "false", click: () => doing.open() }, icon("chat"), t("launcher"), this.dot);
    this.panel = h("div", { class: "panel", hidden: true }, this.header(doing), this.exit.element);
    this.panel.append(...Object.values(this.views).map((view) => view.element));
    this.element = h("div", { class: "dock" }, this.launcher, this.panel, this.help.element);
    this.arrange();
    this.update();
  }

  get isOpen(): boolean {
    return !this.panel.hidden;
  }

  get chat(): ChatView {
    return this.views.chat as ChatView;
  }

  show(view: ViewName): void {
    this.view = view;
    this.arrange();
    this.update();
    this.views[view].focus();
  }

  /** Brings the conversation to the front; leaves focus alone where it is there already. */
  showChat(): void {
    if (this.isOpen && this.view !== "chat") this.show("chat");
  }

  setOpen(open: boolean, { modal }: { modal: boolean }): void {
    this.panel.hidden = !open;
    this.launcher.hidden = open;
    this.dot.hidden = true;
    this.help.toggle(false);
    this.exit.listen(open);
    this.setModal(modal);
  }

  setModal(modal: boolean): void {
    set(this.element, "role", this.isOpen ? "dialog" : "region");
    set(this.element, "aria-modal", this.isOpen && modal ? "true" : null);
    set(this.element, "aria-label", this.isOpen ? null : this.t("dock"));
    set(this.element, "aria-labelledby", this.isOpen ? "title" : null);
  }

  focus(): void {
    this.views[this.view].focus();
  }

  markUnread(): void {
    this.dot.hidden = this.isOpen;
  }

  update(): void {
    set(this.element, "data-safety", this.conversation.safetyMode);
    this.help.update();
    this.views[this.view].update();
  }

  private arrange(): void {
    for (const [name, view] of Object.entries(this.views)) view.element.hidden = name !== this.view;
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
