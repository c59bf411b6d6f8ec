/**
 * How figures are written: short where a glance has to do, exact where somebody counts.
 *
 * Invariants: values come in as decimal texts and are never rounded before they are written; nothing else in the app
 * turns a figure into words.
 */

export const ABSENT = "–";

type Decimal = Intl.StringNumericLiteral;

export interface FigureFormat {
  /** Of a figure on a card or an axis: `€1.24M`, `34.2%`, `41.5 days`. */
  short(value: string | null, unit: string): string;
  /** The same with its word apart, so that it can be written smaller: `41.5` and `days`. */
  shortParts(value: string | null, unit: string): { figure: string; word: string };
  /** Of the same figure in full: `€1,240,310.55`. */
  exact(value: string | null, unit: string): string;
}

export function figureFormat(locale?: string): FigureFormat {
  return {
    short: (value, unit) => (value === null ? ABSENT : write(value, unit, shortOptions(value, unit), locale)),
    shortParts: (value, unit) => (value === null ? { figure: ABSENT, word: "" } : partsOf(value, unit, locale)),
    exact: (value, unit) => (value === null ? ABSENT : write(value, unit, exactOptions(unit), locale)),
  };
}

export function whole(n: number, locale?: string): string {
  return new Intl.NumberFormat(locale).format(n);
}

/** A count of things, with the word for one and for many. */
export function counted(n: number, one: string, many: string, locale?: string): string {
  return `${whole(n, locale)} ${n === 1 ? one : many}`;
}

function write(value: string, unit: string, options: Intl.NumberFormatOptions, locale: string | undefined): string {
  const text = new Intl.NumberFormat(locale, options).format(value as Decimal);
  return unit.endsWith("/day") ? `${text} a day` : text;
}

function partsOf(value: string, unit: string, locale: string | undefined): { figure: string; word: string } {
  if (unit !== "days") return { figure: write(value, unit, shortOptions(value, unit), locale), word: "" };
  // The types lag behind: decimal texts are taken here as they are by `format`.
  const parts = new Intl.NumberFormat(locale, shortOptions(value, unit)).formatToParts(value as unknown as number);
  const text = (word: boolean) => parts.flatMap((part) => ((part.type === "unit") === word ? part.value : [])).join("");
  return { figure: text(false).trim(), word: text(true) };
}

function shortOptions(value: string, unit: string): Intl.NumberFormatOptions {
  const base = baseOptions(unit);
  if (unit === "ratio" || unit === "days") return { ...base, maximumFractionDigits: 1 };
  if (Math.abs(Number(value)) < 1_000) return { ...base, maximumFractionDigits: 0, minimumFractionDigits: 0 };
  return {
    ...base,
    notation: "compact",
    minimumSignificantDigits: unit === "count" ? 1 : 3,
    maximumSignificantDigits: 3,
  };
}

function exactOptions(unit: string): Intl.NumberFormatOptions {
  const base = baseOptions(unit);
  if (unit === "ratio") return { ...base, maximumFractionDigits: 4 };
  return base.style === "currency" ? base : { ...base, maximumFractionDigits: 6 };
}

function baseOptions(unit: string): Intl.NumberFormatOptions {
  switch (unit) {
    case "ratio":
      return { style: "percent" };
    case "days":
      return { style: "unit", unit: "day", unitDisplay: "long" };
    case "count":
    case "number":
      return { style: "decimal" };
    default:
      return { style: "currency", currency: unit.replace(/\/day$/, ""), currencyDisplay: "narrowSymbol" };
  }
}
