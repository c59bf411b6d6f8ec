/**
 * What the client takes from the world: time, randomness and sockets. Tests bring their own.
 */

export interface Environment {
  now(): number;
  /** Runs `task` once after `delay_ms`; the returned function calls it off. */
  after(delay_ms: number, task: () => void): () => void;
  /** From [0, 1). */
  random(): number;
  open(url: string, protocol: string): Socket;
}

/** The part of a WebSocket that is used here; browsers' and Node.js ones both have it. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: (() => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

export function browserEnvironment(): Environment {
  return {
    now: () => Date.now(),
    after: (delay_ms, task) => {
      const timer = setTimeout(task, delay_ms);
      return () => clearTimeout(timer);
    },
    random: () => Math.random(),
    open: (url, protocol) => new WebSocket(url, protocol) as unknown as Socket,
  };
}
