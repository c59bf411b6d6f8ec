/**
 * The value of one KPI topic, and what a frame does to it. Pure.
 *
 * Invariants: the position never goes back; a delta changes only the value that it was made from.
 */
import { comparePositions, type Position } from "./position";
import type { DeltaFrame, Group, ValueFrame } from "./protocol";
import { recordKey } from "./topic";

export interface KpiValue extends Position {
  readonly at: string;
  readonly from: string;
  /** The first date after the range. */
  readonly to: string;
  readonly groups: readonly Group[];
}

/** `taken`: there is a new value. `old`: nothing to do. `mismatch`: a value in between is missing. */
export type Outcome =
  { readonly kind: "taken"; readonly value: KpiValue } | { readonly kind: "old" } | { readonly kind: "mismatch" };

export function applyValue(held: KpiValue | undefined, frame: ValueFrame): Outcome {
  if (held && comparePositions(frame, held) < 0) return { kind: "old" };
  const { epoch, tenant_seq, at, from, to, groups } = frame;
  return { kind: "taken", value: { epoch, tenant_seq, at, from, to, groups } };
}

export function applyDelta(held: KpiValue | undefined, frame: DeltaFrame): Outcome {
  if (!held) return { kind: "mismatch" };
  const follows = frame.epoch === held.epoch && frame.since === held.tenant_seq && frame.tenant_seq >= frame.since;
  if (!follows) return comparePositions(frame, held) <= 0 ? { kind: "old" } : { kind: "mismatch" };
  const { epoch, tenant_seq, at } = frame;
  return { kind: "taken", value: { ...held, epoch, tenant_seq, at, groups: merge(held.groups, frame) } };
}

function merge(held: readonly Group[], frame: DeltaFrame): Group[] {
  const groups = new Map(held.map((group) => [recordKey(group.key), group]));
  for (const key of frame.gone) groups.delete(recordKey(key));
  for (const group of frame.groups) groups.set(recordKey(group.key), group);
  return inOrder([...groups].map(([key, group]) => ({ key, group })));
}

/** By rank where all groups have one, else by key: the order in which the server lists a whole value. */
function inOrder(groups: { key: string; group: Group }[]): Group[] {
  const ranked = groups.every(({ group }) => typeof group.parts.rank === "string");
  const rank = (group: Group) => Number(group.parts.rank);
  groups.sort((a, b) => {
    const byRank = ranked ? rank(a.group) - rank(b.group) : 0;
    return byRank !== 0 ? byRank : a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
  });
  return groups.map(({ group }) => group);
}
