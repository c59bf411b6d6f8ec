/**
 * A small model of the server: one organisation with one grouped KPI and one feed. It remembers every state that ever
 * was, so that a test can ask whether what a client shows was ever true.
 */
import type { DealChange, Group } from "../protocol";
import type { Position } from "../position";
import type { FakeSocket } from "./fake-environment";

type Values = ReadonlyMap<string, string>;

interface Link {
  socket: FakeSocket;
  subscriptions: Map<string, string>;
  queue: object[];
}

const REPLAY_MAX = 8;
/** A server may tell again what the client has: these entries before its position. */
const OVERLAP = 2;

export class ModelServer {
  epoch = 1;
  tenant_seq = 1;
  readonly history = new Map<string, Values>();
  readonly changes: DealChange[] = [];
  private values: Values = new Map();
  private told = 1;
  private link: Link | undefined;

  constructor() {
    this.remember();
  }

  accept(socket: FakeSocket): void {
    const link: Link = { socket, subscriptions: new Map(), queue: [] };
    this.link = link;
    socket.onSend = (message) => this.receive(link, message);
    this.push({ type: "hello", protocol: 1, org: "acme", heartbeat_ms: 1_000, ...this.position() });
  }

  /** One entry of the journal: an owner's figure changes (null: the group goes) and a deal with it. */
  change(owner: string, value: string | null): void {
    const since = this.told;
    this.tenant_seq += 1;
    const values = new Map(this.values);
    if (value === null) values.delete(owner);
    else values.set(owner, value);
    this.values = values;
    this.told = this.tenant_seq;
    this.remember();
    const item = { ...this.deal(), deal_id: `d-${owner}` };
    this.changes.push(item);
    if (this.subscribed("kpi")) {
      const groups = value === null ? [] : [group(owner, value)];
      const gone = value === null ? [{ owner }] : [];
      this.push({ type: "delta", topic: "kpi", ...this.position(), since, at: "t", groups, gone });
    }
    if (this.subscribed("deals")) this.push({ type: "deals", topic: "deals", ...this.position(), items: [item] });
  }

  /** Another owner of the data takes over, perhaps without the last `undone` entries; the connection ends. */
  failOver(undone = 0): void {
    const values = this.history.get(`${this.epoch}.${this.told - undone}`);
    if (values) {
      this.values = values;
      this.told -= undone;
      this.tenant_seq = this.told;
    }
    this.epoch += 1;
    this.remember();
    this.drop(1012);
  }

  drop(code: number): void {
    const link = this.link;
    this.link = undefined;
    link?.socket.drop(code);
  }

  heartbeat(): void {
    this.push({ type: "heartbeat", ...this.position() });
  }

  get queued(): number {
    return this.link?.queue.length ?? 0;
  }

  /** Delivers the frame at `index` of those under way; `lost` frames reach nobody. */
  deliver(index = 0, lost = false): void {
    const [frame] = this.link?.queue.splice(index, 1) ?? [];
    if (frame && !lost) this.link?.socket.say(frame);
  }

  deliverAll(): void {
    while (this.queued > 0) this.deliver();
  }

  groups(): Group[] {
    return groupsOf(this.values);
  }

  /** What was true at a position. */
  at(position: Position): Group[] | undefined {
    const values = this.history.get(`${position.epoch}.${position.tenant_seq}`);
    return values && groupsOf(values);
  }

  private receive(link: Link, message: Record<string, unknown>): void {
    if (link !== this.link) return;
    const id = String(message.id);
    if (message.type === "unsubscribe") link.subscriptions.delete(id);
    if (message.type !== "subscribe") return;
    const { kind } = message.topic as { kind: "kpi" | "deals" };
    link.subscriptions.set(id, kind);
    this.push({ type: "subscribed", id, topic: kind });
    if (kind === "kpi") this.pushValue();
    else if (message.resume) this.replay(message.resume as Position);
  }

  private pushValue(): void {
    const position = { epoch: this.epoch, tenant_seq: this.told };
    this.push({
      type: "value",
      topic: "kpi",
      ...position,
      at: "t",
      from: "2026-10-01",
      to: "2027-01-01",
      groups: this.groups(),
    });
  }

  private replay(resume: Position): void {
    const missed = this.changes.filter((item) => item.tenant_seq > resume.tenant_seq - OVERLAP);
    const items = missed.slice(-REPLAY_MAX);
    const before = missed.at(-REPLAY_MAX - 1);
    if (before) {
      this.push({
        type: "gap",
        topic: "deals",
        epoch: this.epoch,
        from_seq: resume.tenant_seq,
        to_seq: before.tenant_seq,
      });
    }
    if (items.length > 0) this.push({ type: "deals", topic: "deals", ...this.position(), items });
  }

  private subscribed(kind: string): boolean {
    return this.link !== undefined && [...this.link.subscriptions.values()].includes(kind);
  }

  private push(frame: object): void {
    this.link?.queue.push(frame);
  }

  private position(): Position {
    return { epoch: this.epoch, tenant_seq: this.tenant_seq };
  }

  private remember(): void {
    this.history.set(`${this.epoch}.${this.told}`, this.values);
  }

  private deal(): DealChange {
    return { tenant_seq: this.tenant_seq, occurred_at: "t", known_at: "t", event: "deal_updated", deal_id: "d" };
  }
}

function groupsOf(values: Values): Group[] {
  return [...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([owner, value]) => group(owner, value));
}

export function group(owner: string, value: string): Group {
  return { key: { owner }, value, unit: "EUR", n: 1, parts: {}, notes: [] };
}
