"use client";
/** The live overview: cards, the trend of the main figure, and the feed of deal changes. */
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { Skeleton } from "@/components/skeleton";
import { ApiError } from "@/lib/api/problem";
import { dateIn, dateRange, daysBetween } from "@/lib/format";
import { useLiveKpi } from "@/lib/live-react/hooks";
import { DealFeed } from "./deal-feed";
import { FirstSteps } from "./first-steps";
import { CardSkeleton, KpiCard } from "./kpi-card";
import { KPI_CHOICE, TREND_KPI } from "./kpi-choice";
import type { Period } from "./period";
import { useCatalogue } from "./queries";
import { Trend } from "./trend";

export function Overview({ period, timeZone }: { period: Period; timeZone: string }) {
  const catalogue = useCatalogue();
  const defined = KPI_CHOICE.flatMap((choice) => {
    const definition = catalogue.data?.get(choice.kpi);
    return definition ? [{ choice, definition }] : [];
  });
  const trend = defined.find(({ choice }) => choice.kpi === TREND_KPI);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h1 className="text-xl font-semibold">Overview</h1>
        <Dates period={period} timeZone={timeZone} />
      </div>
      <FirstSteps period={period} />
      <section aria-labelledby="figures">
        <h2 id="figures" className="sr-only">
          Figures
        </h2>
        {catalogue.isError && <CatalogueError error={catalogue.error} retry={() => void catalogue.refetch()} />}
        {!catalogue.isError && (
          <div className="grid grid-cols-1 gap-3 min-[30rem]:grid-cols-2 lg:grid-cols-3 xl:grid-cols-5">
            {catalogue.isPending && KPI_CHOICE.map(({ kpi }) => <PendingCard key={kpi} />)}
            {defined.map((it) => (
              <KpiCard key={`${it.choice.kpi}.${period}`} {...it} period={period} timeZone={timeZone} />
            ))}
          </div>
        )}
      </section>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 xl:h-[clamp(25rem,calc(100dvh-22rem),44rem)] xl:grid-cols-[minmax(0,1fr)_24rem]">
        {trend ? <Trend {...trend} period={period} timeZone={timeZone} /> : <PendingCard />}
        <DealFeed timeZone={timeZone} />
      </div>
    </div>
  );
}

function Dates({ period, timeZone }: { period: Period; timeZone: string }) {
  const { value } = useLiveKpi({ kind: "kpi", kpi: TREND_KPI, window: period });
  if (!value) return <Skeleton className="h-4 w-48" />;
  const days = daysBetween(value.from, value.to);
  const day = daysBetween(value.from, dateIn(Date.parse(value.at), timeZone)) + 1;
  return (
    <p className="text-sm text-muted figures">
      {dateRange(value.from, value.to)}
      {day >= 1 && day <= days && ` · day ${day} of ${days}`}
    </p>
  );
}

function PendingCard() {
  return (
    <div className="rounded-card border border-line bg-raised p-4">
      <Skeleton className="h-4 w-24" />
      <CardSkeleton />
    </div>
  );
}

function CatalogueError({ error, retry }: { error: Error; retry: () => void }) {
  return (
    <div className="rounded-card border border-line bg-raised">
      <Notice
        urgent
        title="The figures' definitions could not be read"
        action={<Button onClick={retry}>Try again</Button>}
        requestId={error instanceof ApiError ? error.request_id : undefined}
      >
        {error.message}
      </Notice>
    </div>
  );
}
