type Child = Node | string | null | undefined | false;
type Values = Record<string, string | number | boolean | null | undefined | ((event: never) => void)>;

/** An element: functions become listeners, true an empty attribute, false and null none. */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  values: Values = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(values)) {
    if (typeof value === "function") element.addEventListener(key, value as EventListener);
    else set(element, key, value);
  }
  element.append(...children.filter((child): child is Node | string => !!child || child === ""));
  return element;
}

/** Sets an attribute; false, null and undefined take it away. */
export function set(element: Element, name: string, value: string | number | boolean | null | undefined): void {
  if (value === false || value === null || value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value === true ? "" : value)) {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

const PATHS = {
  chat: "M4 5h16v11H10l-4 4v-4H4z",
  close: "M6 6l12 12M18 6L6 18",
  more: "M4 7h16M4 12h16M4 17h16",
  back: "M15 5l-7 7 7 7",
  down: "M6 9l6 6 6-6",
  send: "M12 20V5M5 12l7-7 7 7",
  leave: "M14 5h5v14h-5M4 12h11M11 8l4 4-4 4",
  phone: "M6 3h4l2 5-2.5 1.8a12 12 0 0 0 4.7 4.7L16 12l5 2v4a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3z",
  text: "M4 5h16v11H10l-4 4v-4H4zM8 9h8M8 12h5",
  heart: "M12 20s-7.5-4.6-7.5-10A4.2 4.2 0 0 1 12 7.3 4.2 4.2 0 0 1 19.5 10c0 5.4-7.5 10-7.5 10z",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c.6-4 3.8-6 8-6s7.4 2 8 6",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  erase: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  leaf: "M5 19C5 10 10 5 20 4c0 10-4 15-12 15H5zM5 19l8-8",
  check: "M5 12.500l4.5 4.500L19 7.5",
} as const;

export type Icon = keyof typeof PATHS;

/** A drawing that screen readers pass over. */
export function icon(name: Icon): SVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  for (const [key, value] of [["viewBox", "0 0 24 24"], ["aria-hidden", "true"], ["class", "icon"]] as const) {
    svg.setAttribute(key, value);
  }
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
