/**
 * The feed of deal changes, and what a frame does to it. Pure.
 *
 * Invariants: every change appears once, newest first; what could not be replayed stands in the feed as a gap and is
 * never silently left out; the feed holds at most `entries_max` entries.
 */
import { comparePositions, type Position } from "./position";
import type { DealChange, DealsFrame, GapFrame } from "./protocol";

export type FeedEntry =
  | { readonly kind: "deal"; readonly id: string; readonly deal: DealChange }
  | { readonly kind: "gap"; readonly id: string; readonly from_seq: number; readonly to_seq: number };

export interface Feed extends Position {
  /** Newest first. */
  readonly entries: readonly FeedEntry[];
  /** Those that the last frame brought; none when the feed is told again to a later listener. */
  readonly fresh: readonly FeedEntry[];
}

export function applyDeals(held: Feed | undefined, frame: DealsFrame, entries_max: number): Feed | undefined {
  if (held && frame.epoch < held.epoch) return undefined;
  const known = held && held.epoch === frame.epoch ? held.tenant_seq : -1;
  const fresh = frame.items
    .filter((item) => item.tenant_seq > known && !stands(held, item))
    .sort((a, b) => b.tenant_seq - a.tenant_seq)
    .map((deal, index): FeedEntry => ({ kind: "deal", id: `${frame.epoch}.${deal.tenant_seq}.${index}`, deal }));
  return grown(held, frame, fresh, entries_max);
}

export function applyGap(held: Feed | undefined, frame: GapFrame, entries_max: number): Feed | undefined {
  const position = { epoch: frame.epoch, tenant_seq: frame.to_seq };
  if (held && comparePositions(position, held) <= 0) return undefined;
  const { from_seq, to_seq } = frame;
  return grown(held, position, [{ kind: "gap", id: `${frame.epoch}.gap.${to_seq}`, from_seq, to_seq }], entries_max);
}

/** Whether an entry says this already: a new epoch may replay what the one before has told. */
function stands(held: Feed | undefined, item: DealChange): boolean {
  return (held?.entries ?? []).some(
    (entry) =>
      entry.kind === "deal" &&
      entry.deal.tenant_seq === item.tenant_seq &&
      entry.deal.deal_id === item.deal_id &&
      entry.deal.known_at === item.known_at,
  );
}

function grown(held: Feed | undefined, to: Position, fresh: readonly FeedEntry[], entries_max: number): Feed {
  const { epoch, tenant_seq } = held && comparePositions(held, to) > 0 ? held : to;
  return { epoch, tenant_seq, fresh, entries: [...fresh, ...(held?.entries ?? [])].slice(0, entries_max) };
}
