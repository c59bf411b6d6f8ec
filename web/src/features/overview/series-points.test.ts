import { expect, it } from "vitest";
import type { SeriesAnswer } from "@/lib/api/kpis";
import { begun, pointsOf } from "./series-points";

function bucket(from: string, to: string, value: string | null) {
  return { from, to, groups: [{ key: {}, value, unit: "EUR", n: 2, parts: {}, notes: [] }] };
}

const series: SeriesAnswer = {
  position: { epoch: 1, tenant_seq: 1 },
  kpi: "bookings",
  grain: "week",
  buckets: [
    bucket("2026-11-09", "2026-11-16", "10.50"),
    bucket("2026-11-16", "2026-11-23", null),
    bucket("2026-11-23", "2026-11-30", "3.00"),
    bucket("2026-11-30", "2026-12-07", "0.00"),
  ],
};

it("marks the bucket under way and keeps those to come and those without a figure as gaps", () => {
  const points = pointsOf(series, "2026-11-25");
  expect(points.map((it) => [it.when, it.height])).toEqual([
    ["past", 10.5],
    ["past", null],
    ["partial", 3],
    ["future", null],
  ]);
  expect(begun(points)).toHaveLength(3);
});
