/**
 * How dates and times are written. Dates are calendar dates of the organisation and never shift with a zone; instants
 * are told in the organisation's zone.
 */

const DAY_MS = 86_400_000;

/** A bucket's name on an axis: `12 Oct` for days and weeks, `Oct` for months. */
export function bucketLabel(from: string, grain: string, locale?: string): string {
  const options: Intl.DateTimeFormatOptions =
    grain === "month" ? { month: "short" } : { day: "numeric", month: "short" };
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" }).format(dateOf(from));
}

/** A range of dates in words; `to` is the first date after it. */
export function dateRange(from: string, to: string, locale?: string): string {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
  return format.formatRange(dateOf(from), new Date(dateOf(to).getTime() - DAY_MS));
}

/** Days from one calendar date to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((dateOf(to).getTime() - dateOf(from).getTime()) / DAY_MS);
}

/** The calendar date of an instant in a zone. */
export function dateIn(at_ms: number, time_zone: string): string {
  return new Intl.DateTimeFormat("en-CA", { dateStyle: "short", timeZone: time_zone }).format(at_ms);
}

export function clockTime(at_ms: number, time_zone: string, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: "medium", timeZone: time_zone }).format(at_ms);
}

export function dateAndTime(at: string, time_zone: string, locale?: string): string {
  const options: Intl.DateTimeFormatOptions = { dateStyle: "medium", timeStyle: "short", timeZone: time_zone };
  return new Intl.DateTimeFormat(locale, options).format(new Date(at));
}

/** How long ago: `now`, `4 min. ago`, `yesterday`. */
export function ago(at_ms: number, now_ms: number, locale?: string): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
  const minutes = Math.floor(Math.max(0, now_ms - at_ms) / 60_000);
  if (minutes < 1) return format.format(0, "second");
  if (minutes < 60) return format.format(-minutes, "minute");
  if (minutes < 1_440) return format.format(-Math.floor(minutes / 60), "hour");
  return format.format(-Math.floor(minutes / 1_440), "day");
}

function dateOf(date: string): Date {
  return new Date(`${date.slice(0, 10)}T00:00:00Z`);
}
