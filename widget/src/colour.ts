type Rgb = [number, number, number];

/** Colours of one look, from the brand colour. */
export interface Accent {
  fill: string;
  onFill: string;
  text: string;
}

const READABLE = 4.5;
const PAPER: Record<"light" | "dark", Rgb> = { light: [240, 235, 227], dark: [43, 54, 54] };
const INK: Record<"light" | "dark", Rgb> = { light: [255, 255, 255], dark: [15, 24, 24] };

/** The accent for a look: the brand colour, moved away from the paper until it can be read. null when it is no colour. */
export function accent(colour: string, look: "light" | "dark"): Accent | null {
  const brand = parse(colour);
  if (!brand) return null;
  const towards: Rgb = look === "light" ? [0, 0, 0] : [255, 255, 255];
  let made = brand;
  for (let step = 1; step <= 50 && !readable(made, look); step += 1) made = mix(brand, towards, step / 50);
  return { fill: css(made), onFill: css(INK[look]), text: css(made) };
}

function readable(colour: Rgb, look: "light" | "dark"): boolean {
  return contrast(colour, PAPER[look]) >= READABLE && contrast(colour, INK[look]) >= READABLE;
}

function parse(colour: string): Rgb | null {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(colour.trim());
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour.trim());
  const digits = short ? short.slice(1).map((digit) => digit + digit) : long?.slice(1);
  return digits ? (digits.map((pair) => parseInt(pair, 16)) as Rgb) : null;
}

function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function mix(a: Rgb, b: Rgb, share: number): Rgb {
  return a.map((part, index) => Math.round(part + ((b[index] ?? 0) - part) * share)) as Rgb;
}

function css(colour: Rgb): string {
  return `rgb(${colour.join(" ")})`;
}
