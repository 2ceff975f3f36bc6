import en from "./texts/en.json";
import es from "./texts/es.json";

export type TextKey = keyof typeof en;
export type Translate = (key: TextKey, values?: Record<string, string | number>) => string;

const BOOKS: Record<string, Record<TextKey, string>> = { en, es };

export const LANGUAGES = [
  { code: "en", name: "English" },
  { code: "es", name: "Español" },
];

/** The interface language to start with: asked for, else the browser's, else English. */
export function pickLanguage(wanted: string | undefined): string {
  const found = [wanted, ...navigator.languages]
    .map((each) => (each ?? "").slice(0, 2).toLowerCase())
    .find((each) => each in BOOKS);
  return found ?? "en";
}

export function translator(language: string): Translate {
  const book = BOOKS[language] ?? en;
  return (key, values = {}) => book[key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}
