/**
 * How a change against another period is told: relative for amounts, in percentage points for ratios.
 */

export interface Change {
  readonly text: string;
  readonly direction: "up" | "down" | "same";
  /** Whether that is to be welcomed; undefined where the KPI has no better side. */
  readonly good: boolean | undefined;
}

export interface ChangeQuestion {
  readonly value: string | null;
  readonly before: string | null;
  readonly unit: string;
  readonly better: "higher" | "lower" | undefined;
}

/** Undefined where there is nothing to compare. */
export function changeOf({ value, before, unit, better }: ChangeQuestion, locale?: string): Change | undefined {
  if (value === null || before === null) return undefined;
  const difference = Number(value) - Number(before);
  const text = unit === "ratio" ? points(difference, locale) : relative(difference, Number(before), locale);
  if (text === undefined) return undefined;
  const direction = difference > 0 ? "up" : difference < 0 ? "down" : "same";
  const good = direction === "same" || !better ? undefined : (direction === "up") === (better === "higher");
  return { text, direction, good };
}

function points(difference: number, locale: string | undefined): string {
  const format = new Intl.NumberFormat(locale, { maximumFractionDigits: 1, signDisplay: "exceptZero" });
  return `${format.format(difference * 100)} pp`;
}

function relative(difference: number, before: number, locale: string | undefined): string | undefined {
  if (before === 0) return undefined;
  const ratio = difference / Math.abs(before);
  const maximumFractionDigits = Math.abs(ratio) < 1 ? 1 : 0;
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits, signDisplay: "exceptZero" }).format(
    ratio,
  );
}
