/** Makes everything but `element` unreachable; the function that comes back undoes exactly that. */
export function isolate(element: Element): () => void {
  const changed: Element[] = [];
  for (let inside = element; inside !== document.body && inside.parentElement; inside = inside.parentElement) {
    for (const sibling of inside.parentElement.children) {
      if (sibling === inside || sibling.hasAttribute("inert") || /^(SCRIPT|STYLE|LINK)$/.test(sibling.tagName)) continue;
      sibling.setAttribute("inert", "");
      changed.push(sibling);
    }
  }
  const root = document.documentElement;
  const before = root.style.overflow;
  root.style.overflow = "hidden";
  return () => {
    for (const each of changed) each.removeAttribute("inert");
    root.style.overflow = before;
  };
}

/** Keeps a sheet inside what the keyboard leaves of the screen. */
export function followKeyboard(element: HTMLElement): () => void {
  const view = window.visualViewport;
  if (!view) return () => undefined;
  const fit = (): void => {
    const zoomed = view.scale > 1.01;
    element.style.setProperty("--seen", zoomed ? "100%" : `${view.height}px`);
    element.toggleAttribute("data-short", view.height < 560);
    element.style.setProperty("--from", zoomed ? "0px" : `${view.offsetTop}px`);
  };
  fit();
  view.addEventListener("resize", fit);
  view.addEventListener("scroll", fit);
  return () => {
    element.removeAttribute("data-short");
    view.removeEventListener("resize", fit);
    view.removeEventListener("scroll", fit);
  };
}
