/**
 * A world for tests: time moves when told to, randomness is what the test says, sockets are the test's.
 */
import type { Environment, Socket } from "../environment";

export class FakeSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly sent: Record<string, unknown>[] = [];
  closed = false;
  onSend: (message: Record<string, unknown>) => void = () => {};

  constructor(
    readonly url: string,
    readonly protocol: string,
  ) {}

  send(text: string): void {
    const message = JSON.parse(text) as Record<string, unknown>;
    this.sent.push(message);
    this.onSend(message);
  }

  close(): void {
    this.closed = true;
  }

  /** The server's side. */
  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  drop(code = 1006): void {
    this.closed = true;
    this.onclose?.({ code, reason: "" });
  }
}

export class FakeEnvironment implements Environment {
  readonly sockets: FakeSocket[] = [];
  randomness = 0.5;
  onOpen: (socket: FakeSocket) => void = () => {};
  private time_ms = 1_000_000;
  private timers: { at_ms: number; order: number; task: () => void }[] = [];
  private order = 0;

  now(): number {
    return this.time_ms;
  }

  after(delay_ms: number, task: () => void): () => void {
    this.order += 1;
    const timer = { at_ms: this.time_ms + delay_ms, order: this.order, task };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  random(): number {
    return this.randomness;
  }

  open(url: string, protocol: string): FakeSocket {
    const socket = new FakeSocket(url, protocol);
    this.sockets.push(socket);
    this.onOpen(socket);
    return socket;
  }

  /** Lets time pass and runs what falls due, in order. */
  advance(by_ms: number): void {
    const end_ms = this.time_ms + by_ms;
    for (;;) {
      const [next] = this.timers
        .filter((timer) => timer.at_ms <= end_ms)
        .sort((a, b) => a.at_ms - b.at_ms || a.order - b.order);
      if (!next) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      this.time_ms = Math.max(this.time_ms, next.at_ms);
      next.task();
    }
    this.time_ms = end_ms;
  }

  get socket(): FakeSocket {
    const last = this.sockets.at(-1);
    if (!last) throw new Error("nothing was opened");
    return last;
  }
}
