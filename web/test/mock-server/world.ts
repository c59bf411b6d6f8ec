/**
 * An invented sales team whose deals move: enough to see the app alive. Figures are reckoned from the deals, so that
 * cards, series and feed agree.
 */
export interface MockDeal {
  id: string;
  name: string;
  owner: string;
  owner_name: string;
  stage: string;
  status: "open" | "won" | "lost";
  amount: number;
  created_on: string;
  close_date: string;
}

const DAY_MS = 86_400_000;
const OWNERS = ["Ada Lindqvist", "Bo Okafor", "Chiara Rossi", "Dmitri Sokolov", "Eun-ji Park"];
const COMPANIES = [
  "Northwind",
  "Halden Logistics",
  "Brightwater Energy",
  "Kestrel Foods",
  "Atlas Robotics",
  "Lumen Health",
  "Verde Farms",
  "Ostrava Steel and Precision Components Holding Group",
  "Pico Labs",
  "Sundial Media",
];
const SUBJECTS = ["renewal", "expansion", "pilot", "platform", "new region"];
const STAGES = ["Discovery", "Proposal", "Negotiation"];

export function dateOf(at_ms: number): string {
  return new Date(at_ms).toISOString().slice(0, 10);
}

export class World {
  readonly deals: MockDeal[] = [];
  private seed = 7;

  constructor(now_ms: number, count: number) {
    for (let i = 0; i < count; i += 1) this.deals.push(this.past(now_ms, i));
  }

  /** From [0, 1), the same on each start. */
  chance(): number {
    this.seed = (this.seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return this.seed / 2_147_483_648;
  }

  /** Something happens to a deal; the name of the event comes with it. */
  step(now_ms: number): { deal: MockDeal; event: string } {
    const open = this.deals.filter((deal) => deal.status === "open");
    const deal = open[Math.floor(this.chance() * open.length)];
    const roll = this.chance();
    if (!deal || roll < 0.25) return { deal: this.create(now_ms), event: "deal_created" };
    if (roll < 0.5) return this.close(deal, now_ms, "won");
    if (roll < 0.65) return this.close(deal, now_ms, "lost");
    if (roll < 0.85) {
      deal.stage = STAGES[Math.floor(this.chance() * STAGES.length)] ?? "Proposal";
      return { deal, event: "stage_changed" };
    }
    deal.amount = Math.round(deal.amount * (0.8 + this.chance() * 0.5));
    return { deal, event: "deal_updated" };
  }

  private create(now_ms: number): MockDeal {
    const deal = this.past(now_ms, this.deals.length);
    Object.assign(deal, { status: "open", stage: "Discovery", created_on: dateOf(now_ms) });
    this.deals.push(deal);
    return deal;
  }

  private close(deal: MockDeal, now_ms: number, status: "won" | "lost"): { deal: MockDeal; event: string } {
    Object.assign(deal, { status, stage: status === "won" ? "Won" : "Lost", close_date: dateOf(now_ms) });
    return { deal, event: `deal_closed_${status}` };
  }

  private past(now_ms: number, index: number): MockDeal {
    const pick = (list: string[]) => list[Math.floor(this.chance() * list.length)] ?? "";
    const created_ms = now_ms - this.chance() * 700 * DAY_MS;
    const closed_ms = created_ms + (15 + this.chance() * 60) * DAY_MS;
    const status = closed_ms > now_ms ? "open" : this.chance() < 0.38 ? "won" : "lost";
    const owner_name = pick(OWNERS);
    return {
      id: `d-${1000 + index}`,
      name: `${pick(COMPANIES)} ${pick(SUBJECTS)}`,
      owner: `p${OWNERS.indexOf(owner_name)}`,
      owner_name,
      stage: status === "open" ? pick(STAGES) : status === "won" ? "Won" : "Lost",
      status,
      amount: Math.round(4_000 + this.chance() ** 3 * 180_000),
      created_on: dateOf(created_ms),
      close_date: dateOf(closed_ms),
    };
  }
}
