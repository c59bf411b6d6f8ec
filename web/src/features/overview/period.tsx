"use client";
/** The period that the overview tells about. The server knows which dates that is: fiscal calendars differ. */
import { Segmented } from "@/components/segmented";
import type { Grain } from "@/lib/api/kpis";

export const PERIODS = ["this_month", "this_quarter", "this_year"] as const;
export type Period = (typeof PERIODS)[number];

export const DEFAULT_PERIOD: Period = "this_quarter";

interface Words {
  readonly label: string;
  readonly before: string;
  /** How long the steps of a series in this period are. */
  readonly grain: Grain;
  /** The same beside a figure, where steps that are too short leave ratios and means with gaps. */
  readonly cardGrain: Grain;
}

export const PERIOD_WORDS: Record<Period, Words> = {
  this_month: { label: "This month", before: "last month", grain: "day", cardGrain: "week" },
  this_quarter: { label: "This quarter", before: "last quarter", grain: "week", cardGrain: "week" },
  this_year: { label: "This year", before: "last year", grain: "month", cardGrain: "month" },
};

const OPTIONS = PERIODS.map((value) => ({ value, label: PERIOD_WORDS[value].label }));

export function periodOf(text: string | null): Period {
  return PERIODS.find((period) => period === text) ?? DEFAULT_PERIOD;
}

export function PeriodPicker({ value, onChange }: { value: Period; onChange: (period: Period) => void }) {
  return <Segmented label="Period" options={OPTIONS} value={value} onChange={onChange} />;
}
