"use client";
/** One KPI, live: its value, how it stands against the period before, and its course. */
import { TriangleAlert } from "lucide-react";
import { useId } from "react";
import { Skeleton } from "@/components/skeleton";
import type { Definition } from "@/lib/api/kpis";
import { changeOf, counted, dateIn, figureFormat } from "@/lib/format";
import type { Group, KpiValue } from "@/lib/live";
import { useLiveKpi } from "@/lib/live-react/hooks";
import { ChangeChip } from "./change-chip";
import { Glow } from "./glow";
import type { KpiChoice } from "./kpi-choice";
import { KpiExplanation } from "./kpi-explanation";
import { LiveFigure } from "./live-figure";
import { noteSentences } from "./notes";
import { PERIOD_WORDS, type Period } from "./period";
import { useComparison, useSeries } from "./queries";
import { begun, pointsOf } from "./series-points";
import { Sparkline } from "./sparkline";

export interface KpiCardProps {
  choice: KpiChoice;
  definition: Definition;
  period: Period;
  timeZone: string;
}

export function KpiCard({ choice, definition, period, timeZone }: KpiCardProps) {
  const { value, error } = useLiveKpi({ kind: "kpi", kpi: choice.kpi, window: period });
  const group = value?.groups[0];
  const title = useId();
  return (
    <article
      aria-labelledby={title}
      className="relative flex flex-col rounded-card border border-line bg-raised p-4 pb-3"
    >
      <Glow value={group?.value} />
      <div className="flex items-center justify-between gap-2">
        <h3 id={title} className="truncate text-sm font-medium text-muted">
          {definition.name}
        </h3>
        <KpiExplanation definition={definition} group={group} />
      </div>
      {error && <CardError detail={error.detail ?? error.code} />}
      {!error && value && group && (
        <CardBody
          choice={choice}
          definition={definition}
          period={period}
          timeZone={timeZone}
          value={value}
          group={group}
        />
      )}
      {!error && !group && <CardSkeleton />}
    </article>
  );
}

interface CardBodyProps extends KpiCardProps {
  value: KpiValue;
  group: Group;
}

function CardBody({ choice, definition, period, timeZone, value, group }: CardBodyProps) {
  const { before: beforeWords, cardGrain } = PERIOD_WORDS[period];
  const range = { from: value.from, to: value.to };
  const comparison = useComparison(choice.kpi, range);
  const series = useSeries(choice.kpi, range, cardGrain, `${value.epoch}.${value.tenant_seq}`);
  const before = comparison.data?.comparison?.groups[0]?.value ?? null;
  const change = changeOf({ value: group.value, before, unit: group.unit, better: definition.better });
  const today = dateIn(Date.parse(value.at), timeZone);
  const notes = noteSentences(group, figureFormat());
  return (
    <>
      <p className="mt-1 text-2xl font-semibold tracking-tight">
        <LiveFigure value={group.value} unit={group.unit} />
      </p>
      <div className="mt-1 min-h-5">
        {comparison.isPending && <Skeleton className="h-4 w-28" />}
        {comparison.isError && <p className="text-sm text-muted">The comparison could not be read</p>}
        {comparison.isSuccess && <ChangeChip change={change} before={beforeWords} />}
      </div>
      <div className="mt-3">
        {series.data ? <Sparkline points={begun(pointsOf(series.data, today))} /> : <div className="h-10" />}
      </div>
      <p className="mt-2 flex items-center gap-1.5 text-xs text-muted figures">
        {counted(group.n, choice.one, choice.many)}
        {group.notes.includes("partial_period") && " so far"}
        {notes.length > 0 && (
          <span title={notes.join(" ")} className="ml-auto inline-flex text-warn">
            <TriangleAlert size="0.875rem" aria-hidden />
            <span className="sr-only">{notes.join(" ")}</span>
          </span>
        )}
      </p>
    </>
  );
}

function CardError({ detail }: { detail: string }) {
  return (
    <p role="alert" className="mt-2 flex gap-2 text-sm text-muted">
      <TriangleAlert size="1rem" aria-hidden className="mt-px shrink-0 text-warn" />
      This figure cannot be told: {detail}
    </p>
  );
}

export function CardSkeleton() {
  return (
    <div aria-busy="true" className="grid gap-3 pt-2">
      <Skeleton className="h-8 w-28" />
      <Skeleton className="h-4 w-32" />
      <Skeleton className="h-9 w-full" />
      <Skeleton className="h-3 w-20" />
    </div>
  );
}
