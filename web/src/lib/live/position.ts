/**
 * Positions in an organisation's journal and their order.
 *
 * Invariant: a greater epoch is newer whatever `tenant_seq` says; within an epoch a greater `tenant_seq` is newer.
 */

export interface Position {
  readonly epoch: number;
  readonly tenant_seq: number;
}

/** Negative when `a` is older than `b`, zero when they are the same, positive when it is newer. */
export function comparePositions(a: Position, b: Position): number {
  return a.epoch !== b.epoch ? a.epoch - b.epoch : a.tenant_seq - b.tenant_seq;
}
