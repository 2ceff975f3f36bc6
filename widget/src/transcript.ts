import type { Message } from "./contract";
import type { Unsent } from "./storage";

export type Status = "sending" | "waiting" | "sent" | "refused";

export interface Entry {
  key: string;
  message: Message;
  status: Status;
  /** Why a message was not taken, in the server's words. */
  problem: string;
  /** Grows with each new session; ids of different sessions do not compare. */
  session: number;
  seq: number;
}

/** Messages in the server's order, and after them those that it does not have yet. No clock is asked. */
export class Transcript {
  private readonly entries = new Map<string, Entry>();
  private session = 0;
  private count = 0;

  get list(): Entry[] {
    const anchors = new Map([...this.entries].map(([key, entry]) => [key, this.anchor(entry)]));
    return [...this.entries.values()].sort(
      (a, b) =>
        a.session - b.session ||
        compareIds(anchors.get(a.key) ?? "", anchors.get(b.key) ?? "") ||
        Number(a.message.from === "assistant") - Number(b.message.from === "assistant") ||
        a.seq - b.seq,
    );
  }

  get(messageId: string): Entry | undefined {
    return this.entries.get(`person ${messageId}`);
  }

  /** Puts a message of the server in; false when it was there already. */
  put(message: Message): boolean {
    const ours = message.from === "person";
    const key = `${message.from} ${(ours && message.message_id) || message.id}`;
    const known = this.entries.get(key);
    if (known) {
      if (!known.message.id) known.message = { ...message, text: known.message.text || message.text };
      known.status = "sent";
      known.problem = "";
      return false;
    }
    this.add(key, message, "sent");
    return true;
  }

  /** Puts a message of the person in that the server has not confirmed. */
  putUnsent(unsent: Unsent): boolean {
    const key = `person ${unsent.id}`;
    if (this.entries.has(key)) return false;
    const at = new Date().toISOString();
    this.add(key, { id: "", from: "person", at, text: unsent.text, message_id: unsent.id }, "sending");
    return true;
  }

  /** Shows what waits in the outbox, and lets go of what another tab has sent: the server has that. */
  matchOutbox(items: Unsent[]): void {
    for (const item of items) this.putUnsent(item);
    for (const { message, status } of [...this.entries.values()]) {
      const id = message.message_id ?? "";
      const onItsWay = status === "sending" || status === "waiting";
      if (onItsWay && !items.some((item) => item.id === id)) this.drop(id);
    }
  }

  /** Lets replies stand after a message that the server did not take. */
  follow(messageId: string, replies: Message[]): void {
    for (const { id } of replies) {
      const entry = this.entries.get(`assistant ${id}`);
      if (entry) entry.message = { ...entry.message, in_reply_to: messageId };
    }
  }

  startSession(): void {
    this.session += 1;
    for (const entry of this.entries.values()) {
      if (entry.status !== "sent") entry.session = this.session;
    }
  }

  drop(messageId: string): void {
    this.entries.delete(`person ${messageId}`);
  }

  clear(): void {
    this.entries.clear();
  }

  private add(key: string, message: Message, status: Status): void {
    this.count += 1;
    const { session, count: seq } = this;
    this.entries.set(key, { key, message, status, problem: "", session, seq });
  }

  private anchor(entry: Entry): string {
    if (entry.message.id) return entry.message.id;
    const replies = [...this.entries.values()]
      .filter((each) => each.message.in_reply_to === entry.message.message_id)
      .map((each) => each.message.id);
    return replies.sort(compareIds)[0] ?? "";
  }
}

/** Order of the server's ids: shorter first, then by character. "" comes last. */
function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  if (!a || !b) return a ? -1 : 1;
  return a.length - b.length || (a < b ? -1 : 1);
}
