/** The buckets of a series as points to draw. Pure. */
import type { SeriesAnswer } from "@/lib/api/kpis";

export interface Point {
  readonly from: string;
  /** The first date after it. */
  readonly to: string;
  /** Only for drawing; null where there is no figure, which is a gap and not zero. */
  readonly height: number | null;
  readonly value: string | null;
  readonly unit: string;
  readonly n: number;
  /** `future` buckets have not begun on `today`. */
  readonly when: "past" | "partial" | "future";
}

export function pointsOf(series: SeriesAnswer, today: string): Point[] {
  return series.buckets.map(({ from, to, groups }) => {
    const when = from > today ? "future" : to > today ? "partial" : "past";
    const group = groups[0];
    const value = when === "future" ? null : (group?.value ?? null);
    const height = value === null ? null : Number(value);
    return { from, to, height, value, unit: group?.unit ?? "", n: when === "future" ? 0 : (group?.n ?? 0), when };
  });
}

export function begun(points: readonly Point[]): Point[] {
  return points.filter((point) => point.when !== "future");
}
