import { type Api, Refusal, Unreachable } from "./api";
import type { Message } from "./contract";
import { alone, type Storage, type Unsent } from "./storage";

export interface Reactions {
  session(): Promise<void>;
  renew(): void;
  delivered(unsent: Unsent, replies: Message[]): void;
  /** It stays in the outbox and is tried again. */
  delayed(unsent: Unsent, error: Refusal | Unreachable): void;
  /** It will never be taken as it is. */
  refused(unsent: Unsent, error: Refusal): void;
  changed(): void;
}

const LONGEST_WAIT = 30_000;

/** Messages on their way. Each is sent again, under the same id, until the server answers it. */
export class Outbox {
  /** The id of the message that is being sent now. */
  inFlight = "";
  private failures = 0;
  private timer = 0;
  private running = false;
  private stopped = false;

  constructor(
    private readonly api: Api,
    private readonly storage: Storage,
    private readonly react: Reactions,
  ) {}

  get items(): Unsent[] {
    const items = this.storage.get("outbox");
    return Array.isArray(items) ? items : [];
  }

  add(unsent: Unsent): void {
    this.storage.set("outbox", [...this.items, unsent]);
    this.flush();
  }

  remove(id: string): void {
    const left = this.items.filter((item) => item.id !== id);
    if (left.length) this.storage.set("outbox", left);
    else this.storage.remove("outbox");
  }

  /** Sends what waits, now. */
  flush(): void {
    clearTimeout(this.timer);
    if (this.running || this.stopped || !this.items.length) return;
    this.running = true;
    void alone("kap-guide outbox", () => this.sendAll())
      .catch(() => this.later(0))
      .finally(() => {
        this.running = false;
        this.inFlight = "";
        this.react.changed();
      });
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async sendAll(): Promise<void> {
    let renewed = false;
    for (let next = this.items[0]; next && !this.stopped; next = this.items[0]) {
      try {
        await this.send(next);
        this.failures = 0;
        renewed = false;
      } catch (error) {
        if (error instanceof Refusal && error.status === 401 && !renewed) {
          renewed = true;
          this.react.renew();
        } else if (error instanceof Refusal && !error.passing && error.status !== 401) {
          this.remove(next.id);
          this.react.refused(next, error);
        } else {
          this.failures += 1;
          const known = error instanceof Refusal ? error : new Unreachable();
          this.later(known instanceof Refusal ? known.retryAfter : 0);
          return this.react.delayed(next, known);
        }
      }
    }
  }

  private async send(unsent: Unsent): Promise<void> {
    this.inFlight = unsent.id;
    this.react.changed();
    await this.react.session();
    const said = unsent.choice ? { choice: unsent.choice } : { text: unsent.text };
    const { replies } = await this.api.send({ message_id: unsent.id, ...said });
    this.remove(unsent.id);
    this.inFlight = "";
    this.react.delivered(unsent, replies ?? []);
  }

  private later(seconds: number): void {
    const backOff = Math.min(LONGEST_WAIT, 1_000 * 2 ** Math.max(0, this.failures - 1));
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.flush(), Math.max(seconds * 1_000, backOff) * (1 + Math.random() / 5));
  }
}
