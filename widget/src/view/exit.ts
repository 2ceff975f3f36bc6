import { h, icon } from "../dom";
import type { Translate } from "../texts";
import type { Announcer } from "./announcer";

const PRESSES = 3;
const WITHIN = 5_000;

/** Leaves the page at once: by button, or by Shift pressed three times, as GOV.UK services do. */
export class QuickExit {
  readonly element: HTMLElement;
  private readonly lights = h("span", { class: "lights", "aria-hidden": "true", hidden: true });
  private readonly cover = h("div", { class: "cover", role: "alert", hidden: true });
  private presses = 0;
  private timer = 0;
  private shifted = false;
  private readonly hear = (event: KeyboardEvent): void => this.keyUp(event);
  private readonly shown = (): void => this.uncover();

  constructor(
    private readonly t: Translate,
    private readonly announcer: Announcer,
    private readonly address: string,
    private readonly forget: () => void,
  ) {
    this.lights.append(...Array.from({ length: PRESSES }, () => h("i")));
    const describe = { "aria-describedby": "exit-hint" };
    this.element = h(
      "div",
      { class: "exit" },
      h("button", { type: "button", class: "exit-button", ...describe, click: () => this.leave() }, icon("leave"), t("exit"), this.lights),
      h("p", { id: "exit-hint" }, h("span", { class: "keys" }, `${t("exitKeys")} `), t("exitHistory")),
      this.cover,
    );
  }

  listen(on: boolean): void {
    this.reset();
    if (on) document.addEventListener("keyup", this.hear, true);
    else document.removeEventListener("keyup", this.hear, true);
    if (on) window.addEventListener("pageshow", this.shown);
    else window.removeEventListener("pageshow", this.shown);
  }

  leave(): void {
    this.cover.hidden = false;
    this.cover.textContent = this.t("exitGoing");
    document.body.style.setProperty("visibility", "hidden", "important");
    document.title = this.t("exitGoing");
    this.forget();
    window.location.replace(this.address);
  }

  /** Shift counts alone: Shift with a letter ends in a keyup of the letter that still has it held. */
  private keyUp(event: KeyboardEvent): void {
    if (event.key === "Shift" && !this.shifted) this.press();
    else if (this.presses) this.stop();
    this.shifted = event.shiftKey;
  }

  private press(): void {
    this.presses += 1;
    this.draw();
    if (this.presses === PRESSES) return this.leave();
    this.announcer.say(this.t(this.presses === 1 ? "exitTwoMore" : "exitOneMore"));
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.stop(), WITHIN);
  }

  private stop(): void {
    if (this.presses) this.announcer.say(this.t("exitStopped"));
    this.reset();
  }

  private reset(): void {
    clearTimeout(this.timer);
    this.presses = 0;
    this.draw();
  }

  private draw(): void {
    this.lights.hidden = !this.presses;
    [...this.lights.children].forEach((light, index) => light.classList.toggle("on", index < this.presses));
  }

  private uncover(): void {
    if (!this.cover.hidden) document.body.style.removeProperty("visibility");
    this.cover.hidden = true;
    this.reset();
  }
}
