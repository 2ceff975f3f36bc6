import { h, set } from "../dom";

export interface Field {
  readonly element: HTMLElement;
  readonly value: string;
  focus(): void;
  fail(problem: string): void;
}

interface Wanted {
  name: string;
  label: string;
  hint?: string;
  type?: string;
  autocomplete?: string;
  rows?: number;
}

/** A labelled field with its hint and its error beside it. */
export function textField({ name, label, hint, type = "text", autocomplete = "off", rows }: Wanted): Field {
  const id = `field-${name}`;
  const control = rows
    ? h("textarea", { id, name, rows })
    : h("input", { id, name, type, autocomplete, inputmode: type === "text" ? null : type });
  const error = h("p", { class: "error", id: `${id}-error` });
  const note = hint ? h("p", { class: "hint", id: `${id}-hint` }, hint) : null;
  const element = h("div", { class: "field" }, h("label", { for: id }, label), note, error, control);
  return {
    element,
    get value() {
      return control.value.trim();
    },
    focus: () => control.focus(),
    fail: (problem) => mark(control, error, problem, note ? `${id}-hint` : ""),
  };
}

/** Two radio buttons; the value is "yes", "no" or "" while nothing was chosen. */
export function yesNo(name: string, label: string, yes: string, no: string): Field {
  const id = `field-${name}`;
  const error = h("p", { class: "error", id: `${id}-error` });
  const radio = (value: string, text: string): HTMLElement =>
    h("label", { class: "option" }, h("input", { type: "radio", name, value }), text);
  const element = h(
    "fieldset",
    { class: "field", role: "radiogroup", "aria-describedby": `${id}-error` },
    h("legend", {}, label),
    error,
    h("div", { class: "options" }, radio("yes", yes), radio("no", no)),
  );
  const inputs = [...element.querySelectorAll("input")];
  return {
    element,
    get value() {
      return inputs.find((input) => input.checked)?.value ?? "";
    },
    focus: () => inputs[0]?.focus(),
    fail: (problem) => mark(element, error, problem, ""),
  };
}

export function checkbox(name: string, label: string): Field {
  const id = `field-${name}`;
  const input = h("input", { type: "checkbox", id, name });
  const error = h("p", { class: "error", id: `${id}-error` });
  const element = h("div", { class: "field" }, error, h("label", { class: "option" }, input, label));
  return {
    element,
    get value() {
      return input.checked ? "yes" : "";
    },
    focus: () => input.focus(),
    fail: (problem) => mark(input, error, problem, ""),
  };
}

function mark(control: HTMLElement, error: HTMLElement, problem: string, hint: string): void {
  error.textContent = problem;
  set(control, "aria-invalid", problem ? "true" : null);
  set(control, "aria-describedby", [problem && error.id, hint].filter(Boolean).join(" ") || null);
}
