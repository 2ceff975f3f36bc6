import type { Help, Message, Source } from "../contract";
import { h, icon } from "../dom";
import { link, render } from "../markdown";
import type { Entry } from "../transcript";
import { isCrisis } from "./announcer";
import { feedback } from "./feedback";
import { helpLinks } from "./helpbar";
import type { Ui } from "./ui";

/** What decides how a message looks; it is drawn anew when this changes. */
export interface Look {
  entry: Entry;
  /** Nothing was said after it: its choices can still be taken. */
  latest: boolean;
  /** The first of several crisis replies. */
  first: boolean;
  help: Help;
}

export interface Doing {
  choose(label: string, payload: string): void;
  edit(entry: Entry): void;
}

export function drawMessage(ui: Ui, look: Look, doing: Doing): HTMLElement {
  const { message } = look.entry;
  return message.from === "person" ? ours(ui, look, doing) : theirs(ui, look, doing);
}

function ours(ui: Ui, { entry }: Look, doing: Doing): HTMLElement {
  const { t } = ui;
  const bubble = h("div", { class: "bubble" }, ...entry.message.text.split("\n").map((line) => h("p", {}, line || "\u00a0")));
  const item = h("li", { class: "message person" }, h("span", { class: "sr" }, t("you")), bubble);
  if (entry.status === "refused") {
    item.append(
      h("div", { class: "state problem" }, h("strong", {}, t("refused")), render(entry.problem, t("newTab"))),
      h("button", { type: "button", class: "link", click: () => doing.edit(entry) }, t("edit")),
    );
  } else if (entry.status === "waiting") {
    item.append(h("p", { class: "state waiting" }, t("notSent")));
  }
  return item;
}

function theirs(ui: Ui, look: Look, doing: Doing): HTMLElement {
  const { t, conversation } = ui;
  const { message } = look.entry;
  const crisis = isCrisis(message);
  const language = message.language ?? (crisis ? null : "en");
  const bubble = h(
    "div",
    { class: "bubble", lang: language === conversation.language ? null : language },
    crisis && look.first && h("p", { class: "crisis-title", lang: conversation.language }, icon("heart"), t("crisis")),
    render(message.text, t("newTab")),
    crisis && look.first && look.latest && h("div", { class: "crisis-links" }, ...helpLinks(ui, look.help, "button")),
    about(ui, message),
  );
  return h(
    "li",
    { class: `message assistant${crisis ? " crisis" : ""}` },
    h("span", { class: "sr" }, t("guide")),
    bubble,
    look.latest ? choices(ui, message, doing) : !crisis && offered(ui, message),
    message.feedback && !crisis && feedback(ui, message.id),
  );
}

/** How far an answer was checked, and on what it rests. */
function about(ui: Ui, message: Message): HTMLElement | null {
  const { t } = ui;
  const sources = message.sources ?? [];
  if (!message.notice && !message.reviewed_on && !sources.length) return null;
  const reviewed = message.reviewed_on ? t("reviewed", { date: day(message.reviewed_on, ui.conversation.language) }) : "";
  return h(
    "div",
    { class: "about" },
    !!(message.notice || reviewed) && h("p", {}, message.notice ?? "", message.notice && reviewed ? h("br", {}) : null, reviewed && h("span", { lang: ui.conversation.language }, reviewed)),
    sources.length > 0 &&
      h(
        "details",
        {},
        h("summary", { lang: ui.conversation.language }, icon("down"), `${t("sources")} (${sources.length})`),
        h("ol", {}, ...sources.map((source) => h("li", {}, ...reference(ui, source)))),
      ),
  );
}

function reference(ui: Ui, source: Source): Node[] {
  const title = link(source.title || source.address, source.address, ui.t("newTab"));
  return source.section ? [title, h("span", { class: "section" }, ` ${source.section}`)] : [title];
}

function choices(ui: Ui, message: Message, doing: Doing): HTMLElement | null {
  if (!message.choices?.length) return null;
  const buttons = message.choices.map(({ label, payload }) =>
    h("button", { type: "button", class: "choice", click: () => doing.choose(label, payload) }, label),
  );
  return h("div", { class: "choices", role: "group", "aria-label": ui.t("choices") }, ...buttons);
}

/** What could be picked, once the conversation has gone on. */
function offered(ui: Ui, message: Message): HTMLElement | null {
  if (!message.choices?.length) return null;
  return h("ul", { class: "offered", "aria-label": ui.t("offered") }, ...message.choices.map(({ label }) => h("li", {}, label)));
}

/** A day in the reader's language, the same in every time zone. */
function day(iso: string, language: string): string {
  const date = new Date(`${iso.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return iso;
  return date.toLocaleDateString(language, { dateStyle: "long", timeZone: "UTC" });
}
