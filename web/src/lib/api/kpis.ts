/** Questions about KPIs. */
import { request } from "./request";
import type { components } from "./schema";

export type KpiAnswer = components["schemas"]["KpiAnswer"];
export type SeriesAnswer = components["schemas"]["SeriesAnswer"];
export type Group = components["schemas"]["GroupItem"];

export interface Range {
  readonly from: string;
  /** The first date after the range. */
  readonly to: string;
}

/** The part of a definition that people read. */
export interface Definition {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly better: "higher" | "lower" | undefined;
  readonly counts: string;
  readonly leaves_out: string;
}

export type Grain = "day" | "week" | "month";

/** A KPI in a range, with the period before at the same elapsed point. */
export function compareKpi(kpi: string, range: Range, signal: AbortSignal): Promise<KpiAnswer> {
  return request(`${path(kpi)}?${new URLSearchParams({ ...range, compare: "true" })}`, { signal });
}

export function kpiSeries(kpi: string, range: Range, grain: Grain, signal: AbortSignal): Promise<SeriesAnswer> {
  return request(`${path(kpi)}/series?${new URLSearchParams({ ...range, grain })}`, { signal });
}

/** All definitions, by id. */
export async function kpiCatalogue(signal: AbortSignal): Promise<ReadonlyMap<string, Definition>> {
  const { kpis } = await request<components["schemas"]["Catalogue"]>("/api/v1/kpis", { signal });
  return new Map(kpis.map((stated) => [String((stated as { id?: unknown }).id), definitionOf(stated)]));
}

function definitionOf(stated: Readonly<Record<string, unknown>>): Definition {
  const text = (name: string) => (typeof stated[name] === "string" ? stated[name] : "");
  const better = stated.better === "higher" || stated.better === "lower" ? stated.better : undefined;
  const id = text("id");
  return {
    id,
    name: text("name") || id,
    description: text("description"),
    better,
    counts: text("counts"),
    leaves_out: text("leaves_out"),
  };
}

function path(kpi: string): string {
  return `/api/v1/kpis/${encodeURIComponent(kpi)}`;
}
