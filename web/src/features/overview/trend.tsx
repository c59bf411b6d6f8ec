"use client";
/** The course of the main figure through the period, as a chart or as a table. */
import { BarChart3, Table2 } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { Segmented } from "@/components/segmented";
import { Skeleton } from "@/components/skeleton";
import { ApiError } from "@/lib/api/problem";
import type { Definition } from "@/lib/api/kpis";
import { dateIn } from "@/lib/format";
import { useLiveKpi } from "@/lib/live-react/hooks";
import type { KpiChoice } from "./kpi-choice";
import { PERIOD_WORDS, type Period } from "./period";
import { useSeries } from "./queries";
import { pointsOf } from "./series-points";
import { TrendChart } from "./trend-chart";
import { TrendTable } from "./trend-table";

const VIEWS = [
  { value: "chart", label: "Chart", icon: <BarChart3 size="1rem" aria-hidden /> },
  { value: "table", label: "Table", icon: <Table2 size="1rem" aria-hidden /> },
] as const;

const STEPS = { day: "by day", week: "by week", month: "by month" } as const;

export interface TrendProps {
  choice: KpiChoice;
  definition: Definition;
  period: Period;
  timeZone: string;
}

export function Trend({ choice, definition, period, timeZone }: TrendProps) {
  const [view, setView] = useState<"chart" | "table">("chart");
  const { value } = useLiveKpi({ kind: "kpi", kpi: choice.kpi, window: period });
  const { grain } = PERIOD_WORDS[period];
  const range = value && { from: value.from, to: value.to };
  const series = useSeries(choice.kpi, range, grain, value && `${value.epoch}.${value.tenant_seq}`);
  const points = series.data && value ? pointsOf(series.data, dateIn(Date.parse(value.at), timeZone)) : [];
  const total = value?.groups[0];
  const drawn = points.some((point) => point.height !== null && point.height !== 0);
  return (
    <section aria-labelledby="trend" className="flex min-h-0 flex-col rounded-card border border-line bg-raised p-4">
      <div className="flex items-center justify-between gap-3">
        <h2 id="trend" className="font-semibold">
          {definition.name} <span className="font-normal text-muted">{STEPS[grain]}</span>
        </h2>
        <Segmented label="View" options={VIEWS} value={view} onChange={setView} />
      </div>
      <div className="mt-3 h-72 xl:h-auto xl:min-h-0 xl:flex-1">
        {series.isError && !series.data && (
          <Notice
            title="The series could not be read"
            action={<Button onClick={() => void series.refetch()}>Try again</Button>}
            requestId={series.error instanceof ApiError ? series.error.request_id : undefined}
          >
            {series.error.message}
          </Notice>
        )}
        {!series.data && !series.isError && <Bars />}
        {series.data && !drawn && (
          <Notice title={`No ${choice.many} in this period yet`}>Bars appear here with the first one.</Notice>
        )}
        {drawn && total && view === "chart" && (
          <TrendChart points={points} grain={grain} unit={total.unit} one={choice.one} many={choice.many} />
        )}
        {drawn && total && view === "table" && (
          <TrendTable name={definition.name} many={choice.many} points={points} total={total} />
        )}
      </div>
      {drawn && view === "chart" && points.some((point) => point.when === "partial") && (
        <p className="mt-2 flex items-center gap-2 text-xs text-muted">
          <span
            aria-hidden
            className="size-3 rounded-xs bg-[repeating-linear-gradient(135deg,var(--accent)_0_2px,transparent_2px_4px)]"
          />
          The {grain} under way, so far
        </p>
      )}
    </section>
  );
}

const HEIGHTS = ["h-1/3", "h-1/2", "h-2/5", "h-3/5", "h-1/2", "h-2/3", "h-3/4", "h-1/2"];

function Bars() {
  return (
    <div aria-busy="true" className="flex h-full items-end gap-3 pb-6">
      {HEIGHTS.map((height, index) => (
        <Skeleton key={index} className={`flex-1 ${height}`} />
      ))}
    </div>
  );
}
