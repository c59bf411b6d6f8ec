/** The overview's KPIs over the invented deals, in the shapes of the REST API. */
import type { components } from "../../src/lib/api/schema";
import { dateOf, type World } from "./world";

type Group = components["schemas"]["GroupItem"];

const DAY_MS = 86_400_000;
const CURRENCY = "EUR";

export interface Dates {
  from: string;
  to: string;
}

export const CATALOGUE = [
  ["bookings", "Bookings", "What was won, in money.", "higher", "Won deals whose close date lies in the range."],
  [
    "win_rate",
    "Win rate",
    "The share of closed deals that were won, by count.",
    "higher",
    "Won and lost deals whose close date lies in the range.",
  ],
  ["open_pipeline", "Open pipeline", "The amount of open deals.", "higher", "Deals that are open then."],
  [
    "average_deal_size",
    "Average deal size",
    "Mean amount of won deals.",
    "higher",
    "Won deals with an amount whose close date lies in the range.",
  ],
  [
    "sales_cycle",
    "Sales cycle",
    "Mean days from creation to close of won deals.",
    "lower",
    "Won deals with a creation date whose close date lies in the range.",
  ],
].map(([id, name, description, better, counts]) => ({
  id,
  name,
  description,
  better,
  counts,
  leaves_out: "Deleted deals.",
}));

export function figure(world: World, kpi: string, { from, to }: Dates, now_ms: number): Group {
  const end = [to, dateOf(now_ms + DAY_MS)].sort()[0] ?? to;
  const closed = world.deals.filter((it) => it.status !== "open" && it.close_date >= from && it.close_date < end);
  const won = closed.filter((it) => it.status === "won");
  const open = world.deals.filter((it) => it.created_on < end && (it.status === "open" || it.close_date >= end));
  const sum = (deals: { amount: number }[]) => deals.reduce((total, it) => total + it.amount, 0);
  const days = won.reduce((total, it) => total + (Date.parse(it.close_date) - Date.parse(it.created_on)) / DAY_MS, 0);
  const notes = to > dateOf(now_ms) ? ["partial_period"] : [];
  const group = (value: string | null, unit: string, n: number): Group => ({
    key: {},
    value,
    unit,
    n,
    parts: {},
    notes,
  });
  switch (kpi) {
    case "bookings":
      return group(sum(won).toFixed(2), CURRENCY, won.length);
    case "win_rate":
      return group(closed.length ? (won.length / closed.length).toFixed(6) : null, "ratio", closed.length);
    case "open_pipeline":
      return group(sum(open).toFixed(2), CURRENCY, open.length);
    case "average_deal_size":
      return group(won.length ? (sum(won) / won.length).toFixed(2) : null, CURRENCY, won.length);
    default:
      return group(won.length ? (days / won.length).toFixed(2) : null, "days", won.length);
  }
}

export function windowDates(window: string, now_ms: number): Dates {
  const now = new Date(now_ms);
  const year = now.getUTCFullYear();
  const month = now.getUTCMonth();
  const first = (m: number) => dateOf(Date.UTC(year, m, 1));
  if (window === "this_month") return { from: first(month), to: first(month + 1) };
  if (window === "this_year") return { from: first(0), to: first(12) };
  const quarter = month - (month % 3);
  return { from: first(quarter), to: first(quarter + 3) };
}

/** The period before, cut at the same elapsed point. */
export function before({ from, to }: Dates, now_ms: number): { dates: Dates; now_ms: number } {
  const length = Date.parse(to) - Date.parse(from);
  return { dates: { from: dateOf(Date.parse(from) - length), to: from }, now_ms: now_ms - length };
}

export function buckets({ from, to }: Dates, grain: string): Dates[] {
  const list: Dates[] = [];
  for (let at = from; at < to;) {
    const next = [after(at, grain), to].sort()[0] ?? to;
    list.push({ from: at, to: next });
    at = next;
  }
  return list;
}

function after(date: string, grain: string): string {
  const at = new Date(date);
  if (grain === "month") return dateOf(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1));
  if (grain === "day") return dateOf(at.getTime() + DAY_MS);
  return dateOf(at.getTime() + (7 - ((at.getUTCDay() + 6) % 7)) * DAY_MS);
}
