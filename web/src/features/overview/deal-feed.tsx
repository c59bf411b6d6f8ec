"use client";
/** What happens to deals, as it happens. What could not be replayed is said, not left out in silence. */
import { Skeleton } from "@/components/skeleton";
import { useNow } from "@/components/use-now";
import { Notice } from "@/components/notice";
import { useDealFeed, useLiveStatus } from "@/lib/live-react/hooks";
import { DealRow } from "./deal-row";

/** Journal entries before the present from which the feed begins. */
const REPLAY_ENTRIES = 500;
const ROWS_MAX = 50;
const RETELL_MS = 30_000;

export function DealFeed({ timeZone }: { timeZone: string }) {
  const { feed, error } = useDealFeed(REPLAY_ENTRIES);
  const { status } = useLiveStatus();
  const now = useNow(RETELL_MS);
  const rows = feed?.entries.slice(0, ROWS_MAX) ?? [];
  const fresh = new Set(feed?.fresh.map((entry) => entry.id));
  return (
    <section aria-labelledby="feed" className="flex min-h-0 flex-col rounded-card border border-line bg-raised pt-4">
      <h2 id="feed" className="px-4 font-semibold">
        Deals <span className="font-normal text-muted">as they change</span>
      </h2>
      {rows.length > 0 && (
        <div
          role="region"
          aria-label="Changes of deals"
          // A part of the page that scrolls has to be reachable by keyboard.
          tabIndex={0}
          className="mt-2 h-84 overflow-y-auto xl:h-auto xl:min-h-0 xl:flex-1 focus-visible:-outline-offset-2"
        >
          <ol>
            {rows.map((entry, index) =>
              entry.kind === "deal" ? (
                <DealRow key={entry.id} deal={entry.deal} fresh={fresh.has(entry.id)} now={now} timeZone={timeZone} />
              ) : (
                <li key={entry.id} className="border-t border-line bg-sunken px-4 py-2.5 text-sm text-muted">
                  {index === rows.length - 1
                    ? "Earlier changes are not listed. The figures include them."
                    : "Some changes in between could not be listed. The figures include them."}
                </li>
              ),
            )}
          </ol>
        </div>
      )}
      {rows.length === 0 && error && (
        <div className="h-84 xl:h-auto xl:flex-1">
          <Notice title="Changes of deals cannot be shown">{error.detail ?? error.code}</Notice>
        </div>
      )}
      {rows.length === 0 && !error && status === "live" && (
        <div className="h-84 xl:h-auto xl:flex-1">
          <Notice title="No changes of deals yet">They appear here the moment they are known.</Notice>
        </div>
      )}
      {rows.length === 0 && !error && status !== "live" && (
        <div aria-busy="true" className="grid gap-4 p-4">
          {["w-3/4", "w-2/3", "w-4/5", "w-1/2", "w-2/3"].map((width, index) => (
            <Skeleton key={index} className={`h-9 ${width}`} />
          ))}
        </div>
      )}
    </section>
  );
}
