/** The REST endpoints that the app asks, over the invented deals. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { before, buckets, CATALOGUE, figure, type Dates } from "./figures";
import type { World } from "./world";

export interface Options {
  setup_needed: boolean;
  /** Addresses that contain this text fail. */
  failing: string | undefined;
}

export const PASSWORD = "correct horse battery";
const SETUP_TOKEN = "setup-token";
const COOKIE = "salescope_session";

export class Rest {
  constructor(
    private readonly world: World,
    private readonly options: Options,
    private readonly tenant_seq: () => number,
  ) {}

  async answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const path = url.pathname.replace("/api/v1", "");
    if (this.options.failing && path.includes(this.options.failing))
      return problem(response, 503, "unavailable", "The engine is starting. Try again in a moment.");
    if (path === "/setup" || path === "/session") return this.session(request, response, path);
    if (!signedIn(request)) return problem(response, 401, "unauthorized", "Sign in first.");
    if (path === "/kpis") return json(response, 200, { kpis: CATALOGUE });
    const [, kpi = "", part] = /^\/kpis\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
    if (!CATALOGUE.some(({ id }) => id === kpi))
      return problem(response, 404, "not_found", "There is no such address.");
    const dates = { from: url.searchParams.get("from") ?? "", to: url.searchParams.get("to") ?? "" };
    if (part === "series") return this.series(response, kpi, dates, url.searchParams.get("grain") ?? "month");
    this.kpi(response, kpi, dates);
  }

  private async session(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const { options } = this;
    const body = request.method === "POST" ? await bodyOf(request) : {};
    if (request.method !== "GET" && request.headers["x-salescope-client"] !== "web")
      return problem(response, 403, "client_header_missing", "The header is missing.");
    if (path === "/setup" && request.method === "GET") return json(response, 200, { needed: options.setup_needed });
    if (path === "/setup") {
      if (body.token !== SETUP_TOKEN) return problem(response, 403, "wrong_setup_token", "Wrong token.");
      options.setup_needed = false;
      return json(response, 201, session(body.email, body.name), {
        "Set-Cookie": `${COOKIE}=1; HttpOnly; SameSite=Strict; Path=/`,
      });
    }
    if (request.method === "DELETE")
      return json(response, 204, undefined, { "Set-Cookie": `${COOKIE}=; Max-Age=0; Path=/` });
    if (request.method === "GET")
      return signedIn(request)
        ? json(response, 200, session())
        : problem(response, 401, "unauthorized", "Sign in first.");
    if (body.password !== PASSWORD) return problem(response, 401, "wrong_credentials", "Wrong.");
    json(response, 200, session(body.email), { "Set-Cookie": `${COOKIE}=1; HttpOnly; SameSite=Strict; Path=/` });
  }

  private kpi(response: ServerResponse, kpi: string, dates: Dates): void {
    const then = before(dates, Date.now());
    const groups = [figure(this.world, kpi, dates, Date.now())];
    const comparison = { ...then.dates, groups: [figure(this.world, kpi, then.dates, then.now_ms)], changes: [] };
    json(response, 200, { position: this.position(), kpi, ...dates, groups, comparison });
  }

  private series(response: ServerResponse, kpi: string, dates: Dates, grain: string): void {
    const list = buckets(dates, grain).map((it) => ({ ...it, groups: [figure(this.world, kpi, it, Date.now())] }));
    json(response, 200, { position: this.position(), kpi, grain, buckets: list });
  }

  private position() {
    return { epoch: 1, tenant_seq: this.tenant_seq() };
  }
}

function session(email = "ada@example.org", name = "Ada Lindqvist") {
  const organisation = { id: "acme", name: "Acme Industries", currency: "EUR", time_zone: "Europe/Berlin" };
  return { user: { id: "u1", email, name }, organisation };
}

function signedIn(request: IncomingMessage): boolean {
  return (request.headers.cookie ?? "").includes(`${COOKIE}=1`);
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, string>> {
  let text = "";
  for await (const part of request) text += String(part);
  return JSON.parse(text) as Record<string, string>;
}

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

function problem(response: ServerResponse, status: number, code: string, detail: string): void {
  response.writeHead(status, { "Content-Type": "application/problem+json" });
  response.end(
    JSON.stringify({ type: `/errors/${code}`, title: code, status, detail, instance: "8a1f03c2d4e5b697-2f", code }),
  );
}
