"use client";
/** Bars from zero over the buckets of a period; the one under way is hatched, those to come are empty. */
import { Bar, BarChart, CartesianGrid, Rectangle, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { counted, bucketLabel, dateRange, figureFormat } from "@/lib/format";
import type { Grain } from "@/lib/api/kpis";
import { rootFontPx } from "@/components/root-font";
import type { Point } from "./series-points";

export interface TrendChartProps {
  points: readonly Point[];
  grain: Grain;
  unit: string;
  many: string;
  one: string;
}

const HATCH = "partial-period";
const TICK = { fontSize: "0.75rem", fill: "var(--muted)" } as const;

export function TrendChart({ points, grain, unit, one, many }: TrendChartProps) {
  const format = figureFormat();
  const rem = rootFontPx();
  return (
    <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 600, height: 260 }}>
      <BarChart data={[...points]} margin={{ top: 8, right: 4, bottom: 0, left: 0 }} accessibilityLayer={false}>
        <defs>
          <pattern id={HATCH} width={6} height={6} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width={6} height={6} fill="var(--accent)" opacity={0.25} />
            <rect width={2.5} height={6} fill="var(--accent)" />
          </pattern>
        </defs>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="from"
          tickFormatter={(from: string) => bucketLabel(from, grain)}
          tick={TICK}
          tickLine={false}
          axisLine={{ stroke: "var(--line)" }}
          tickMargin={8}
          minTickGap={1.5 * rem}
          height={2 * rem}
          interval="preserveStart"
        />
        <YAxis
          tickFormatter={(height: number) => format.short(String(height), unit)}
          tick={TICK}
          tickLine={false}
          axisLine={false}
          tickCount={5}
          width="auto"
        />
        <Tooltip
          cursor={{ fill: "var(--sunken)" }}
          isAnimationActive={false}
          content={({ active, payload }) => {
            const point = payload?.[0]?.payload as Point | undefined;
            return active && point ? <Hint point={point} one={one} many={many} /> : null;
          }}
        />
        <Bar
          dataKey="height"
          maxBarSize={2.75 * rem}
          isAnimationActive={false}
          shape={({ x = 0, y = 0, width = 0, height = 0, payload }: BarPlace) => (
            <Rectangle
              x={x}
              y={y}
              width={width}
              height={height}
              radius={[3, 3, 0, 0]}
              fill={payload?.when === "partial" ? `url(#${HATCH})` : "var(--accent)"}
            />
          )}
        />
      </BarChart>
    </ResponsiveContainer>
  );
}

interface BarPlace {
  x?: number;
  y?: number;
  width?: number;
  height?: number;
  payload?: Point;
}

function Hint({ point, one, many }: { point: Point; one: string; many: string }) {
  return (
    <div className="rounded-md border border-line bg-surface px-3 py-2 text-sm shadow-floating">
      <p className="text-muted">
        {dateRange(point.from, point.to)}
        {point.when === "partial" && ", so far"}
      </p>
      <p className="font-semibold figures">{figureFormat().exact(point.value, point.unit)}</p>
      <p className="text-muted figures">{counted(point.n, one, many)}</p>
    </div>
  );
}
