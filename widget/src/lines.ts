import type { Help, Line } from "./contract";
import known from "./lines.json";
import { safeAddress } from "./markdown";
import { type Translate, translator } from "./texts";

interface Known {
  emergency: string;
  name?: Record<string, string>;
  reach?: Record<string, string>;
  call?: string;
  text?: string;
  keyword?: string;
  chat?: string;
}

const REGIONS: Record<string, Known> = known;

export const REGION_CODES = Object.keys(REGIONS);

/** Help lines that need no server. An unknown region gets those that hold everywhere. */
export function ownHelp(region: string, language: string): Help {
  const elsewhere: Known = known.ZZ;
  const here = REGIONS[region] ?? elsewhere;
  const line = here.name ? here : elsewhere;
  const emergency = here.emergency || translator(language)("elsewhere");
  return {
    emergency: { label: emergency, href: here.emergency && `tel:${here.emergency}` },
    lines: [
      {
        name: line.name?.[language] ?? "",
        reach: line.reach?.[language] ?? "",
        call: line.call ? `tel:${digits(line.call)}` : "",
        text: line.text ? `sms:${digits(line.text)}${line.keyword ? `?body=${line.keyword}` : ""}` : "",
        chat: line.chat ?? "",
      },
    ],
  };
}

/** The plain links of the page, as the first thing to show; null when it has none. */
export function pageHelp(element: Element): Help | null {
  const links = [...element.querySelectorAll("a")]
    .map((link) => ({ label: link.textContent?.trim() ?? "", href: safeAddress(link.getAttribute("href") ?? "") }))
    .filter(({ label, href }) => label && href);
  const calls = links.filter(({ href }) => href.startsWith("tel:"));
  const [first, second] = calls;
  if (!first) return null;
  const text = links.find(({ href }) => href.startsWith("sms:"))?.href ?? "";
  const chat = links.find(({ href }) => href.startsWith("https:"))?.href ?? "";
  const line: Line = { name: "", reach: "", call: second?.href ?? "", text, chat };
  return { emergency: { label: number(first.href), href: first.href }, lines: [line] };
}

/** The number behind a tel: or sms: link, spaced as `reach` spaces it. */
export function number(href: string, reach = ""): string {
  const wanted = decodeURIComponent(href.replace(/^\w+:/, "").replace(/[?;&].*$/, ""));
  for (const match of reach.matchAll(/[+\d][\d -]*\d/g)) {
    if (digits(match[0]) === digits(wanted)) return match[0].trim();
  }
  return wanted;
}

/** A region's name in the language of the interface. */
export function regionName(code: string, language: string, t: Translate): string {
  if (code === "ZZ") return t("regionOther");
  try {
    return new Intl.DisplayNames([language], { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}

function digits(text: string): string {
  return text.replace(/[^\d+]/g, "");
}
