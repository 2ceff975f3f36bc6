/** What a page that shows the chat can rely on. */

export interface Options {
  /** Address of the chat server. Default: where the script came from. */
  server?: string;
  /** Language of the interface. Default: the browser's, if it is one of these, else English. */
  language?: "en" | "es";
  /** Country code that decides the help lines until the person picks one: US, CA, GB, IE, AU, NZ, EU, ZZ. */
  region?: string;
  /** Brand colour as #rrggbb. It is darkened or lightened until text on it can be read. */
  colour?: string;
  position?: "left" | "right";
  theme?: "auto" | "light" | "dark";
  /** Open at once, but not on a phone. Focus stays where it is. */
  open?: boolean;
  /** Where "Leave this page quickly" goes. */
  exit?: string;
  /** The element that holds the plain help links. Default: the first <kap-guide>, or a new one. */
  element?: HTMLElement;
}

/** No event carries what a person wrote: pages pass events on to others. */
export interface Events {
  open: undefined;
  close: undefined;
  message: { from: "person" | "assistant"; outcome: string };
  safety: { active: boolean };
  problem: { code: string };
  erased: undefined;
}

export interface Handle {
  open(): void;
  close(): void;
  /** Takes the chat off the page and shows the plain help links again. */
  destroy(): void;
  /** Calls `listener` at each event; the function that comes back stops that. */
  on<Name extends keyof Events>(name: Name, listener: (detail: Events[Name]) => void): () => void;
}

declare global {
  interface Window {
    KapGuide?: { mount(options?: Options): Handle };
  }
}
