import { h } from "./dom";

const SCHEMES = new Set(["https:", "tel:", "sms:", "mailto:"]);
const INLINE = /\*\*([^*\n]+)\*\*|\[([^\]\n]{1,200})\]\(([^()\s]{1,500})\)/g;

/** The address when a link may lead there, else "". */
export function safeAddress(address: string | undefined): string {
  try {
    const url = new URL(address ?? "");
    return SCHEMES.has(url.protocol) ? url.href : "";
  } catch {
    return "";
  }
}

/** A link to a page of the chat server, whose address comes from the server itself. */
export function pageLink(label: string, address: string, newTab: string): Node {
  return /^https?:/.test(address) ? away(label, address, newTab) : document.createTextNode("");
}

/** A link that says when it opens a new tab; plain text when the address is not allowed. */
export function link(label: string, address: string, newTab: string): Node {
  const href = safeAddress(address);
  if (!href) return document.createTextNode(label);
  if (!href.startsWith("https:")) return h("a", { href }, label);
  return away(label, href, newTab);
}

function away(label: string, href: string, newTab: string): HTMLElement {
  const values = { href, target: "_blank", rel: "noopener noreferrer" };
  return h("a", values, label, h("span", { class: "sr" }, ` (${newTab})`));
}

/** Paragraphs, line breaks, bold, lists and links, as nodes. Everything else stays the text it is. */
export function render(text: string, newTab: string): DocumentFragment {
  const made = document.createDocumentFragment();
  for (const block of text.replace(/\r\n?/g, "\n").split(/\n{2,}/)) {
    for (const part of parts(block)) made.append(part.list ? list(part.lines, newTab) : paragraph(part.lines, newTab));
  }
  return made;
}

interface Part {
  list: boolean;
  lines: string[];
}

function parts(block: string): Part[] {
  const found: Part[] = [];
  for (const line of block.split("\n")) {
    if (!line.trim()) continue;
    const list = line.startsWith("- ");
    const last = found[found.length - 1];
    const content = list ? line.slice(2) : line;
    if (last && last.list === list) last.lines.push(content);
    else found.push({ list, lines: [content] });
  }
  return found;
}

function list(lines: string[], newTab: string): Node {
  return h("ul", {}, ...lines.map((line) => h("li", {}, ...inline(line, newTab))));
}

function paragraph(lines: string[], newTab: string): Node {
  const nodes = lines.flatMap((line, index) => [...(index ? [h("br", {})] : []), ...inline(line, newTab)]);
  return h("p", {}, ...nodes);
}

function inline(line: string, newTab: string): Node[] {
  const nodes: Node[] = [];
  let end = 0;
  for (const match of line.matchAll(INLINE)) {
    nodes.push(document.createTextNode(line.slice(end, match.index)));
    end = (match.index ?? 0) + match[0].length;
    if (match[1] !== undefined) nodes.push(h("strong", {}, ...inline(match[1], newTab)));
    else nodes.push(link(match[2] ?? "", match[3] ?? "", newTab));
  }
  nodes.push(document.createTextNode(line.slice(end)));
  return nodes;
}

/** The same text without its marks, for a screen reader. */
export function plain(text: string): string {
  return render(text, "").textContent?.trim() ?? "";
}
