import type { CallbackRequest, Config, Help, Message, Replies } from "./contract";

/** The server answered, and said no. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly what: string,
    readonly help: string,
    readonly field: string,
    readonly retryAfter: number,
  ) {
    super(code);
  }

  get passing(): boolean {
    return this.status === 429 || this.status >= 500;
  }
}

/** No answer, or not one of ours. */
export class Unreachable extends Error {}

const PATIENCE = 25_000;

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

  config(language: string, region: string): Promise<Config> {
    const query = new URLSearchParams(region ? { language, region } : { language });
    return this.json(`/web/config?${query}`);
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
        credentials: "omit",
        cache: "no-store",
        referrerPolicy: "no-referrer",
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
  return new Refusal(response.status, text("error"), text("what"), text("help"), text("field"), wait);
}
