/** What the notes of a figure mean, as sentences. A note that is not known here is left out: servers may say more. */
import type { FigureFormat } from "@/lib/format";
import type { Group } from "@/lib/live";

const SENTENCES: Record<string, string> = {
  history_absent: "History begins later than this period, so earlier deals may be missing.",
  amount_missing: "Some deals have no amount.",
  creation_unknown: "Some open deals have no creation date.",
};

export function noteSentences(group: Group, format: FigureFormat): string[] {
  return group.notes.flatMap((note) => {
    const [code = "", detail = ""] = note.split(":");
    if (code === "rate_missing") return [`There is no exchange rate for ${detail}.`];
    if (code === "few_deals") return interval(group, format);
    return SENTENCES[code] ?? [];
  });
}

function interval(group: Group, format: FigureFormat): string[] {
  const { interval_low: low, interval_high: high } = group.parts;
  if (low === undefined || high === undefined) return ["Few deals stand behind this figure."];
  const range = `${format.short(low, group.unit)} to ${format.short(high, group.unit)}`;
  return [`Few deals stand behind this figure: the true one lies at ${range} (95%).`];
}
