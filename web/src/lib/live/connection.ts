/**
 * One socket at a time, opened again whenever it is lost: handshake, authentication, heartbeats and back-off.
 * Knows nothing of topics.
 *
 * Invariants: events of a socket that was given up reach nobody; after `stopped` nothing is opened until `restart`.
 */
import { backoffMs, type BackoffOptions } from "./backoff";
import type { Environment, Socket } from "./environment";
import { DEAD_AFTER_HEARTBEATS, staleAfterMs } from "./freshness";
import { CLOSE, parseServerMessage, SUBPROTOCOL, type ClientMessage, type Hello, type ServerMessage } from "./protocol";

export interface ConnectionOptions extends BackoffOptions {
  /** From opening to the server's first message. */
  readonly handshake_ms_max: number;
  /** A connection that held for this long has been a success: the next back-off begins anew. */
  readonly steady_ms: number;
}

export interface ConnectionEvents {
  onHello(hello: Hello): void;
  onMessage(message: ServerMessage): void;
  onPhase(): void;
}

export type Phase = "opening" | "open" | "waiting" | "stopped";

/** Closed by this side because nothing came. */
const SILENT = 1006;

export class Connection {
  phase: Phase = "opening";
  heartbeat_ms = 15_000;
  proven_at_ms: number | undefined;
  retry_at_ms: number | undefined;
  /** Why the last connection ended, as the server put it. */
  lost: { code: number; reason: string } | undefined;

  private socket: Socket | undefined;
  private opened_at_ms = 0;
  private attempt = 0;
  private pings = 0;
  private cancelTimer: () => void = () => {};

  constructor(
    private readonly url: string,
    private token: string | undefined,
    private readonly environment: Environment,
    private readonly options: ConnectionOptions,
    private readonly events: ConnectionEvents,
  ) {}

  /** Opens now, whatever back-off is under way. */
  restart(): void {
    if (this.phase === "open") return;
    this.discard();
    this.phase = "opening";
    this.retry_at_ms = undefined;
    const socket = this.environment.open(this.url, SUBPROTOCOL);
    this.socket = socket;
    socket.onopen = () => {
      if (this.token !== undefined) this.transmit({ type: "auth", token: this.token });
    };
    socket.onmessage = (event) => this.received(event.data);
    socket.onclose = (event) => this.ended(event.code, event.reason);
    this.timer(this.options.handshake_ms_max, () => this.ended(SILENT, "no greeting"));
    this.events.onPhase();
  }

  send(message: ClientMessage): void {
    if (this.phase === "open") this.transmit(message);
  }

  setToken(token: string): void {
    this.token = token;
    if (this.phase === "open") this.transmit({ type: "auth", token });
    else this.restart();
  }

  stop(): void {
    this.discard();
    this.phase = "stopped";
    this.events.onPhase();
  }

  private received(data: unknown): void {
    const message = typeof data === "string" ? parseServerMessage(data) : undefined;
    this.proven_at_ms = this.environment.now();
    if (message?.type === "hello") this.greeted(message);
    if (this.phase !== "open") return;
    this.watch();
    if (message && message.type !== "hello") this.events.onMessage(message);
    this.events.onPhase();
  }

  private greeted(hello: Hello): void {
    this.phase = "open";
    this.opened_at_ms = this.environment.now();
    this.heartbeat_ms = hello.heartbeat_ms;
    this.lost = undefined;
    this.events.onHello(hello);
  }

  /** A silent connection is asked first, then given up. */
  private watch(): void {
    const stale_ms = staleAfterMs(this);
    const dead_ms = this.heartbeat_ms * DEAD_AFTER_HEARTBEATS;
    this.timer(stale_ms, () => {
      this.pings += 1;
      this.transmit({ type: "ping", nonce: String(this.pings) });
      this.timer(dead_ms - stale_ms, () => this.ended(SILENT, "silent"));
    });
  }

  private ended(code: number, reason: string): void {
    const now_ms = this.environment.now();
    const held_ms = this.phase === "open" ? now_ms - this.opened_at_ms : 0;
    this.discard();
    this.lost = { code, reason };
    if (code === CLOSE.notAllowed) {
      this.phase = "stopped";
    } else {
      if (held_ms >= this.options.steady_ms) this.attempt = 0;
      const delay_ms = backoffMs(this.attempt, code, this.environment.random(), this.options);
      this.attempt += 1;
      this.phase = "waiting";
      this.retry_at_ms = now_ms + delay_ms;
      this.timer(delay_ms, () => this.restart());
    }
    this.events.onPhase();
  }

  private transmit(message: ClientMessage): void {
    this.socket?.send(JSON.stringify(message));
  }

  private timer(delay_ms: number, task: () => void): void {
    this.cancelTimer();
    this.cancelTimer = this.environment.after(delay_ms, task);
  }

  private discard(): void {
    this.cancelTimer();
    const socket = this.socket;
    this.socket = undefined;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    // An error still has to find a listener, or some sockets throw it.
    socket.onerror = () => {};
    socket.close(1000);
  }
}
