/**
 * The messages of the live protocol, version 1, and how a frame is read.
 *
 * Invariant: what leaves `parseServerMessage` has every member that its type promises. Frames of unknown types, and
 * frames that lack something, come out as `undefined`: a newer server may say more than this client knows.
 */
import type { Position } from "./position";
import type { Topic } from "./topic";

export const SUBPROTOCOL = "salescope.v1";

export const CLOSE = {
  notAllowed: 1008,
  restart: 1012,
  tooManyConnections: 4429,
} as const;

export interface Group {
  readonly key: Readonly<Record<string, string>>;
  readonly names?: Readonly<Record<string, string>>;
  /** A decimal text; null where the figure cannot be told. */
  readonly value: string | null;
  readonly unit: string;
  readonly n: number;
  readonly parts: Readonly<Record<string, string | null>>;
  readonly notes: readonly string[];
}

export interface DealChange {
  readonly tenant_seq: number;
  readonly occurred_at: string;
  readonly known_at: string;
  readonly event: string;
  readonly source?: string;
  readonly deal_id: string;
  readonly name?: string | null;
  readonly owner?: string | null;
  readonly owner_name?: string | null;
  readonly stage?: string | null;
  readonly status?: string | null;
  readonly amount?: string | null;
  readonly currency?: string | null;
  readonly close_date?: string | null;
}

interface TopicFrame extends Position {
  readonly topic: string;
}

export interface Hello extends Position {
  readonly type: "hello";
  readonly protocol: number;
  readonly org: string;
  readonly heartbeat_ms: number;
}

export interface ValueFrame extends TopicFrame {
  readonly type: "value";
  readonly at: string;
  readonly from: string;
  readonly to: string;
  readonly groups: readonly Group[];
}

export interface DeltaFrame extends TopicFrame {
  readonly type: "delta";
  readonly since: number;
  readonly at: string;
  readonly groups: readonly Group[];
  readonly gone: readonly Readonly<Record<string, string>>[];
}

export interface DealsFrame extends TopicFrame {
  readonly type: "deals";
  readonly items: readonly DealChange[];
}

export interface GapFrame {
  readonly type: "gap";
  readonly topic: string;
  readonly epoch: number;
  readonly from_seq: number;
  readonly to_seq: number;
}

export interface ErrorFrame {
  readonly type: "error";
  readonly id?: string;
  readonly code: string;
  readonly detail?: string;
  readonly pointer?: string;
}

export type ServerMessage =
  | Hello
  | ValueFrame
  | DeltaFrame
  | DealsFrame
  | GapFrame
  | ErrorFrame
  | { readonly type: "authenticated" }
  | { readonly type: "subscribed"; readonly id: string; readonly topic: string }
  | { readonly type: "resync"; readonly topic: string }
  | { readonly type: "closing"; readonly code: string; readonly detail?: string }
  | ({ readonly type: "heartbeat" } & Position)
  | ({ readonly type: "pong"; readonly nonce: string } & Position);

export type ClientMessage =
  | { readonly type: "auth"; readonly token: string }
  | { readonly type: "subscribe"; readonly id: string; readonly topic: Topic; readonly resume?: Position }
  | { readonly type: "unsubscribe"; readonly id: string }
  | { readonly type: "ping"; readonly nonce: string };

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string";
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const record: Check = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const position = { epoch: count, tenant_seq: count };

const group: Check = (value) =>
  has(value, {
    key: record,
    value: (it) => it === null || text(it),
    unit: text,
    n: count,
    parts: record,
    notes: listOf(text),
  });
const deal: Check = (value) =>
  has(value, { tenant_seq: count, occurred_at: text, known_at: text, event: text, deal_id: text });

const shapes: Record<ServerMessage["type"], Record<string, Check>> = {
  hello: { ...position, protocol: count, org: text, heartbeat_ms: (value) => count(value) && value !== 0 },
  authenticated: {},
  subscribed: { id: text, topic: text },
  value: { ...position, topic: text, at: text, from: text, to: text, groups: listOf(group) },
  delta: { ...position, topic: text, since: count, at: text, groups: listOf(group), gone: listOf(record) },
  deals: { ...position, topic: text, items: listOf(deal) },
  gap: { topic: text, epoch: count, from_seq: count, to_seq: count },
  error: { code: text },
  resync: { topic: text },
  closing: { code: text },
  heartbeat: position,
  pong: { ...position, nonce: text },
};

/** Reads one text frame; `undefined` where it is nothing that this client knows. */
export function parseServerMessage(frame: string): ServerMessage | undefined {
  let message: unknown;
  try {
    message = JSON.parse(frame);
  } catch {
    return undefined;
  }
  if (!record(message)) return undefined;
  const { type } = message as { type?: unknown };
  if (typeof type !== "string" || !Object.hasOwn(shapes, type)) return undefined;
  return has(message, shapes[type as ServerMessage["type"]]) ? (message as ServerMessage) : undefined;
}

function has(value: unknown, shape: Record<string, Check>): boolean {
  if (!record(value)) return false;
  const members = value as Record<string, unknown>;
  return Object.entries(shape).every(([name, check]) => check(members[name]));
}

function listOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check);
}
