import { Api, Foreign, Refusal, Unreachable } from "./api";
import type { Config, Help, Message, Replies } from "./contract";
import { Emitter } from "./emitter";
import { ownHelp } from "./lines";
import { Outbox } from "./outbox";
import type { Connection, Remark, Signals } from "./signals";
import { randomId, Storage } from "./storage";
import { Stream } from "./stream";
import { Transcript } from "./transcript";

/** One conversation, whatever happens to network, server or tabs. */
export class Conversation extends Emitter<Signals> {
  readonly api: Api;
  readonly storage: Storage;
  readonly transcript = new Transcript();
  readonly outbox: Outbox;
  config: Config | null = null;
  help: Help | null = null;
  connection: Connection = "fine";
  /** The server's own words. */
  problem = "";
  remark: Remark = "";
  safetyMode = false;
  language: string;
  region: string;
  private cursor = "";
  private caughtUp = false;
  private active = false;
  private configTimer = 0;
  private configFailures = 0;
  /** Messages that were refused and had safety replies all the same. */
  private readonly answered = new Set<string>();
  private readonly stream: Stream;
  private readonly unwatch: () => void;

  constructor(server: string, language: string, region: string) {
    super();
    this.storage = new Storage(server);
    this.api = new Api(server, () => this.storage.get("session") ?? "");
    this.language = this.storage.get("language") ?? language;
    this.region = this.storage.get("region") ?? region;
    this.outbox = new Outbox(this.api, this.storage, {
      session: () => this.ensureSession(),
      renew: () => this.renew("renewed"),
      delivered: (unsent, replies) => this.delivered(unsent.id, replies),
      delayed: (unsent, error) => (this.failed(error), this.hearRefusal(unsent.id, error)),
      refused: (unsent, error) => this.refused(unsent.id, error),
      changed: () => this.emit("changed", undefined),
    });
    this.stream = new Stream(this.api, {
      after: () => this.cursor,
      message: (message) => this.hear([message]),
      state: (state) => this.setSafety(state.safety_mode),
      poll: () => this.catchUp(),
      expired: () => this.renew("ended"),
    });
    this.unwatch = this.storage.watch((key) => this.otherTab(key));
  }

  get typing(): boolean {
    const id = this.outbox.inFlight;
    return !!id && !this.transcript.list.some((entry) => entry.message.in_reply_to === id);
  }

  /** Follows the conversation while somebody looks at it. */
  setActive(active: boolean): void {
    if (active === this.active) return;
    this.active = active;
    this.stream.stop();
    if (!active) return;
    this.transcript.matchOutbox(this.outbox.items);
    if (!this.config) void this.loadConfig();
    void this.resume();
  }

  async loadConfig(): Promise<void> {
    clearTimeout(this.configTimer);
    if (!this.config && this.connection !== "foreign") this.connection = "loading";
    this.emit("changed", undefined);
    try {
      const config = await this.api.config(this.language, this.region);
      this.config = config;
      this.help = config.help;
      this.region = config.region;
      this.configFailures = 0;
      this.fine();
      this.emit("config", undefined);
    } catch (error) {
      this.failed(error);
      this.configFailures += 1;
      const wait = Math.min(30_000, 1_000 * 2 ** this.configFailures);
      this.configTimer = window.setTimeout(() => this.active && void this.loadConfig(), wait);
    }
  }

  say(text: string, choice?: string): void {
    const unsent = { id: randomId(), text, ...(choice ? { choice } : {}) };
    this.remark = "";
    this.problem = "";
    this.transcript.putUnsent(unsent);
    this.outbox.add(unsent);
    this.emit("said", undefined);
    this.emit("changed", undefined);
  }

  /** Tries everything again at once. */
  retry(): void {
    if (!this.config && this.active) void this.loadConfig();
    this.outbox.flush();
  }

  /** Shows what came back from a form, taken or refused. */
  take({ replies }: Replies): void {
    this.hear(replies ?? [], { moves: false });
  }

  async ensureSession(): Promise<void> {
    if (this.storage.get("session")) return;
    const { session } = await this.api.startSession(this.language, this.region);
    this.storage.set("session", session);
    this.caughtUp = true;
    if (this.active) this.stream.start();
  }

  /** Does something that needs a session, with a new one when the old one has ended. */
  async withSession<T>(work: () => Promise<T>): Promise<T> {
    await this.ensureSession();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Refusal && error.status === 401)) throw error;
      this.renew("renewed");
      await this.ensureSession();
      return work();
    }
  }

  /** Our own lines stand at once, those of the server when it answers. */
  async setRegion(region: string): Promise<void> {
    this.region = region;
    this.storage.set("region", region);
    this.help = ownHelp(region, this.language);
    this.emit("changed", undefined);
    if (this.storage.get("session")) this.help = (await this.withSession(() => this.api.setRegion(region))).help;
    else await this.loadConfig();
    this.emit("changed", undefined);
  }

  setLanguage(language: string): void {
    this.language = language;
    this.storage.set("language", language);
    this.emit("language", undefined);
    void this.loadConfig();
  }

  async erase(): Promise<string> {
    const { text } = this.storage.get("session") ? await this.api.erase() : { text: "" };
    this.storage.remove("outbox");
    this.empty("erased");
    this.storage.set("erased", randomId());
    this.emit("erased", undefined);
    return text;
  }

  /** Leaves nothing of the conversation in this browser. */
  forget(): void {
    this.outbox.stop();
    this.stream.stop();
    this.storage.clear();
    this.transcript.clear();
  }

  destroy(): void {
    this.setActive(false);
    this.outbox.stop();
    this.unwatch();
    this.clear();
  }

  drop(messageId: string): void {
    this.transcript.drop(messageId);
    this.emit("changed", undefined);
  }

  private async resume(): Promise<void> {
    if (this.storage.get("session")) {
      await this.catchUp().catch((error) => this.failed(error));
      if (this.active && this.storage.get("session")) this.stream.start();
    }
    this.outbox.flush();
  }

  private async catchUp(): Promise<void> {
    try {
      const { messages, safety_mode } = await this.api.history(this.cursor);
      this.hear(messages, { silent: !this.caughtUp });
      this.caughtUp = true;
      if (safety_mode !== undefined) this.setSafety(safety_mode);
      this.fine();
    } catch (error) {
      if (!(error instanceof Refusal && error.status === 401)) throw error;
      this.renew("ended");
    }
  }

  /** Only what came in the server's own order moves the cursor: a reply to a send may overtake others. */
  private hear(messages: Message[], { silent = false, moves = true } = {}): void {
    const fresh = messages.filter((message) => this.transcript.put(message));
    if (moves) this.cursor = messages[messages.length - 1]?.id ?? this.cursor;
    const replies = fresh.filter((message) => message.from === "assistant");
    if (!silent && replies.some((message) => message.outcome === "crisis")) this.setSafety(true);
    if (!silent && replies.length) this.emit("arrived", replies);
    this.emit("changed", undefined);
  }

  private delivered(id: string, replies: Message[]): void {
    const entry = this.transcript.get(id);
    if (entry) entry.status = "sent";
    this.hear(replies, { moves: false });
    this.fine();
    if (this.active) this.stream.start();
  }

  private refused(id: string, error: Refusal): void {
    const entry = this.transcript.get(id);
    if (entry) {
      entry.status = "refused";
      entry.problem = error.said;
    }
    this.emit("problem", error.code || String(error.status));
    this.emit("refused", entry?.problem ?? "");
    this.hearRefusal(id, error);
    this.emit("changed", undefined);
  }

  /** Safety replies to a message that was not taken, after it; once, however often it is refused. */
  private hearRefusal(id: string, error: Refusal | Unreachable): void {
    if (!(error instanceof Refusal) || !error.replies.length || this.answered.has(id)) return;
    this.answered.add(id);
    this.take(error);
    this.transcript.follow(id, error.replies);
  }

  private failed(error: unknown): void {
    const foreign = error instanceof Foreign || (error instanceof Unreachable && this.connection === "foreign");
    this.connection = foreign ? "foreign" : "lost";
    this.problem = error instanceof Refusal ? error.said : "";
    for (const unsent of this.outbox.items) {
      const entry = this.transcript.get(unsent.id);
      if (entry) entry.status = "waiting";
    }
    this.emit("problem", error instanceof Refusal ? error.code : "unreachable");
    this.emit("changed", undefined);
  }

  private fine(): void {
    if (this.outbox.items.length && this.problem) return;
    if (this.connection === "lost" || this.connection === "foreign") this.outbox.flush();
    this.connection = "fine";
    this.problem = "";
    this.emit("changed", undefined);
  }

  private renew(remark: Remark): void {
    this.stream.stop();
    this.storage.remove("session");
    this.cursor = "";
    this.caughtUp = false;
    this.transcript.startSession();
    this.remark = remark;
    this.emit("changed", undefined);
  }

  private empty(remark: Remark): void {
    this.cursor = "";
    this.transcript.clear();
    this.remark = remark;
    this.emit("changed", undefined);
  }

  private setSafety(active: boolean): void {
    if (active === this.safetyMode) return;
    this.safetyMode = active;
    this.emit("safety", active);
    this.emit("changed", undefined);
  }

  private otherTab(key: string): void {
    if (key === "session") {
      this.stream.stop();
      this.empty("");
      this.caughtUp = false;
    }
    if (key === "erased") this.empty("erased");
    this.transcript.matchOutbox(this.outbox.items);
    if (this.active && key !== "language" && key !== "region") void this.resume();
  }
}
