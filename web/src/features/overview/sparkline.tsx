/** The course of a figure in a line; the stretch into the bucket under way is dashed. Decoration beside the figure. */
import type { Point } from "./series-points";

const WIDTH = 100;
const HEIGHT = 32;
const MARGIN = 3;

export function Sparkline({ points }: { points: readonly Point[] }) {
  const heights = points.flatMap((point) => point.height ?? []);
  if (heights.length < 2) return <div className="h-10" />;
  const low = Math.min(...heights);
  const high = Math.max(...heights);
  const x = (index: number) => (index / (points.length - 1)) * WIDTH;
  const y = (height: number) => HEIGHT - MARGIN - ((height - low) / (high - low || 1)) * (HEIGHT - 2 * MARGIN);
  const places = points.map(
    (point, index) => point.height !== null && { x: x(index), y: y(point.height), when: point.when },
  );
  const segments = places.slice(1).flatMap((to, index) => {
    const from = places[index];
    return from && to ? [{ from, to, partial: to.when === "partial" }] : [];
  });
  const last = places.findLast((place) => place !== false);
  return (
    <div aria-hidden="true" className="relative h-10">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" className="size-full overflow-visible">
        {segments.map(({ from, to }) => (
          <path
            key={`area${from.x}`}
            d={`M${from.x} ${from.y}L${to.x} ${to.y}V${HEIGHT}H${from.x}Z`}
            className="fill-accent opacity-8"
          />
        ))}
        {segments.map(({ from, to, partial }) => (
          <path
            key={from.x}
            d={`M${from.x} ${from.y}L${to.x} ${to.y}`}
            className="fill-none stroke-accent"
            strokeWidth={1.5}
            strokeLinecap="round"
            strokeDasharray={partial ? "3 3" : undefined}
            vectorEffect="non-scaling-stroke"
          />
        ))}
      </svg>
      {last && (
        <span
          className="absolute size-1.5 -translate-1/2 rounded-full bg-accent ring-2 ring-raised"
          style={{ left: `${last.x}%`, top: `${(last.y / HEIGHT) * 100}%` }}
        />
      )}
    </div>
  );
}
