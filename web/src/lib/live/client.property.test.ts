/**
 * Whatever is lost, reordered or interrupted on the way, a client shows only what was true, never steps back, and ends
 * up with the truth.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { connect } from "./client";
import type { Feed } from "./feed-state";
import type { KpiValue } from "./kpi-state";
import { comparePositions } from "./position";
import { FakeEnvironment } from "./testing/fake-environment";
import { ModelServer } from "./testing/model-server";

type Step =
  | { do: "change"; owner: string; value: string | null }
  | { do: "deliver" }
  | { do: "swap" | "lose"; index: number }
  | { do: "drop"; code: number }
  | { do: "fail_over"; undone: number }
  | { do: "wait"; ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("change" as const),
      owner: fc.constantFrom("ann", "bo", "cy"),
      value: fc.option(fc.nat(99).map(String), { freq: 4 }),
    }),
  },
  { weight: 12, arbitrary: fc.constant({ do: "deliver" as const }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("swap" as const), index: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("lose" as const), index: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("drop" as const), code: fc.constantFrom(1006, 1012, 4408) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("fail_over" as const), undone: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(100, 1_000, 3_000) }) },
);

function run(server: ModelServer, world: FakeEnvironment, it: Step): void {
  switch (it.do) {
    case "change":
      return server.change(it.owner, it.value);
    case "deliver":
      return server.deliver();
    case "swap":
      return server.deliver(Math.min(it.index, Math.max(0, server.queued - 1)));
    case "lose":
      return server.deliver(Math.min(it.index, Math.max(0, server.queued - 1)), true);
    case "drop":
      return server.drop(it.code);
    case "fail_over":
      return server.failOver(it.undone);
    case "wait":
      return world.advance(it.ms);
  }
}

/** A new connection, and then nothing goes wrong for longer than any back-off. */
function calm(server: ModelServer, world: FakeEnvironment): void {
  server.drop(1006);
  for (let second = 0; second < 40; second += 1) {
    world.advance(1_000);
    server.heartbeat();
    server.deliverAll();
  }
}

it("shows only what was true, never steps back, and ends with the truth", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: "max" }), (steps) => {
      const world = new FakeEnvironment();
      const server = new ModelServer();
      world.onOpen = (socket) => server.accept(socket);
      const client = connect({ url: "ws://here", environment: world });
      let shown: KpiValue | undefined;
      client.subscribe({ kind: "kpi", kpi: "bookings", window: "this_quarter", group_by: ["owner"] }, (value) => {
        expect(value.groups).toEqual(server.at(value));
        if (shown) expect(comparePositions(value, shown)).toBeGreaterThanOrEqual(0);
        shown = value;
      });
      for (const one of steps) run(server, world, one);
      calm(server, world);
      expect(shown?.groups).toEqual(server.groups());
      expect(client.status().status).toBe("live");
    }),
    { numRuns: 1_000 },
  );
});

it("tells every change of a feed once, in order, or announces the gap that it fell into", () => {
  const orderly = step
    .filter((it) => it.do !== "swap" && it.do !== "lose")
    .map((it): Step => (it.do === "fail_over" ? { ...it, undone: 0 } : it));
  fc.assert(
    fc.property(fc.array(orderly, { maxLength: 200, size: "max" }), (steps) => {
      const world = new FakeEnvironment();
      const server = new ModelServer();
      world.onOpen = (socket) => server.accept(socket);
      const client = connect({ url: "ws://here", environment: world });
      let feed: Feed | undefined;
      client.subscribe({ kind: "deals" }, (it) => (feed = it), { resume: { epoch: 1, tenant_seq: 1 } });
      for (const one of steps) run(server, world, one);
      calm(server, world);
      const entries = [...(feed?.entries ?? [])].reverse();
      const told = entries.flatMap((it) => (it.kind === "deal" ? [it.deal.tenant_seq] : []));
      const gaps = entries.flatMap((it) => (it.kind === "gap" ? [it] : []));
      expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
      for (const { tenant_seq } of server.changes) {
        const missed = gaps.some((gap) => tenant_seq > gap.from_seq && tenant_seq <= gap.to_seq);
        expect(told.includes(tenant_seq) || missed).toBe(true);
      }
    }),
    { numRuns: 1_000 },
  );
});
