import { KapGuideElement } from "./element";
import type { Handle, Options } from "./public";

const NAME = "kap-guide";

/** Puts the chat on the page. The script does this by itself, unless it stands there with data-manual. */
function mount(options: Options = {}): Handle {
  const element = options.element ?? document.querySelector<HTMLElement>(NAME) ?? added();
  if (!(element instanceof KapGuideElement)) throw new TypeError(`the chat needs a <${NAME}> element`);
  return element.mount({ server, ...fromData(element.dataset), ...options });
}

function added(): HTMLElement {
  return document.body.appendChild(document.createElement(NAME));
}

/** Options of data attributes. What is not understood is left out: a spelling mistake must not take the chat away. */
function fromData(data: DOMStringMap): Options {
  const one = <T extends string>(value: string | undefined, ...allowed: T[]): T | undefined =>
    allowed.find((each) => each === value?.toLowerCase());
  const found = {
    server: data["server"],
    language: one(data["language"], "en", "es"),
    region: data["region"]?.toUpperCase(),
    colour: data["colour"],
    position: one(data["position"], "left", "right"),
    theme: one(data["theme"], "auto", "light", "dark"),
    exit: data["exit"],
    open: "open" in data && data["open"] !== "false" ? true : undefined,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value)) as Options;
}

const script = document.currentScript as HTMLScriptElement | null;
const server = script?.src ? new URL(script.src).origin : location.origin;

if (!customElements.get(NAME)) {
  customElements.define(NAME, KapGuideElement);
  window.KapGuide = { mount };
  const start = (): unknown => mount(fromData(script?.dataset ?? {}));
  if (!script || "manual" in script.dataset) {
    // The page mounts it itself.
  } else if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
}
