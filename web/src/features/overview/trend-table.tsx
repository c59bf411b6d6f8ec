/** The chart's figures as a table; its total is the card's own figure. */
import { dateRange, figureFormat, whole } from "@/lib/format";
import type { Group } from "@/lib/live";
import { begun, type Point } from "./series-points";

export interface TrendTableProps {
  name: string;
  many: string;
  points: readonly Point[];
  total: Group;
}

export function TrendTable({ name, many, points, total }: TrendTableProps) {
  const format = figureFormat();
  return (
    <div
      role="region"
      aria-label={`${name} as a table`}
      // A part of the page that scrolls has to be reachable by keyboard.
      tabIndex={0}
      className="h-full overflow-auto"
    >
      <table className="w-full border-collapse text-left figures [&_td]:px-2 [&_td]:py-1.5 [&_th]:px-2 [&_th]:py-1.5">
        <thead className="sticky top-0 bg-raised text-sm text-muted shadow-[0_1px_0_var(--line)]">
          <tr>
            <th scope="col" className="font-medium">
              Dates
            </th>
            <th scope="col" className="text-right font-medium">
              {name}
            </th>
            <th scope="col" className="text-right font-medium">
              {many[0]?.toUpperCase()}
              {many.slice(1)}
            </th>
          </tr>
        </thead>
        <tbody>
          {begun(points).map((point) => (
            <tr key={point.from} className="border-b border-line">
              <th scope="row" className="font-normal whitespace-nowrap">
                {dateRange(point.from, point.to)}
                {point.when === "partial" && <span className="text-muted"> so far</span>}
              </th>
              <td className="text-right">{format.exact(point.value, point.unit)}</td>
              <td className="text-right">{whole(point.n)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot className="sticky bottom-0 bg-raised font-semibold shadow-[0_-1px_0_var(--line)]">
          <tr>
            <th scope="row">Total</th>
            <td className="text-right">{format.exact(total.value, total.unit)}</td>
            <td className="text-right">{whole(total.n)}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
