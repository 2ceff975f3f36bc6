import { accent } from "./colour";
import { Conversation } from "./conversation";
import { h, set } from "./dom";
import { Emitter } from "./emitter";
import { pageHelp } from "./lines";
import { plain, safeAddress } from "./markdown";
import { followKeyboard, isolate } from "./modal";
import type { Events, Handle, Options } from "./public";
import css from "./style/all.css";
import { pickLanguage, translator } from "./texts";
import { Announcer, isCrisis } from "./view/announcer";
import { Dock } from "./view/dock";

const PHONE = "(max-width: 640px), (max-height: 480px)";
const DARK = "(prefers-color-scheme: dark)";
const NEUTRAL_PAGE = "https://www.weather.gov/";

/** The chat on a page. Until it is mounted, and when it fails, the page's plain help links show. */
export class KapGuideElement extends HTMLElement implements Handle {
  private readonly root: ShadowRoot;
  private readonly emitter = new Emitter<Events>();
  private settings: Options = {};
  private conversation!: Conversation;
  private dock!: Dock;
  private frame!: HTMLElement;
  private returnTo: HTMLElement | null = null;
  private undo: (() => void)[] = [];
  private closing: (() => void)[] = [];
  private mounted = false;

  constructor() {
    super();
    this.root = this.attachShadow({ mode: "open" });
    this.root.append(h("slot"));
  }

  mount(settings: Options): this {
    if (this.mounted) return this;
    this.settings = settings;
    const server = (settings.server ?? "").replace(/\/+$/, "");
    this.conversation = new Conversation(server, pickLanguage(settings.language), settings.region ?? "");
    style(this.root);
    try {
      this.build();
    } catch (error) {
      this.root.replaceChildren(h("slot"));
      throw error;
    }
    this.listen();
    this.style.setProperty("display", "contents", "important");
    this.mounted = true;
    if (settings.open && !this.small) this.open({ takeFocus: false });
    return this;
  }

  on<Name extends keyof Events>(name: Name, listener: (detail: Events[Name]) => void): () => void {
    return this.emitter.on(name, listener);
  }

  open({ takeFocus = true } = {}): void {
    if (!this.mounted || this.dock.isOpen) return;
    this.returnTo = takeFocus ? (document.activeElement as HTMLElement | null) : null;
    this.dock.setOpen(true, { modal: this.small });
    this.follow();
    this.fit();
    if (takeFocus) this.dock.focus();
    this.emitter.emit("open", undefined);
  }

  close(): void {
    if (!this.mounted || !this.dock.isOpen) return;
    this.dock.setOpen(false, { modal: false });
    this.release();
    this.follow();
    const back = this.returnTo;
    if (back && back !== this && back !== document.body && back.isConnected) back.focus();
    else this.dock.launcher.focus();
    this.emitter.emit("close", undefined);
  }

  destroy(): void {
    if (!this.mounted) return;
    this.mounted = false;
    this.dock.stop();
    this.release();
    for (const undo of this.undo.splice(0)) undo();
    this.conversation.destroy();
    this.emitter.clear();
    this.style.removeProperty("display");
    this.root.replaceChildren(h("slot"));
  }

  disconnectedCallback(): void {
    queueMicrotask(() => this.isConnected || this.destroy());
  }

  private get small(): boolean {
    return matchMedia(PHONE).matches;
  }

  private build(): void {
    const { conversation, settings } = this;
    const { language } = conversation;
    const t = translator(language);
    const announcer = new Announcer(t);
    this.dock = new Dock(conversation, t, announcer, {
      pageHelp: conversation.storage.get("region") ? null : pageHelp(this),
      exit: safeAddress(settings.exit) || NEUTRAL_PAGE,
      doing: { open: () => this.open(), close: () => this.close(), forget: () => conversation.forget() },
    });
    this.frame = h("div", { class: "frame", lang: language }, announcer.element, this.dock.element);
    this.look();
    set(this.frame, "data-position", settings.position);
    for (const look of ["light", "dark"] as const) {
      for (const [name, value] of Object.entries(accent(settings.colour ?? "", look) ?? {})) {
        this.frame.style.setProperty(`--brand-${look}-${name}`, value);
      }
    }
    this.root.querySelectorAll("slot, .frame").forEach((old) => old.remove());
    this.root.append(this.frame);
    this.dock.setModal(false);
  }

  private listen(): void {
    const { conversation } = this;
    let language = conversation.language;
    conversation.on("changed", () => this.dock.update());
    conversation.on("config", () => this.dock.update());
    conversation.on("problem", (code) => this.emitter.emit("problem", { code }));
    conversation.on("refused", (why) => this.dock.announcer.say(`${this.dock.t("refused")} ${plain(why)}`));
    conversation.on("safety", (active) => this.emitter.emit("safety", { active }));
    conversation.on("erased", () => this.emitter.emit("erased", undefined));
    conversation.on("said", () => this.emitter.emit("message", { from: "person", outcome: "" }));
    conversation.on("arrived", (replies) => {
      this.dock.announcer.replies(replies);
      this.dock.markUnread();
      if (replies.some(isCrisis)) this.dock.showChat();
      for (const { outcome } of replies) this.emitter.emit("message", { from: "assistant", outcome: outcome ?? "" });
    });
    conversation.on("language", () => {
      if (conversation.language !== language) this.rebuild();
      language = conversation.language;
    });
    this.listenToPage();
  }

  private listenToPage(): void {
    const heard = (target: EventTarget, name: string, listener: (event: never) => void): void => {
      target.addEventListener(name, listener as EventListener);
      this.undo.push(() => target.removeEventListener(name, listener as EventListener));
    };
    heard(document, "visibilitychange", () => this.follow());
    heard(window, "online", () => this.conversation.retry());
    heard(window, "pageshow", (event: PageTransitionEvent) => event.persisted && this.wake());
    heard(matchMedia(PHONE), "change", () => this.dock.isOpen && this.fit());
    heard(matchMedia(DARK), "change", () => this.look());
    heard(this.root, "keydown", (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.stopPropagation();
      if (this.dock.help.expanded) this.dock.help.collapse();
      else this.close();
    });
  }

  private look(): void {
    const { theme = "auto" } = this.settings;
    const dark = theme === "dark" || (theme === "auto" && matchMedia(DARK).matches);
    set(this.frame, "data-look", dark ? "dark" : "light");
  }

  private rebuild(): void {
    const open = this.dock.isOpen;
    const { draft } = this.dock;
    this.dock.stop();
    this.build();
    this.dock.draft = draft;
    if (!open) return;
    this.dock.setOpen(true, { modal: this.small });
    this.dock.show("options");
  }

  private follow(): void {
    this.conversation.setActive(this.dock.isOpen && document.visibilityState === "visible");
  }

  private wake(): void {
    this.conversation.setActive(false);
    this.follow();
  }

  /** Full screen and modal on a phone, a panel beside the page elsewhere. */
  private fit(): void {
    this.release();
    this.dock.setModal(this.small);
    if (this.small) this.closing.push(isolate(this), followKeyboard(this.frame));
  }

  private release(): void {
    for (const undo of this.closing.splice(0)) undo();
  }
}

/** A style sheet object passes a page's Content-Security-Policy, where an element might not. */
function style(root: ShadowRoot): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.append(h("style", {}, css));
  }
}
