"use client";
/** Whether the figures are live, in a word and a colour; never by colour alone. */
import { CircleDashed, CloudOff, Radio, TimerReset } from "lucide-react";
import { clockTime } from "@/lib/format";
import type { Freshness } from "@/lib/live";
import { useLiveStatus } from "@/lib/live-react/hooks";

const STATES: Record<Freshness, { word: string; tone: string; icon: typeof Radio }> = {
  live: { word: "Live", tone: "text-good", icon: Radio },
  connecting: { word: "Connecting", tone: "text-muted", icon: CircleDashed },
  stale: { word: "Stale", tone: "text-warn", icon: TimerReset },
  offline: { word: "Offline", tone: "text-bad", icon: CloudOff },
};

export function LiveState({ timeZone }: { timeZone: string }) {
  const { status, proven_at_ms } = useLiveStatus();
  const { word, tone, icon: Icon } = STATES[status];
  const proof = proven_at_ms === undefined ? "Nothing heard yet" : `Last heard at ${clockTime(proven_at_ms, timeZone)}`;
  return (
    <div
      role="status"
      title={proof}
      className={`inline-flex h-8 items-center gap-1.5 rounded-full border border-line bg-surface px-2.5 text-sm font-medium ${tone}`}
    >
      <Icon size="0.875rem" aria-hidden />
      {word}
    </div>
  );
}
