import { Refusal } from "../api";
import type { CallbackRequest, Replies } from "../contract";
import { h, icon } from "../dom";
import { link, render } from "../markdown";
import { randomId } from "../storage";
import { checkbox, type Field, textField, yesNo } from "./fields";
import type { Ui, View } from "./ui";

type Name = "name" | "phone" | "email" | "best_time" | "safe_to_call" | "voicemail" | "note" | "consent";

/** Leave a number or an address, for the clinic to call back. */
export class PersonView implements View {
  readonly element: HTMLElement;
  private readonly title: HTMLElement;
  private readonly intro = h("div", { class: "stack" });
  private readonly form: HTMLFormElement;
  private readonly summary = h("div", { class: "summary", role: "alert" });
  private readonly fields: Record<Name, Field>;
  private requestId = randomId();
  private sending = false;

  constructor(private readonly ui: Ui) {
    const { t } = ui;
    this.fields = {
      name: textField({ name: "name", label: t("name"), autocomplete: "name" }),
      phone: textField({ name: "phone", label: t("phone"), type: "tel", autocomplete: "tel" }),
      email: textField({ name: "email", label: t("email"), type: "email", autocomplete: "email" }),
      best_time: textField({ name: "best_time", label: t("bestTime"), hint: t("bestTimeHint") }),
      safe_to_call: yesNo("safe_to_call", t("safeToCall"), t("yes"), t("no")),
      voicemail: yesNo("voicemail", t("voicemail"), t("yes"), t("no")),
      note: textField({ name: "note", label: t("note"), rows: 2 }),
      consent: checkbox("consent", t("consent")),
    };
    this.title = h("h3", { tabindex: -1 }, t("person"));
    this.form = h("form", { class: "stack", novalidate: true, submit: (event: SubmitEvent) => void this.submit(event) });
    this.form.append(...this.parts());
    const back = h("button", { type: "button", class: "link back", click: () => ui.show("chat") }, icon("back"), t("back"));
    this.element = h("div", { class: "view page" }, back, this.title, this.intro, this.form);
  }

  focus(): void {
    if (!this.form.contains(this.summary)) this.form.replaceChildren(...this.parts());
    this.intro.dataset["sign"] = "";
    this.update();
    this.title.focus({ preventScroll: true });
    this.element.scrollTop = 0;
  }

  update(): void {
    const { conversation, t } = this.ui;
    const clinic = conversation.config?.clinic;
    const sign = JSON.stringify(clinic ?? "");
    if (this.intro.dataset["sign"] === sign) return;
    this.intro.dataset["sign"] = sign;
    const [before = "", after = ""] = t("personCall", { phone: "\u0000" }).split("\u0000");
    this.intro.replaceChildren(
      h("p", { class: "warning" }, t("notEmergency")),
      h("p", {}, clinic ? `${t("personIntro", { clinic: clinic.name })} ${clinic.hours && t("personHours", { hours: clinic.hours })}` : ""),
      clinic?.phone_href ? h("p", {}, before, link(clinic.phone, clinic.phone_href, ""), after) : "",
    );
  }

  private parts(): Node[] {
    const { t } = this.ui;
    const { name, phone, email, best_time, safe_to_call, voicemail, note, consent } = this.fields;
    const reach = h("fieldset", { class: "group" }, h("legend", {}, t("reach")), h("p", { class: "hint" }, t("reachHint")));
    reach.append(phone.element, email.element);
    const rest = [best_time, safe_to_call, voicemail, note, consent].map((field) => field.element);
    return [name.element, reach, ...rest, this.summary, h("button", { class: "button" }, t("request"))];
  }

  private check(): Map<Name, string> {
    const { t, conversation } = this.ui;
    const { name, phone, email, safe_to_call, voicemail, consent } = this.fields;
    const problems = new Map<Name, string>();
    if (!name.value) problems.set("name", t("nameMissing"));
    if (!phone.value && !email.value) problems.set("phone", t("reachMissing"));
    if (phone.value && phone.value.replace(/\D/g, "").length < 7) problems.set("phone", t("phoneOdd"));
    if (email.value && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email.value)) problems.set("email", t("emailOdd"));
    if (phone.value && !safe_to_call.value) problems.set("safe_to_call", t("answerMissing"));
    if (phone.value && !voicemail.value) problems.set("voicemail", t("answerMissing"));
    if (!consent.value) problems.set("consent", t("consentMissing"));
    const limits = conversation.config?.limits ?? {};
    for (const each of Object.keys(this.fields) as Name[]) {
      const limit = limits[each === "phone" || each === "email" ? "contact" : each] ?? Infinity;
      if (this.fields[each].value.length > limit) problems.set(each, t("fieldLong", { count: limit }));
    }
    return problems;
  }

  private async submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (this.sending) return;
    const problems = this.check();
    this.show(problems);
    if (problems.size) return;
    this.sending = true;
    try {
      const { conversation } = this.ui;
      this.done(await conversation.withSession(() => conversation.api.requestCall(this.request())));
    } catch (error) {
      this.failed(error);
    } finally {
      this.sending = false;
    }
  }

  private request(): CallbackRequest {
    const { name, phone, email, best_time, safe_to_call, voicemail, note } = this.fields;
    const given = { phone: phone.value, email: email.value, best_time: best_time.value, note: note.value };
    const kept = Object.fromEntries(Object.entries(given).filter(([, value]) => value));
    return {
      request_id: this.requestId,
      name: name.value,
      ...kept,
      safe_to_call: safe_to_call.value === "yes",
      voicemail: voicemail.value === "yes",
      consent: true,
    };
  }

  private done(answer: Replies): void {
    const { ui } = this;
    this.requestId = randomId();
    const thanks = h("p", { class: "thanks" }, icon("check"), answer.text || ui.t("requested"));
    this.form.reset();
    this.form.replaceChildren(thanks, h("button", { type: "button", class: "button", click: () => ui.show("chat") }, ui.t("back")));
    this.intro.replaceChildren();
    ui.announcer.say(answer.text || ui.t("requested"));
    this.title.focus({ preventScroll: true });
    ui.conversation.take(answer);
    if (answer.replies?.length) ui.show("chat");
  }

  private failed(error: unknown): void {
    this.explain(error);
    if (error instanceof Refusal) this.ui.conversation.take(error);
  }

  private explain(error: unknown): void {
    const { t } = this.ui;
    const field = error instanceof Refusal ? (error.field as Name) : "";
    if (field && field in this.fields) {
      return this.show(new Map([[field, (error as Refusal).what || t("fieldOdd")]]));
    }
    const said = error instanceof Refusal && error.what ? error.said : t("sendFailed");
    this.summary.replaceChildren(render(said, t("newTab")));
  }

  private show(problems: Map<Name, string>): void {
    const { t } = this.ui;
    const names = Object.keys(this.fields) as Name[];
    for (const name of names) this.fields[name].fail(problems.get(name) ?? "");
    const count = problems.size;
    this.summary.textContent = count ? t(count === 1 ? "fixOne" : "fixMany", { count }) : "";
    const first = names.find((name) => problems.has(name));
    if (first) this.fields[first].focus();
  }
}
