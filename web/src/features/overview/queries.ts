"use client";
/** What the overview asks of the REST API beside its live figures: comparisons, series and definitions. */
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { compareKpi, kpiCatalogue, kpiSeries, type Grain, type Range } from "@/lib/api/kpis";

/** The point of comparison moves with the clock, so it is asked for again now and then. */
const COMPARE_EVERY_MS = 300_000;
/** A series follows its live figure, but not more often than this. */
const SERIES_EVERY_MS = 2_000;

export function useCatalogue() {
  return useQuery({ queryKey: ["catalogue"], queryFn: ({ signal }) => kpiCatalogue(signal), staleTime: Infinity });
}

export function useComparison(kpi: string, range: Range | undefined) {
  return useQuery({
    queryKey: ["compare", kpi, range],
    queryFn: ({ signal }) => compareKpi(kpi, known(range), signal),
    enabled: range !== undefined,
    refetchInterval: COMPARE_EVERY_MS,
  });
}

/** `version` is whatever changes when the series has to be asked for again. */
export function useSeries(kpi: string, range: Range | undefined, grain: Grain, version: string | undefined) {
  const query = useQuery({
    queryKey: ["series", kpi, range, grain],
    queryFn: ({ signal }) => kpiSeries(kpi, known(range), grain, signal),
    enabled: range !== undefined,
  });
  useFollow(query, version);
  return query;
}

function useFollow(query: Pick<UseQueryResult, "refetch" | "dataUpdatedAt">, version: string | undefined): void {
  const asked = useRef(version);
  const { refetch, dataUpdatedAt } = query;
  useEffect(() => {
    if (version === undefined || asked.current === version) return undefined;
    if (asked.current === undefined || dataUpdatedAt === 0) {
      asked.current = version;
      return undefined;
    }
    const timer = setTimeout(
      () => {
        asked.current = version;
        void refetch();
      },
      Math.max(0, dataUpdatedAt + SERIES_EVERY_MS - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [version, refetch, dataUpdatedAt]);
}

function known(range: Range | undefined): Range {
  if (!range) throw new Error("a question without a range is not enabled");
  return range;
}
