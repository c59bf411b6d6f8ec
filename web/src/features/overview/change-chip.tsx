/** How a figure stands against the period before at the same point; good and bad have a sign, not just a colour. */
import { ArrowDownRight, ArrowRight, ArrowUpRight } from "lucide-react";
import type { Change } from "@/lib/format";

const ARROWS = { up: ArrowUpRight, down: ArrowDownRight, same: ArrowRight } as const;

export function ChangeChip({ change, before }: { change: Change | undefined; before: string }) {
  if (!change) return <p className="text-sm text-muted">No figure {before}</p>;
  const { text, direction, good } = change;
  const tone = good === undefined ? "text-muted" : good ? "text-good" : "text-bad";
  const Arrow = ARROWS[direction];
  return (
    <p className="flex flex-wrap items-center gap-x-1.5 text-sm text-muted">
      <span className={`inline-flex items-center gap-0.5 font-medium figures ${tone}`}>
        <Arrow size="0.875rem" aria-hidden />
        {text}
        {good !== undefined && <span className="sr-only">{good ? ", better than" : ", worse than"}</span>}
      </span>
      <span title={`At the same point of ${before}`}>vs {before}</span>
    </p>
  );
}
