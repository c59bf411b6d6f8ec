import { describe, expect, it } from "vitest";
import { connect, type ConnectOptions } from "./client";
import type { Feed } from "./feed-state";
import type { KpiValue } from "./kpi-state";
import { FakeEnvironment } from "./testing/fake-environment";
import { group } from "./testing/model-server";
import type { KpiTopic } from "./topic";

const bookings: KpiTopic = {
  kind: "kpi",
  kpi: "bookings",
  window: "this_quarter",
  filter: { region: ["EMEA", "APAC"] },
};
const hello = { type: "hello", protocol: 1, org: "acme", epoch: 1, tenant_seq: 100, heartbeat_ms: 1_000 };

function start(extra: Partial<ConnectOptions> = {}) {
  const world = new FakeEnvironment();
  const client = connect({ url: "ws://here/api/v1/live", environment: world, ...extra });
  return { world, client };
}

function value(tenant_seq: number, amount: string, epoch = 1) {
  const groups = [group("ann", amount)];
  return { type: "value", topic: "t1", epoch, tenant_seq, at: "t", from: "2026-10-01", to: "2027-01-01", groups };
}

function delta(since: number, tenant_seq: number, amount: string, epoch = 1) {
  return { type: "delta", topic: "t1", epoch, since, tenant_seq, at: "t", groups: [group("ann", amount)], gone: [] };
}

function open() {
  const { world, client } = start();
  const seen: KpiValue[] = [];
  client.subscribe(bookings, (it) => seen.push(it));
  world.socket.say(hello);
  world.socket.say({ type: "subscribed", id: "c1", topic: "t1" });
  world.socket.say(value(90, "10.00"));
  const amounts = () => seen.map((it) => it.groups[0]?.value);
  return { world, client, seen, amounts };
}

const subscribes = (world: FakeEnvironment) => world.socket.sent.filter((it) => it.type === "subscribe");

describe("subscriptions", () => {
  it("are asked for once the server has greeted, with the subprotocol offered", () => {
    const { world, client } = start();
    client.subscribe(bookings, () => {});
    expect(world.socket.protocol).toBe("salescope.v1");
    expect(world.socket.sent).toEqual([]);
    world.socket.say(hello);
    expect(world.socket.sent).toEqual([{ type: "subscribe", id: "c1", topic: bookings }]);
  });

  it("of equal topics are one at the server, and later listeners begin with the last value", () => {
    const { world, client } = open();
    const late: KpiValue[] = [];
    client.subscribe({ ...bookings, params: {}, filter: { region: ["APAC", "EMEA"] } }, (it) => late.push(it));
    expect(late.map((it) => it.tenant_seq)).toEqual([90]);
    expect(subscribes(world)).toHaveLength(1);
  });

  it("end at the server when the last listener has left", () => {
    const { world, client } = start();
    const first = client.subscribe(bookings, () => {});
    const second = client.subscribe(bookings, () => {});
    world.socket.say(hello);
    first();
    first();
    expect(world.socket.sent).toHaveLength(1);
    second();
    expect(world.socket.sent.at(-1)).toEqual({ type: "unsubscribe", id: "c1" });
  });

  it("that are refused tell their listeners why, later ones too", () => {
    const { world, client } = start();
    const codes: string[] = [];
    const onError = (error: { code: string }) => codes.push(error.code);
    client.subscribe(bookings, () => {}, { onError });
    world.socket.say(hello);
    world.socket.say({ type: "error", id: "c1", code: "unknown_kpi", detail: "no", pointer: "/topic/kpi" });
    client.subscribe(bookings, () => {}, { onError });
    expect(codes).toEqual(["unknown_kpi", "unknown_kpi"]);
    expect(client.status().status).toBe("live");
  });
});

describe("values", () => {
  it("take a delta made from the value held", () => {
    const { world, amounts } = open();
    world.socket.say(delta(90, 95, "12.00"));
    expect(amounts()).toEqual(["10.00", "12.00"]);
  });

  it("are asked for anew, once, when a delta was made from another value", () => {
    const { world, amounts } = open();
    world.socket.say(delta(93, 95, "12.00"));
    world.socket.say(delta(95, 96, "13.00"));
    expect(amounts()).toEqual(["10.00"]);
    expect(world.socket.sent.slice(1).map((it) => [it.type, it.id])).toEqual([
      ["unsubscribe", "c1"],
      ["subscribe", "c2"],
    ]);
    world.socket.say({ type: "subscribed", id: "c2", topic: "t1" });
    world.socket.say(value(96, "13.00"));
    world.socket.say(delta(96, 97, "14.00"));
    expect(amounts()).toEqual(["10.00", "13.00", "14.00"]);
  });

  it("never step back within an epoch, and a greater epoch wins", () => {
    const { world, amounts } = open();
    world.socket.say(value(80, "8.00"));
    world.socket.say(delta(70, 80, "8.00"));
    world.socket.say(value(85, "9.00", 2));
    world.socket.say(value(500, "1.00", 1));
    expect(amounts()).toEqual(["10.00", "9.00"]);
    expect(subscribes(world)).toHaveLength(1);
  });

  it("wait for the whole value that follows a resync", () => {
    const { world, amounts } = open();
    world.socket.say({ type: "resync", topic: "t1" });
    world.socket.say(delta(94, 95, "12.00"));
    world.socket.say(value(95, "12.00"));
    expect(amounts()).toEqual(["10.00", "12.00"]);
    expect(subscribes(world)).toHaveLength(1);
  });

  it("are resumed after a reconnect from the position held", () => {
    const { world } = open();
    world.socket.drop();
    world.advance(250);
    world.socket.say(hello);
    expect(subscribes(world)).toEqual([
      { type: "subscribe", id: "c2", topic: bookings, resume: { epoch: 1, tenant_seq: 90 } },
    ]);
  });

  it("are not disturbed by frames that nobody understands", () => {
    const { world, amounts } = open();
    world.socket.onmessage?.({ data: "{" });
    world.socket.onmessage?.({ data: new ArrayBuffer(1) });
    world.socket.say({ type: "novelty", topic: "t1" });
    world.socket.say({ ...value(99, "9"), groups: "none" });
    world.socket.say({ ...value(99, "9"), topic: "t2" });
    expect(amounts()).toEqual(["10.00"]);
  });
});

describe("feeds", () => {
  const item = (tenant_seq: number) => ({
    tenant_seq,
    occurred_at: "t",
    known_at: "t",
    event: "deal_updated",
    deal_id: "d",
  });

  it("begin before the present where asked, tell each change once and announce gaps", () => {
    const { world, client } = start();
    let feed: Feed | undefined;
    client.subscribe({ kind: "deals" }, (it) => (feed = it), { resume: { last: 30 } });
    world.socket.say(hello);
    expect(subscribes(world)[0]?.resume).toEqual({ epoch: 1, tenant_seq: 70 });
    world.socket.say({ type: "subscribed", id: "c1", topic: "t9" });
    world.socket.say({ type: "gap", topic: "t9", epoch: 1, from_seq: 70, to_seq: 80 });
    world.socket.say({ type: "deals", topic: "t9", epoch: 1, tenant_seq: 82, items: [item(81), item(82)] });
    world.socket.say({ type: "deals", topic: "t9", epoch: 1, tenant_seq: 83, items: [item(82), item(83)] });
    expect(feed?.entries.map((it) => (it.kind === "deal" ? it.deal.tenant_seq : "gap"))).toEqual([83, 82, 81, "gap"]);
    expect(feed?.fresh).toHaveLength(1);
    let late: Feed | undefined;
    client.subscribe({ kind: "deals" }, (it) => (late = it));
    expect([late?.entries.length, late?.fresh.length]).toEqual([4, 0]);
  });
});

describe("the status", () => {
  it("is live on proof, stale after two and a half heartbeats, and live again on the next frame", () => {
    const { world, client } = open();
    const seen: string[] = [];
    client.onStatus((it) => seen.push(it.status));
    expect(client.status().status).toBe("live");
    world.advance(2_499);
    expect(client.status().status).toBe("live");
    world.advance(1);
    expect(client.status().status).toBe("stale");
    expect(world.socket.sent.at(-1)?.type).toBe("ping");
    world.socket.say({ type: "heartbeat", epoch: 1, tenant_seq: 101 });
    expect(client.status()).toMatchObject({ status: "live", proven_at_ms: world.now() });
    expect(seen).toEqual(["stale", "live"]);
  });

  it("gives a silent connection up and opens another", () => {
    const { world, client } = open();
    const silent = world.socket;
    world.advance(4_000);
    expect(silent.closed).toBe(true);
    expect(client.status().status).toBe("offline");
    world.advance(250);
    expect(world.sockets).toHaveLength(2);
  });

  it("stays connecting through a short interruption, and is live only when values have been caught up", () => {
    const { world, client } = open();
    world.socket.drop(1012);
    expect(client.status().status).toBe("connecting");
    world.advance(1_000);
    world.socket.say(hello);
    expect(client.status().status).toBe("connecting");
    world.socket.say({ type: "subscribed", id: "c2", topic: "t1" });
    world.socket.say(value(101, "11.00"));
    expect(client.status().status).toBe("live");
  });

  it("is offline once nothing is proven and nothing is connected", () => {
    const { world, client } = open();
    world.randomness = 0.999;
    world.socket.drop();
    for (let i = 0; i < 6; i += 1) {
      world.advance(10_000);
      world.socket.drop();
    }
    expect(client.status()).toMatchObject({ status: "offline", refused: false });
    const opened = world.sockets.length;
    client.retryNow();
    expect(world.sockets).toHaveLength(opened + 1);
  });
});

describe("reconnecting", () => {
  it("waits at random within a bound that doubles up to the ceiling", () => {
    const { world, client } = start();
    world.randomness = 1 - Number.EPSILON;
    const waits = Array.from({ length: 9 }, () => {
      world.socket.drop();
      const wait = (client.status().retry_at_ms ?? 0) - world.now();
      world.advance(wait);
      return Math.round(wait);
    });
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000]);
  });

  it("comes back quickly after a restart and slowly when there are too many connections", () => {
    const { world, client } = open();
    const wait = () => (client.status().retry_at_ms ?? 0) - world.now();
    world.socket.drop(1012);
    expect(wait()).toBeLessThanOrEqual(1_000);
    world.advance(1_000);
    world.socket.drop(4429);
    expect(wait()).toBeGreaterThanOrEqual(10_000);
  });

  it("stops when the server refuses, until there is another token", () => {
    const { world, client } = start({ token: "old" });
    world.socket.onopen?.();
    expect(world.socket.sent).toEqual([{ type: "auth", token: "old" }]);
    world.socket.drop(1008);
    world.advance(600_000);
    expect(world.sockets).toHaveLength(1);
    expect(client.status()).toMatchObject({ status: "offline", refused: true });
    client.setToken("new");
    world.socket.onopen?.();
    expect(world.socket.sent).toEqual([{ type: "auth", token: "new" }]);
  });

  it("sends a refreshed token over the connection that is open", () => {
    const { world, client } = open();
    client.setToken("new");
    expect(world.sockets).toHaveLength(1);
    expect(world.socket.sent.at(-1)).toEqual({ type: "auth", token: "new" });
  });

  it("does not wait for ever for a greeting", () => {
    const { world } = start();
    world.advance(15_000);
    world.advance(250);
    expect(world.sockets).toHaveLength(2);
  });

  it("ends with close", () => {
    const { world, client } = open();
    client.close();
    world.advance(60_000);
    expect(world.sockets).toHaveLength(1);
    expect(world.socket.closed).toBe(true);
  });
});
