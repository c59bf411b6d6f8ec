import { afterAll, beforeAll, expect, it } from "vitest";
import { WebSocket } from "ws";
import { connect } from "../../src/lib/live";
import { browserEnvironment, type Socket } from "../../src/lib/live/environment";
import type { Feed } from "../../src/lib/live/feed-state";
import type { KpiValue } from "../../src/lib/live/kpi-state";
import { Program } from "./program";

let program: Program;

beforeAll(async () => {
  program = await Program.start();
});

afterAll(() => program.stop());

function won(deal: string, user: string, amount: string, version: number) {
  const timestamp = new Date().toISOString();
  const event_type = "deal_closed_won";
  return { event_type, timestamp, deal_id: deal, user_id: user, amount, currency: "USD", version };
}

it("holds what the server answers, deltas and feed included", async () => {
  const environment = {
    ...browserEnvironment(),
    open: (url: string, protocol: string) => new WebSocket(url, protocol) as unknown as Socket,
  };
  const client = connect({ url: program.live, token: program.key, environment });
  let held: KpiValue | undefined;
  let feed: Feed | undefined;
  const waiting = new Set<() => void>();
  const until = async (done: () => boolean) => {
    while (!done()) await new Promise<void>((resolve) => waiting.add(resolve));
  };
  const changed = () => {
    for (const wake of waiting) wake();
    waiting.clear();
  };
  client.subscribe({ kind: "kpi", kpi: "bookings", window: "this_year", group_by: ["owner"] }, (value) => {
    held = value;
    changed();
  });
  client.subscribe({ kind: "deals" }, (value) => {
    feed = value;
    changed();
  });
  await until(() => held !== undefined);
  let seq = 0;
  for (let number = 1; number <= 30; number += 1) {
    seq = await program.send([won(`d${number % 7}`, `u${number % 5}`, `${number}.50`, number)]);
    if (number % 10 === 0) await until(() => (held?.tenant_seq ?? 0) >= seq);
  }
  await until(() => (held?.tenant_seq ?? 0) >= seq && (feed?.tenant_seq ?? 0) >= seq);
  const question = `from=${held?.from}&to=${held?.to}&group_by=owner`;
  const answer = (await program.get(`/api/v1/kpis/bookings?${question}`)) as { groups: unknown };
  expect(held?.groups).toEqual(answer.groups);
  expect(feed?.entries.length).toBe(30);
  expect(feed?.entries.every((entry) => entry.kind === "deal")).toBe(true);
  expect(client.status().status).toBe("live");
  client.close();
});

it("talks with a common client that offers compression and sends in fragments", async () => {
  const headers = { authorization: `Bearer ${program.key}` };
  const socket = new WebSocket(program.live, ["salescope.v1"], { headers, perMessageDeflate: true });
  const heard: Record<string, unknown>[] = [];
  const told = (type: string) => heard.find((message) => message.type === type);
  let wake = () => {};
  socket.on("message", (data, isBinary) => {
    expect(isBinary).toBe(false);
    heard.push(JSON.parse(String(data)) as Record<string, unknown>);
    wake();
  });
  const until = async (type: string) => {
    while (!told(type)) await new Promise<void>((resolve) => (wake = resolve));
  };
  await until("hello");
  expect([socket.protocol, socket.extensions]).toEqual(["salescope.v1", ""]);
  const subscribe = JSON.stringify({ type: "subscribe", id: "a", topic: { kind: "kpi", kpi: "bookings" } });
  socket.send(subscribe.slice(0, 20), { fin: false });
  socket.send(subscribe.slice(20, 40), { fin: false });
  socket.send(subscribe.slice(40), { fin: true });
  await until("value");
  const ponged = new Promise<string>((resolve) => socket.once("pong", (data) => resolve(String(data))));
  socket.ping("are you there");
  expect(await ponged).toBe("are you there");
  socket.send(JSON.stringify({ type: "ping", nonce: "n" }));
  await until("pong");
  const other = new WebSocket(program.live, { headers });
  await new Promise((resolve) => other.once("message", resolve));
  const left = new Promise<number>((resolve) => other.once("close", resolve));
  other.close(1000, "done");
  expect(await left).toBe(1000);
  const closed = new Promise<[number, string]>((resolve) =>
    socket.once("close", (code, reason) => resolve([code, String(reason)])),
  );
  for (let flood = 0; flood < 1000; flood += 1) socket.ping();
  expect(await closed).toEqual([1008, "too_many_messages"]);
});
