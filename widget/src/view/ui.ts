import type { Conversation } from "../conversation";
import type { Translate } from "../texts";
import type { Announcer } from "./announcer";

export type ViewName = "chat" | "options" | "person";

/** What every part of the chat is handed. */
export interface Ui {
  readonly conversation: Conversation;
  readonly t: Translate;
  readonly announcer: Announcer;
  show(view: ViewName): void;
}

/** A part of the chat: `update` brings it in line with the conversation. */
export interface View {
  readonly element: HTMLElement;
  update(): void;
  focus(): void;
}
