/** The live protocol over the invented deals. One connection's subscriptions are kept with the connection. */
import type { WebSocket } from "ws";
import { figure, windowDates } from "./figures";
import type { MockDeal, World } from "./world";

interface Topic {
  kind: string;
  kpi?: string;
  window?: string;
}

interface Link {
  socket: WebSocket;
  topics: Map<string, Topic>;
  sent: Map<string, { text: string; seq: number }>;
}

const FEED_MAX = 12;

export class Live {
  readonly heartbeat_ms: number;
  tenant_seq: number;
  silent = false;
  private readonly links = new Set<Link>();
  private readonly items: object[] = [];

  constructor(
    private readonly world: World,
    heartbeat_ms: number,
  ) {
    this.tenant_seq = world.deals.length;
    this.heartbeat_ms = heartbeat_ms;
  }

  accept(socket: WebSocket): void {
    const link: Link = { socket, topics: new Map(), sent: new Map() };
    this.links.add(link);
    socket.on("close", () => this.links.delete(link));
    socket.on("message", (data) => this.receive(link, JSON.parse(String(data)) as Record<string, unknown>));
    this.say(link, {
      type: "hello",
      protocol: 1,
      org: "acme",
      heartbeat_ms: this.heartbeat_ms,
      limits: {},
      ...this.at(),
    });
  }

  record(deal: MockDeal, event: string, at_ms: number): void {
    this.tenant_seq += 1;
    const at = new Date(at_ms).toISOString();
    const { id: deal_id, amount, name, owner, owner_name, stage, status, close_date } = deal;
    const stated = {
      deal_id,
      name,
      owner,
      owner_name,
      stage,
      status,
      close_date,
      amount: amount.toFixed(2),
      currency: "EUR",
    };
    this.items.push({ tenant_seq: this.tenant_seq, occurred_at: at, known_at: at, event, source: "rest", ...stated });
    for (const link of this.links) {
      for (const [name, topic] of link.topics) {
        if (topic.kind === "kpi") this.tellChange(link, name, topic);
        else this.say(link, { type: "deals", topic: name, ...this.at(), items: this.items.slice(-1) });
      }
    }
  }

  heartbeat(): void {
    for (const link of this.links) this.say(link, { type: "heartbeat", ...this.at() });
  }

  drop(): void {
    for (const { socket } of this.links) socket.terminate();
  }

  private receive(link: Link, message: Record<string, unknown>): void {
    const id = String(message.id);
    if (message.type === "ping") this.say(link, { type: "pong", nonce: message.nonce, ...this.at() });
    if (message.type === "unsubscribe") link.topics.delete(`t${id}`);
    if (message.type !== "subscribe") return;
    const topic = message.topic as Topic;
    const name = `t${id}`;
    link.topics.set(name, topic);
    this.say(link, { type: "subscribed", id, topic: name });
    if (topic.kind === "kpi") return this.tellValue(link, name, topic);
    const { tenant_seq: from_seq } = (message.resume ?? this.at()) as { tenant_seq: number };
    const items = this.items.slice(-FEED_MAX);
    const to_seq = this.tenant_seq - items.length;
    if (to_seq > from_seq) this.say(link, { type: "gap", topic: name, epoch: 1, from_seq, to_seq });
    if (items.length > 0) this.say(link, { type: "deals", topic: name, ...this.at(), items });
  }

  private tellValue(link: Link, name: string, topic: Topic): void {
    const { dates, group } = this.figureOf(topic);
    link.sent.set(name, { text: JSON.stringify(group), seq: this.tenant_seq });
    this.say(link, {
      type: "value",
      topic: name,
      ...this.at(),
      at: new Date().toISOString(),
      ...dates,
      groups: [group],
    });
  }

  private tellChange(link: Link, name: string, topic: Topic): void {
    const { group } = this.figureOf(topic);
    const text = JSON.stringify(group);
    const last = link.sent.get(name);
    if (!last || last.text === text) return;
    link.sent.set(name, { text, seq: this.tenant_seq });
    const at = new Date().toISOString();
    this.say(link, { type: "delta", topic: name, ...this.at(), since: last.seq, at, groups: [group], gone: [] });
  }

  private figureOf(topic: Topic) {
    const dates = windowDates(topic.window ?? "this_quarter", Date.now());
    return { dates, group: figure(this.world, topic.kpi ?? "bookings", dates, Date.now()) };
  }

  private at() {
    return { epoch: 1, tenant_seq: this.tenant_seq };
  }

  private say(link: Link, message: object): void {
    if (!this.silent) link.socket.send(JSON.stringify(message));
  }
}
