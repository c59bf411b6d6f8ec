/**
 * The live client: topics shared among listeners over one connection, carried over reconnects.
 *
 * Invariants: equal topics are one subscription at the server; what a listener is told never steps back; after a
 * reconnect every topic goes on from the position that is held.
 */
import { Channel, type Listener, type State } from "./channel";
import { Connection, type ConnectionOptions } from "./connection";
import { browserEnvironment, type Environment } from "./environment";
import type { Feed } from "./feed-state";
import { freshness, type Freshness } from "./freshness";
import type { KpiValue } from "./kpi-state";
import type { Position } from "./position";
import type { ErrorFrame, Hello, ServerMessage } from "./protocol";
import { topicKey, type DealsTopic, type KpiTopic, type Topic } from "./topic";

export interface LiveOptions extends ConnectionOptions {
  /** Entries of a feed that are kept for later listeners. */
  readonly feed_entries_max: number;
}

export const DEFAULTS: LiveOptions = {
  base_ms: 250,
  ceiling_ms: 20_000,
  restart_spread_ms: 1_000,
  handshake_ms_max: 15_000,
  steady_ms: 5_000,
  feed_entries_max: 200,
};

export interface LiveStatus {
  readonly status: Freshness;
  /** When the last frame came: every value held is at least as fresh as that. */
  readonly proven_at_ms: number | undefined;
  readonly retry_at_ms: number | undefined;
  /** The server refused: nothing is tried until the token changes or `retryNow` is called. */
  readonly refused: boolean;
}

export interface SubscribeOptions {
  /** Where a first subscription of this topic begins: a position, or so many entries before the server's present one. */
  readonly resume?: Position | { readonly last: number };
  readonly onError?: (error: ErrorFrame) => void;
}

export class LiveClient {
  private readonly channels = new Map<string, Channel>();
  private readonly begin = new Map<Channel, SubscribeOptions["resume"]>();
  /** Those whose state may be behind since the connection was opened. */
  private readonly behind = new Set<Channel>();
  private readonly statusListeners = new Set<(status: LiveStatus) => void>();
  private readonly connection: Connection;
  private hello: Hello | undefined;
  private ids = 0;
  private told: LiveStatus | undefined;
  private cancelRecheck: () => void = () => {};

  constructor(
    url: string,
    token: string | undefined,
    private readonly environment: Environment,
    private readonly options: LiveOptions,
  ) {
    this.connection = new Connection(url, token, environment, options, {
      onHello: (hello) => this.greeted(hello),
      onMessage: (message) => this.received(message),
      onPhase: () => this.refreshStatus(),
    });
    this.connection.restart();
  }

  subscribe(topic: KpiTopic, listener: (value: KpiValue) => void, options?: SubscribeOptions): () => void;
  subscribe(topic: DealsTopic, listener: (feed: Feed) => void, options?: SubscribeOptions): () => void;
  subscribe(topic: Topic, onState: (state: never) => void, options: SubscribeOptions = {}): () => void {
    const key = topicKey(topic);
    const listener: Listener = { onState: onState as (state: State) => void, onError: options.onError };
    let channel = this.channels.get(key);
    if (!channel) {
      channel = new Channel(topic, this.options.feed_entries_max);
      this.channels.set(key, channel);
      this.begin.set(channel, options.resume);
      if (this.hello) this.ask(channel, this.beginning(channel));
    }
    channel.listeners.add(listener);
    const last = channel.replay();
    if (last) listener.onState(last);
    if (channel.error) listener.onError?.(channel.error);
    return () => this.leave(key, channel, listener);
  }

  status(): LiveStatus {
    return this.told ?? this.currentStatus();
  }

  onStatus(listener: (status: LiveStatus) => void): () => void {
    this.statusListeners.add(listener);
    return () => this.statusListeners.delete(listener);
  }

  /** A new token for this connection and all later ones. */
  setToken(token: string): void {
    this.connection.setToken(token);
  }

  /** Connects at once instead of at the end of the back-off. */
  retryNow(): void {
    if (this.connection.phase === "waiting" || this.connection.phase === "stopped") this.connection.restart();
  }

  close(): void {
    this.connection.stop();
    this.cancelRecheck();
    this.channels.clear();
    this.statusListeners.clear();
  }

  private greeted(hello: Hello): void {
    this.hello = hello;
    this.behind.clear();
    for (const channel of this.channels.values()) {
      channel.handle = undefined;
      this.ask(channel, channel.position() ?? this.beginning(channel));
      this.behind.add(channel);
    }
  }

  private received(message: ServerMessage): void {
    switch (message.type) {
      case "subscribed":
        return this.subscribed(message.id, message.topic);
      case "value":
      case "delta":
      case "deals":
      case "gap":
        for (const channel of this.named(message.topic)) {
          if (!channel.take(message) && !channel.awaiting) this.ask(channel, undefined);
          if (!channel.awaiting) this.behind.delete(channel);
        }
        return;
      case "resync":
        for (const channel of this.named(message.topic)) channel.awaiting = channel.topic.kind === "kpi";
        return;
      case "heartbeat":
        for (const channel of [...this.behind]) if (channel.handle !== undefined) this.behind.delete(channel);
        return;
      case "error":
        for (const channel of this.channels.values()) {
          if (message.id === undefined || channel.id !== message.id) continue;
          channel.fail(message);
          this.behind.delete(channel);
        }
        return;
      default:
        return;
    }
  }

  private subscribed(id: string, handle: string): void {
    for (const channel of this.channels.values()) {
      if (channel.id !== id) continue;
      channel.handle = handle;
      if (channel.topic.kind === "deals") this.behind.delete(channel);
    }
  }

  private named(handle: string): Channel[] {
    return [...this.channels.values()].filter((channel) => channel.handle === handle);
  }

  /** Subscribes, in place of the subscription that was in force on this connection. */
  private ask(channel: Channel, resume: Position | undefined): void {
    if (channel.handle !== undefined && channel.id !== undefined) {
      this.connection.send({ type: "unsubscribe", id: channel.id });
    }
    this.ids += 1;
    channel.id = `c${this.ids}`;
    channel.awaiting = channel.topic.kind === "kpi";
    const { id, topic } = channel;
    this.connection.send({ type: "subscribe", id, topic, ...(resume && { resume }) });
  }

  private beginning(channel: Channel): Position | undefined {
    const resume = this.begin.get(channel);
    if (!resume || !("last" in resume)) return resume;
    if (!this.hello) return undefined;
    return { epoch: this.hello.epoch, tenant_seq: Math.max(0, this.hello.tenant_seq - resume.last) };
  }

  private leave(key: string, channel: Channel, listener: Listener): void {
    if (!channel.listeners.delete(listener) || channel.listeners.size > 0) return;
    if (this.channels.get(key) === channel) this.channels.delete(key);
    this.begin.delete(channel);
    this.behind.delete(channel);
    if (channel.id !== undefined) this.connection.send({ type: "unsubscribe", id: channel.id });
    this.refreshStatus();
  }

  private currentStatus(): LiveStatus {
    const { proven_at_ms, retry_at_ms, lost } = this.connection;
    const { status } = freshness(this.link(), this.environment.now());
    return { status, proven_at_ms, retry_at_ms, refused: this.connection.phase === "stopped" && lost !== undefined };
  }

  private link() {
    const { phase, heartbeat_ms, proven_at_ms } = this.connection;
    return {
      phase: phase === "open" && this.behind.size > 0 ? "catching_up" : phase,
      heartbeat_ms,
      proven_at_ms,
    } as const;
  }

  private refreshStatus(): void {
    if (this.connection.phase !== "open") this.hello = undefined;
    const now = this.environment.now();
    const { until_ms } = freshness(this.link(), now);
    this.cancelRecheck();
    if (until_ms !== undefined) {
      this.cancelRecheck = this.environment.after(until_ms - now, () => this.refreshStatus());
    }
    const next = this.currentStatus();
    const before = this.told;
    this.told = next;
    const same = before && before.status === next.status && before.proven_at_ms === next.proven_at_ms;
    if (same && before.retry_at_ms === next.retry_at_ms && before.refused === next.refused) return;
    for (const listener of [...this.statusListeners]) listener(next);
  }
}

export interface ConnectOptions {
  /** Of the endpoint, with the scheme `ws` or `wss`. */
  readonly url: string;
  /** Where neither a header nor a cookie says who asks. */
  readonly token?: string;
  readonly environment?: Environment;
  readonly options?: Partial<LiveOptions>;
}

export function connect({ url, token, environment, options }: ConnectOptions): LiveClient {
  return new LiveClient(url, token, environment ?? browserEnvironment(), { ...DEFAULTS, ...options });
}
