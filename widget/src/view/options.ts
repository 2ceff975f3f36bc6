import { Refusal } from "../api";
import { h, type Icon, icon } from "../dom";
import { pageLink, render } from "../markdown";
import { LANGUAGES } from "../texts";
import type { Ui, View } from "./ui";

/** Language, a person to talk to, and what happens to the conversation. */
export class OptionsView implements View {
  readonly element: HTMLElement;
  private readonly title = h("h3", { tabindex: -1 });
  private readonly result = h("div", { class: "result", role: "status" });
  private readonly content = h("div", { class: "stack" });

  constructor(private readonly ui: Ui) {
    const { t } = ui;
    const back = h("button", { type: "button", class: "link back", click: () => ui.show("chat") }, icon("back"), t("back"));
    this.element = h("div", { class: "view page" }, back, this.title, this.content, this.result);
  }

  focus(): void {
    this.result.replaceChildren();
    this.drawList();
    this.title.focus({ preventScroll: true });
    this.element.scrollTop = 0;
  }

  update(): void {
    // Nothing here follows the conversation.
  }

  private drawList(): void {
    const { t, conversation } = this.ui;
    const { safety, privacy } = conversation.config?.links ?? { safety: "", privacy: "" };
    this.title.textContent = t("options");
    this.content.replaceChildren(
      this.languages(),
      action("person", t("person"), () => this.ui.show("person")),
      h("div", { class: "with-hint" }, action("download", t("download"), () => void this.download(), "download-hint"), h("p", { class: "hint", id: "download-hint" }, t("downloadHint"))),
      action("erase", t("erase"), () => this.drawErase()),
      safety ? h("p", { class: "notice-links" }, pageLink(t("safetyPage"), safety, t("newTab")), pageLink(t("privacyPage"), privacy, t("newTab"))) : "",
    );
  }

  private languages(): HTMLElement {
    const { t, conversation } = this.ui;
    const choices = conversation.config?.languages ?? LANGUAGES;
    const known = choices.filter(({ code }) => LANGUAGES.some((each) => each.code === code));
    const select = h(
      "select",
      { id: "language", change: () => conversation.setLanguage(select.value) },
      ...known.map(({ code, name }) => h("option", { value: code, lang: code, selected: code === conversation.language }, name)),
    );
    const english = conversation.language !== "en" && h("p", { class: "hint" }, t("onlyEnglish"));
    return h("div", { class: "field" }, h("label", { for: "language" }, t("language")), select, english);
  }

  private drawErase(): void {
    const { t } = this.ui;
    this.result.replaceChildren();
    this.title.textContent = t("eraseTitle");
    this.content.replaceChildren(
      h("p", {}, t("eraseText")),
      h(
        "div",
        { class: "buttons" },
        h("button", { type: "button", class: "button", click: () => void this.erase() }, t("eraseYes")),
        h("button", { type: "button", class: "button quiet", click: () => this.focus() }, t("eraseNo")),
      ),
    );
    this.title.focus();
  }

  private async erase(): Promise<void> {
    try {
      await this.ui.conversation.erase();
      this.ui.show("chat");
    } catch (error) {
      this.failed(error);
    }
  }

  private async download(): Promise<void> {
    const { t, conversation } = this.ui;
    if (!conversation.storage.get("session")) return this.result.replaceChildren(t("nothingYet"));
    try {
      const text = await conversation.api.transcript();
      const href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
      h("a", { href, download: t("fileName") }).click();
      setTimeout(() => URL.revokeObjectURL(href), 10_000);
      this.result.replaceChildren(t("downloaded"));
    } catch (error) {
      this.failed(error);
    }
  }

  private failed(error: unknown): void {
    const { t } = this.ui;
    const said = error instanceof Refusal && error.what ? error.said : t("actionFailed");
    this.result.replaceChildren(render(said, t("newTab")));
  }
}

function action(name: Icon, label: string, click: () => void, hint?: string): HTMLElement {
  return h("button", { type: "button", class: "action", click, "aria-describedby": hint }, icon(name), label);
}
