/** The mock server: the export, the REST endpoints and the live protocol at one address of this machine. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";
import { serveFile } from "./files";
import { Live } from "./live";
import { Rest } from "./rest";
import { World } from "./world";

const EXPORT = fileURLToPath(new URL("../../out", import.meta.url));
const HISTORY_STEPS = 40;
const MINUTE_MS = 60_000;

export interface MockOptions {
  port?: number;
  deals?: number;
  setup_needed?: boolean;
  failing?: string;
  heartbeat_ms?: number;
  /** Between two things that happen; 0: nothing happens by itself. */
  step_ms?: number;
}

export class MockServer {
  readonly world: World;
  readonly live: Live;
  private readonly http: Server;
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(private readonly options: MockOptions = {}) {
    const { deals = 900, setup_needed = false, failing, heartbeat_ms = 5_000 } = options;
    this.world = new World(Date.now(), deals);
    this.live = new Live(this.world, heartbeat_ms);
    for (let i = HISTORY_STEPS; i > 0 && deals > 0; i -= 1) this.step(Date.now() - i * 3 * MINUTE_MS);
    const rest = new Rest(this.world, { setup_needed, failing }, () => this.live.tenant_seq);
    this.http = createServer((request, response) => {
      const url = new URL(request.url ?? "/", "http://localhost");
      if (url.pathname.startsWith("/api/")) void rest.answer(request, response, url);
      else serveFile(EXPORT, url.pathname, response);
    });
    const sockets = new WebSocketServer({
      server: this.http,
      path: "/api/v1/live",
      handleProtocols: () => "salescope.v1",
    });
    sockets.on("connection", (socket) => this.live.accept(socket));
  }

  step(at_ms = Date.now()): void {
    const { deal, event } = this.world.step(at_ms);
    this.live.record(deal, event, at_ms);
  }

  async start(): Promise<string> {
    const { port = 0, step_ms = 0 } = this.options;
    await new Promise<void>((resolve) => this.http.listen(port, "127.0.0.1", resolve));
    this.timers.push(setInterval(() => this.live.heartbeat(), this.live.heartbeat_ms));
    if (step_ms > 0) this.timers.push(setInterval(() => this.step(), step_ms));
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.live.drop();
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }
}
