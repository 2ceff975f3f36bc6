import type { Message } from "./contract";

/** What a conversation tells those who show it. */
export interface Signals {
  changed: undefined;
  /** Messages of the assistant that the person has not seen yet. */
  arrived: Message[];
  problem: string;
  /** A message was not taken; why, in the server's words. */
  refused: string;
  safety: boolean;
  config: undefined;
  said: undefined;
  erased: undefined;
  language: undefined;
}

export type Connection = "fine" | "loading" | "lost" | "foreign";
export type Remark = "" | "renewed" | "ended" | "erased";
