/** What this browser keeps. In memory only when the browser keeps nothing. */
export interface Kept {
  session: string;
  outbox: Unsent[];
  language: string;
  region: string;
  /** Changes each time the conversation is erased, so that other tabs hear of it. */
  erased: string;
}

export interface Unsent {
  id: string;
  text: string;
  choice?: string;
}

type Key = keyof Kept;

export class Storage {
  private readonly prefix: string;
  private readonly memory = new Map<string, string>();
  private readonly shared: globalThis.Storage | null;

  constructor(server: string) {
    this.prefix = `kap-guide ${server} `;
    this.shared = usable(() => window.localStorage);
  }

  get<K extends Key>(key: K): Kept[K] | undefined {
    const name = this.prefix + key;
    let raw: string | null | undefined = this.memory.get(name);
    try {
      raw ??= this.shared?.getItem(name);
      return raw ? JSON.parse(raw) : undefined;
    } catch {
      return undefined;
    }
  }

  set<K extends Key>(key: K, value: Kept[K]): void {
    const name = this.prefix + key;
    const raw = JSON.stringify(value);
    try {
      if (!this.shared) throw new Error("no storage");
      this.shared.setItem(name, raw);
      this.memory.delete(name);
    } catch {
      this.memory.set(name, raw);
    }
  }

  remove(key: Key): void {
    this.memory.delete(this.prefix + key);
    try {
      this.shared?.removeItem(this.prefix + key);
    } catch {
      // Storage that was taken away holds nothing of ours either.
    }
  }

  clear(): void {
    for (const key of ["outbox", "session", "language", "region"] as const) this.remove(key);
  }

  /** Calls `changed` when another tab wrote; the function that comes back stops that. */
  watch(changed: (key: Key) => void): () => void {
    const listener = (event: StorageEvent): void => {
      if (event.key?.startsWith(this.prefix)) changed(event.key.slice(this.prefix.length) as Key);
      if (event.key === null) changed("session");
    };
    window.addEventListener("storage", listener);
    return () => window.removeEventListener("storage", listener);
  }
}

function usable(find: () => globalThis.Storage): globalThis.Storage | null {
  try {
    const storage = find();
    storage.setItem("kap-guide", "1");
    storage.removeItem("kap-guide");
    return storage;
  } catch {
    return null;
  }
}

/** 128 random bits; unguessable, and the same message has the same id at each try. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const TURN = 3_000;

/** One tab at a time, but nobody waits long: repeats are told apart by their id in any case. */
export async function alone(name: string, work: () => Promise<void>): Promise<void> {
  const locks = navigator.locks as LockManager | undefined;
  if (!locks) return work();
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), TURN);
  let begun = false;
  const begin = (): Promise<void> => {
    begun = true;
    clearTimeout(timer);
    return work();
  };
  return locks.request(name, { signal: patience.signal }, begin).catch((error) => {
    if (begun) throw error;
    return work();
  });
}
