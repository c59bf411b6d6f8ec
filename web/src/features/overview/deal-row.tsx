/** One change of a deal. */
import { ArrowRightLeft, Check, Pencil, Plus, Trash2, UserRound, X, type LucideIcon } from "lucide-react";
import { ago, dateAndTime, figureFormat } from "@/lib/format";
import type { DealChange } from "@/lib/live";
import { dealWords, type DealMark } from "./deal-words";

const MARKS: Record<DealMark, { icon: LucideIcon; tone: string }> = {
  won: { icon: Check, tone: "text-good" },
  lost: { icon: X, tone: "text-bad" },
  new: { icon: Plus, tone: "text-accent" },
  moved: { icon: ArrowRightLeft, tone: "text-muted" },
  person: { icon: UserRound, tone: "text-muted" },
  removed: { icon: Trash2, tone: "text-muted" },
  changed: { icon: Pencil, tone: "text-muted" },
};

export interface DealRowProps {
  deal: DealChange;
  fresh: boolean;
  now: number;
  timeZone: string;
}

export function DealRow({ deal, fresh, now, timeZone }: DealRowProps) {
  const { mark, sentence } = dealWords(deal);
  const { icon: Icon, tone } = MARKS[mark];
  const format = figureFormat();
  const name = deal.name ?? deal.deal_id;
  const amount = deal.amount && deal.currency ? { value: deal.amount, unit: deal.currency } : undefined;
  const owner = mark === "person" ? undefined : deal.owner_name;
  return (
    <li className={`flex gap-3 border-t border-line px-4 py-2.5 first:border-t-0 ${fresh ? "animate-arrive" : ""}`}>
      <span className={`mt-0.5 grid size-7 shrink-0 place-items-center rounded-full bg-sunken ${tone}`}>
        <Icon size="0.875rem" aria-hidden />
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex items-baseline justify-between gap-3">
          <span className="truncate font-medium" title={name}>
            {name}
          </span>
          {amount && (
            <span className="shrink-0 figures" title={format.exact(amount.value, amount.unit)}>
              {format.short(amount.value, amount.unit)}
            </span>
          )}
        </p>
        <p className="flex items-baseline justify-between gap-3 text-sm text-muted">
          <span className="truncate">
            <span className={mark === "won" || mark === "lost" ? `font-medium ${tone}` : ""}>{sentence}</span>
            {owner && ` · ${owner}`}
          </span>
          <time
            dateTime={deal.known_at}
            title={dateAndTime(deal.known_at, timeZone)}
            className="shrink-0 text-xs figures"
          >
            {ago(Date.parse(deal.known_at), now)}
          </time>
        </p>
      </div>
    </li>
  );
}
