/**
 * What can be subscribed to, and when two topics are the same.
 *
 * Invariant: equal questions have equal keys, however their filters and parameters were written down.
 */

export type NamedWindow =
  "today" | "this_week" | "this_month" | "this_quarter" | "this_year" | "last_7_days" | "last_30_days" | "last_90_days";

/** A named window moves with the calendar; a range is fixed, and `to` is the first date after it. */
export type Window = NamedWindow | { readonly from: string; readonly to: string };

export interface KpiTopic {
  readonly kind: "kpi";
  readonly kpi: string;
  readonly window: Window;
  readonly group_by?: readonly string[];
  readonly filter?: Readonly<Record<string, readonly string[]>>;
  readonly params?: Readonly<Record<string, string>>;
}

export interface DealsTopic {
  readonly kind: "deals";
}

export type Topic = KpiTopic | DealsTopic;

/** The key under which subscriptions are shared. */
export function topicKey(topic: Topic): string {
  if (topic.kind === "deals") return "deals";
  const { kpi, window } = topic;
  const range = typeof window === "string" ? window : [window.from, window.to];
  const filter = sortedEntries(topic.filter ?? {}).map(([name, values]) => [name, [...values].sort()]);
  return JSON.stringify(["kpi", kpi, range, topic.group_by ?? [], filter, sortedEntries(topic.params ?? {})]);
}

/** A text that is the same for equal records, whatever the order of their members. */
export function recordKey(record: Readonly<Record<string, string>>): string {
  return JSON.stringify(sortedEntries(record));
}

function sortedEntries<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
