/**
 * How long to wait before the next attempt to connect. Pure; randomness comes in as a number from [0, 1).
 */
import { CLOSE } from "./protocol";

export interface BackoffOptions {
  readonly base_ms: number;
  readonly ceiling_ms: number;
  /** A server that restarts spreads its clients over this time. */
  readonly restart_spread_ms: number;
}

/** Full jitter: anything from nothing to the bound, which doubles with each failed attempt. */
export function backoffMs(attempt: number, code: number, random: number, options: BackoffOptions): number {
  const { base_ms, ceiling_ms, restart_spread_ms } = options;
  if (code === CLOSE.restart && attempt === 0) return random * restart_spread_ms;
  if (code === CLOSE.tooManyConnections) return ceiling_ms / 2 + (random * ceiling_ms) / 2;
  return random * Math.min(ceiling_ms, base_ms * 2 ** Math.min(attempt, 30));
}
