/**
 * One topic as this client holds it: its listeners, its state, and how far the server has been asked.
 *
 * Invariant: all listeners see the same states in the same order; a later one begins with the last.
 */
import { applyDeals, applyGap, type Feed } from "./feed-state";
import { applyDelta, applyValue, type KpiValue, type Outcome } from "./kpi-state";
import type { Position } from "./position";
import type { DealsFrame, DeltaFrame, ErrorFrame, GapFrame, ValueFrame } from "./protocol";
import type { Topic } from "./topic";

export type State = KpiValue | Feed;

export interface Listener {
  readonly onState: (state: State) => void;
  readonly onError: ((error: ErrorFrame) => void) | undefined;
}

export class Channel {
  readonly listeners = new Set<Listener>();
  state: State | undefined;
  error: ErrorFrame | undefined;
  /** The id of the subscription that is in force on this connection. */
  id: string | undefined;
  /** The server's name for the topic on this connection. */
  handle: string | undefined;
  /** A whole value has been asked for and has not come yet. */
  awaiting = false;

  constructor(
    readonly topic: Topic,
    private readonly entries_max: number,
  ) {}

  /** From where to go on: what is held, else where the first listener asked to begin. */
  position(): Position | undefined {
    return this.state && { epoch: this.state.epoch, tenant_seq: this.state.tenant_seq };
  }

  /** False: the frame shows that something in between is missing. */
  take(frame: ValueFrame | DeltaFrame | DealsFrame | GapFrame): boolean {
    if (this.topic.kind === "deals") return this.takeFeed(frame);
    const held = this.state as KpiValue | undefined;
    switch (frame.type) {
      case "value":
        this.awaiting = false;
        return this.settle(applyValue(held, frame));
      case "delta":
        return this.settle(applyDelta(held, frame));
      default:
        return true;
    }
  }

  fail(error: ErrorFrame): void {
    this.error = error;
    this.awaiting = false;
    for (const listener of [...this.listeners]) listener.onError?.(error);
  }

  /** The state as a listener that comes later sees it. */
  replay(): State | undefined {
    return this.state && "entries" in this.state ? { ...this.state, fresh: [] } : this.state;
  }

  private takeFeed(frame: ValueFrame | DeltaFrame | DealsFrame | GapFrame): boolean {
    const held = this.state as Feed | undefined;
    const next =
      frame.type === "deals"
        ? applyDeals(held, frame, this.entries_max)
        : frame.type === "gap"
          ? applyGap(held, frame, this.entries_max)
          : undefined;
    if (next) this.tell(next);
    return true;
  }

  private settle(outcome: Outcome): boolean {
    if (outcome.kind === "taken") this.tell(outcome.value);
    return outcome.kind !== "mismatch";
  }

  private tell(state: State): void {
    this.state = state;
    this.error = undefined;
    for (const listener of [...this.listeners]) listener.onState(state);
  }
}
