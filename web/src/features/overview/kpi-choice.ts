/** The KPIs of the overview, in their order, and what their `n` counts. */

export interface KpiChoice {
  readonly kpi: string;
  readonly one: string;
  readonly many: string;
}

export const TREND_KPI = "bookings";

export const KPI_CHOICE: readonly KpiChoice[] = [
  { kpi: TREND_KPI, one: "won deal", many: "won deals" },
  { kpi: "win_rate", one: "closed deal", many: "closed deals" },
  { kpi: "open_pipeline", one: "open deal", many: "open deals" },
  { kpi: "average_deal_size", one: "won deal", many: "won deals" },
  { kpi: "sales_cycle", one: "won deal", many: "won deals" },
];
