import type { CallbackRequest, Config, Help, Message, Replies } from "./contract";
import { randomId } from "./storage";

/** The server answered, and said no. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly what: string,
    readonly help: string,
    readonly field: string,
    readonly retryAfter: number,
    /** Safety replies to the words that were refused. */
    readonly replies: Message[],
  ) {
    super(code);
  }

  /** The server's words; the help line only where no safety reply says more. */
  get said(): string {
    return [this.what, this.replies.length ? "" : this.help].filter(Boolean).join("\n\n");
  }

  get passing(): boolean {
    return this.status === 429 || this.status >= 500;
  }
}

/** No answer, or not one of ours. */
export class Unreachable extends Error {}

/** The server is there, but this page may not read what it says: clinic.yml does not name the site. */
export class Foreign extends Unreachable {}

const PATIENCE = 25_000;
const PROBE = 5_000;
const QUIET = { credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer" } as const;

interface Sending {
  method?: string;
  body?: object;
  signal?: AbortSignal;
  stream?: boolean;
}

export class Api {
  constructor(
    private readonly server: string,
    private readonly token: () => string,
  ) {}

  async config(language: string, region: string): Promise<Config> {
    const query = new URLSearchParams(region ? { language, region } : { language });
    try {
      return await this.json(`/web/config?${query}`);
    } catch (error) {
      if (error instanceof Unreachable && (await this.isForeign())) throw new Foreign();
      throw error;
    }
  }

  startSession(language: string, region: string): Promise<{ session: string }> {
    return this.json("/web/sessions", { body: region ? { language, region } : { language } });
  }

  send(body: { message_id: string; text?: string; choice?: string }): Promise<{ replies: Message[] }> {
    return this.json("/web/messages", { body });
  }

  history(after: string): Promise<{ messages: Message[]; safety_mode?: boolean }> {
    return this.json(`/web/messages${after ? `?after=${encodeURIComponent(after)}` : ""}`);
  }

  events(after: string, signal: AbortSignal): Promise<Response> {
    const query = after ? `?after=${encodeURIComponent(after)}` : "";
    return this.request(`/web/events${query}`, { signal, stream: true });
  }

  feedback(body: { reply_id: string; helpful: boolean; reason?: string }): Promise<Replies> {
    return this.json("/web/feedback", { body });
  }

  requestCall(body: CallbackRequest): Promise<Replies> {
    return this.json("/web/callbacks", { body });
  }

  setRegion(region: string): Promise<{ help: Help; region: string }> {
    return this.json("/web/region", { body: { region } });
  }

  async transcript(): Promise<string> {
    return (await this.request("/web/transcript")).text();
  }

  erase(): Promise<{ text: string }> {
    return this.json("/web/conversation", { method: "DELETE" });
  }

  /** A page may always ask, and can tell silence from an answer that it may not read. */
  private async isForeign(): Promise<boolean> {
    if (new URL(this.server, location.href).origin === location.origin) return false;
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PROBE);
    const asked = fetch(`${this.server}/web/config`, { mode: "no-cors", ...QUIET, signal: stop.signal });
    return asked.then(() => true, () => false).finally(() => clearTimeout(timer));
  }

  private async json<T>(path: string, sending: Sending = {}): Promise<T> {
    const response = await this.request(path, sending);
    try {
      return (await response.json()) as T;
    } catch {
      throw new Unreachable(path);
    }
  }

  private async request(path: string, sending: Sending = {}): Promise<Response> {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    sending.signal?.addEventListener("abort", () => stop.abort());
    let response: Response;
    try {
      response = await fetch(this.server + path, {
        method: sending.method ?? (sending.body ? "POST" : "GET"),
        headers: this.headers(sending),
        body: sending.body ? JSON.stringify(sending.body) : null,
        ...QUIET,
        signal: stop.signal,
      });
    } catch {
      throw new Unreachable(path);
    } finally {
      clearTimeout(timer);
    }
    if (!response.ok) throw await refusal(response);
    return response;
  }

  private headers(sending: Sending): Record<string, string> {
    const headers: Record<string, string> = {};
    if (sending.body) headers["Content-Type"] = "application/json";
    if (sending.stream) headers["Accept"] = "text/event-stream";
    if (this.token()) headers["Authorization"] = `Bearer ${this.token()}`;
    return headers;
  }
}

async function refusal(response: Response): Promise<Refusal> {
  const body = await response.json().catch(() => ({}));
  const text = (name: string): string => (typeof body?.[name] === "string" ? body[name] : "");
  const wait = Number(response.headers.get("Retry-After")) || 0;
  const given: Message[] = Array.isArray(body?.replies) ? body.replies : [];
  // Outside a session replies are numbered anew in each answer: those numbers name nothing here.
  const replies = response.status === 401 ? given.map((each) => ({ ...each, id: `${each.id}-${randomId()}` })) : given;
  return new Refusal(response.status, text("error"), text("what"), text("help"), text("field"), wait, replies);
}
