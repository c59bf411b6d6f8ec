/**
 * What a client may say about how fresh its values are. Pure.
 *
 * Invariant: `live` is said only of an open connection that has given proof within `STALE_AFTER_HEARTBEATS`, and whose
 * subscriptions have all been caught up.
 */

export const STALE_AFTER_HEARTBEATS = 2.5;
/** A connection that has been silent for this long is given up. */
export const DEAD_AFTER_HEARTBEATS = 4;

export type Freshness = "connecting" | "live" | "stale" | "offline";

export interface LinkState {
  readonly phase: "opening" | "catching_up" | "open" | "waiting" | "stopped";
  readonly heartbeat_ms: number;
  /** When the last frame came, by the client's clock. */
  readonly proven_at_ms: number | undefined;
}

/** The freshness now, and when to look again (undefined: it does not change by itself). */
export function freshness(link: LinkState, now_ms: number): { status: Freshness; until_ms: number | undefined } {
  const stale_at_ms = link.proven_at_ms === undefined ? undefined : link.proven_at_ms + staleAfterMs(link);
  const proven = stale_at_ms !== undefined && now_ms < stale_at_ms;
  switch (link.phase) {
    case "stopped":
      return { status: "offline", until_ms: undefined };
    case "open":
      return { status: proven ? "live" : "stale", until_ms: proven ? stale_at_ms : undefined };
    case "catching_up":
      return { status: "connecting", until_ms: undefined };
    default:
      if (proven) return { status: "connecting", until_ms: stale_at_ms };
      return { status: firstAttempt(link) ? "connecting" : "offline", until_ms: undefined };
  }
}

/** How long one proof of freshness holds. */
export function staleAfterMs(link: Pick<LinkState, "heartbeat_ms">): number {
  return link.heartbeat_ms * STALE_AFTER_HEARTBEATS;
}

function firstAttempt(link: LinkState): boolean {
  return link.phase === "opening" && link.proven_at_ms === undefined;
}
