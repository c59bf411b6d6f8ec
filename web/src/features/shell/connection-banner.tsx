"use client";
/** Says how old the figures are while the connection is down or silent, and offers to try at once. */
import { CloudOff, TimerReset } from "lucide-react";
import { Button } from "@/components/button";
import { useNow } from "@/components/use-now";
import { clockTime } from "@/lib/format";
import { useLiveStatus } from "@/lib/live-react/hooks";
import { useLiveClient } from "@/lib/live-react/provider";

export function ConnectionBanner({ timeZone }: { timeZone: string }) {
  const { status, proven_at_ms, retry_at_ms, refused } = useLiveStatus();
  const client = useLiveClient();
  const now = useNow(1_000);
  if (status !== "offline" && status !== "stale") return null;
  const as_of =
    proven_at_ms === undefined
      ? "No figures have come yet."
      : `Figures are as of ${clockTime(proven_at_ms, timeZone)}.`;
  const wait_s = retry_at_ms === undefined ? 0 : Math.ceil((retry_at_ms - now) / 1_000);
  const next = refused
    ? "The server refused the connection."
    : wait_s > 0
      ? `Trying again in ${wait_s} s.`
      : "Trying again.";
  const Icon = status === "stale" ? TimerReset : CloudOff;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-raised px-4 py-2 text-sm sm:px-6">
      <Icon size="1rem" aria-hidden className={status === "stale" ? "text-warn" : "text-bad"} />
      <p className="flex-1">
        <span className="font-medium">{status === "stale" ? "The server has gone quiet." : "Offline."}</span> {as_of}{" "}
        <span className="text-muted figures">{status === "offline" && next}</span>
      </p>
      {status === "offline" && <Button onClick={() => client?.retryNow()}>Try now</Button>}
    </div>
  );
}
