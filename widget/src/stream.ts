import { type Api, Refusal } from "./api";
import type { Message } from "./contract";

export interface Listener {
  after(): string;
  message(message: Message): void;
  state(state: { safety_mode: boolean }): void;
  /** Asks for messages once; the fallback when nothing can be streamed. */
  poll(): Promise<void>;
  expired(): void;
}

// The server sends a beat every 15 seconds; after twice that the line is dead.
const SILENCE = 35_000;
const POLL_EVERY = 4_000;
const POLLS_BEFORE_STREAM = 8;

/** Follows a conversation while it runs: by stream, and by asking when that fails. */
export class Stream {
  private stopper: AbortController | null = null;

  constructor(
    private readonly api: Api,
    private readonly listener: Listener,
  ) {}

  start(): void {
    if (this.stopper) return;
    this.stopper = new AbortController();
    void this.follow(this.stopper.signal);
  }

  stop(): void {
    this.stopper?.abort();
    this.stopper = null;
  }

  private async follow(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        const read = await this.stream(signal);
        failures = read ? 0 : failures + 1;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Refusal && error.status === 401) return this.expire();
        failures += 1;
      }
      if (failures) await this.askInstead(signal, failures);
      else await pause(500, signal);
    }
  }

  private expire(): void {
    this.stop();
    this.listener.expired();
  }

  private async askInstead(signal: AbortSignal, failures: number): Promise<void> {
    const polls = failures > 1 ? POLLS_BEFORE_STREAM : 1;
    for (let number = 0; number < polls && !signal.aborted; number += 1) {
      await pause(failures > 1 ? POLL_EVERY : 1_000, signal);
      if (!signal.aborted) await this.listener.poll().catch(() => undefined);
    }
  }

  /** True when anything came. */
  private async stream(signal: AbortSignal): Promise<boolean> {
    const silence = new AbortController();
    const forward = (): void => silence.abort();
    signal.addEventListener("abort", forward);
    let timer = 0;
    const heard = (): void => {
      clearTimeout(timer);
      timer = window.setTimeout(forward, SILENCE);
    };
    try {
      const response = await this.api.events(this.listener.after(), silence.signal);
      heard();
      if (!response.body) return false;
      return await this.read(response.body, heard, () => signal.aborted);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", forward);
    }
  }

  private async read(
    body: ReadableStream<Uint8Array>,
    heard: () => void,
    over: () => boolean,
  ): Promise<boolean> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    let rest = "";
    let any = false;
    for (;;) {
      const { done, value } = await reader.read();
      if (done || over()) return any;
      any = true;
      heard();
      const blocks = (rest + decoder.decode(value, { stream: true })).replace(/\r\n?/g, "\n").split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) this.dispatch(block);
    }
  }

  private dispatch(block: string): void {
    let name = "message";
    let data = "";
    for (const line of block.split("\n")) {
      if (line.startsWith("event:")) name = line.slice(6).trim();
      if (line.startsWith("data:")) data += line.slice(5).trim();
    }
    if (!data) return;
    try {
      const value = JSON.parse(data);
      if (name === "message") this.listener.message(value);
      if (name === "state") this.listener.state(value);
    } catch {
      // A block that is not JSON is no message of ours.
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
