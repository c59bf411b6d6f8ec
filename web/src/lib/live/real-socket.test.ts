import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { connect } from "./client";
import { browserEnvironment, type Socket } from "./environment";
import { group } from "./testing/model-server";

it("holds a conversation over a real socket, through a restart of the server", async () => {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: () => "salescope.v1" });
  await new Promise<void>((resolve) => server.once("listening", resolve));
  const heard: Record<string, unknown>[] = [];
  let connections = 0;
  server.on("connection", (socket) => {
    connections += 1;
    const seq = connections * 10;
    const say = (message: object) => socket.send(JSON.stringify(message));
    say({ type: "hello", protocol: 1, org: "acme", epoch: 1, tenant_seq: seq, heartbeat_ms: 15_000 });
    socket.on("message", (data) => {
      const message = JSON.parse(String(data)) as Record<string, unknown>;
      heard.push(message);
      if (message.type !== "subscribe") return;
      const groups = [group("ann", String(seq))];
      const at = { topic: "t1", epoch: 1, at: "t" };
      say({ type: "subscribed", id: message.id, topic: "t1" });
      say({ type: "value", ...at, tenant_seq: seq, from: "2026-10-01", to: "2027-01-01", groups });
      say({
        type: "delta",
        ...at,
        since: seq,
        tenant_seq: seq + 1,
        groups: [group("bo", "1")],
        gone: [{ owner: "ann" }],
      });
      if (connections === 1) socket.close(1012, "restart");
    });
  });
  const { port } = server.address() as AddressInfo;
  const environment = {
    ...browserEnvironment(),
    random: () => 0,
    open: (url: string, protocol: string) => new WebSocket(url, protocol) as unknown as Socket,
  };
  const client = connect({ url: `ws://127.0.0.1:${port}/api/v1/live`, token: "key", environment });
  const seen: number[] = [];
  await new Promise<void>((resolve) => {
    client.subscribe({ kind: "kpi", kpi: "bookings", window: "this_month" }, (value) => {
      seen.push(value.tenant_seq);
      if (value.tenant_seq === 21) resolve();
    });
  });
  expect(seen).toEqual([10, 11, 20, 21]);
  expect(client.status().status).toBe("live");
  const said = heard.map((it) => it.type).sort();
  expect(said).toEqual(["auth", "auth", "subscribe", "subscribe"]);
  expect(heard.filter((it) => it.type === "subscribe").map((it) => it.resume)).toEqual([
    undefined,
    { epoch: 1, tenant_seq: 11 },
  ]);
  client.close();
  await new Promise((resolve) => server.close(resolve));
});
