"use client";
/** What to do where there is nothing to show yet. */
import { useLiveKpi } from "@/lib/live-react/hooks";
import type { Period } from "./period";

export function FirstSteps({ period }: { period: Period }) {
  const closed = useLiveKpi({ kind: "kpi", kpi: "win_rate", window: period }).value?.groups[0]?.n;
  const open = useLiveKpi({ kind: "kpi", kpi: "open_pipeline", window: period }).value?.groups[0]?.n;
  if (closed !== 0 || open !== 0) return null;
  return (
    <section
      aria-labelledby="first-steps"
      className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 rounded-card border border-line bg-raised p-4"
    >
      <div>
        <h2 id="first-steps" className="font-semibold">
          No deals in this period yet
        </h2>
        <p className="text-sm text-muted">Figures appear here the moment the first deal is known.</p>
      </div>
      <a
        href="/api/docs"
        className="inline-flex min-h-11 items-center rounded-md bg-accent px-3 font-medium text-on-accent transition-opacity duration-150 hover:opacity-90 sm:min-h-9"
      >
        Read how to send deals
      </a>
    </section>
  );
}
