import { afterEach, expect, it, vi } from "vitest";
import type { ApiError } from "./problem";
import { request } from "./request";
import { readSession } from "./session";

afterEach(() => vi.unstubAllGlobals());

function answers(response: Response | Error) {
  const asked = vi.fn((path: string, init: RequestInit) => {
    void [path, init];
    return response instanceof Error ? Promise.reject(response) : Promise.resolve(response);
  });
  vi.stubGlobal("fetch", asked);
  return asked;
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as ApiError,
  );

it("names itself in requests that change something, and only in those", async () => {
  const asked = answers(new Response("{}"));
  await request("/api/v1/kpis");
  expect(asked.mock.lastCall?.[1].headers).not.toHaveProperty("X-Salescope-Client");
  const changed = answers(new Response(null, { status: 204 }));
  await expect(request("/api/v1/session", { method: "DELETE" })).resolves.toBeUndefined();
  expect(changed.mock.lastCall?.[1].headers).toMatchObject({ "X-Salescope-Client": "web" });
});

it("turns a problem document into an error with its code, words and request id", async () => {
  const problem = {
    code: "invalid_parameter",
    title: "A parameter is wrong",
    detail: "to is not after from",
    instance: "8a-2f",
  };
  answers(new Response(JSON.stringify(problem), { status: 400 }));
  const error = await failure(request("/api/v1/kpis/bookings"));
  expect(error).toMatchObject({
    code: "invalid_parameter",
    status: 400,
    message: "to is not after from",
    request_id: "8a-2f",
  });
});

it("copes with a refusal that is no problem document", async () => {
  answers(new Response("<html>", { status: 502, headers: { "X-Request-Id": "r1", "Retry-After": "7" } }));
  const error = await failure(request("/api/v1/kpis"));
  expect(error).toMatchObject({ code: "http_502", request_id: "r1", retry_after_s: 7 });
});

it("says that a server cannot be reached", async () => {
  answers(new TypeError("Failed to fetch"));
  expect(await failure(request("/api/v1/kpis"))).toMatchObject({ code: "unreachable", status: 0 });
});

it("reads no session from a refusal", async () => {
  answers(new Response("{}", { status: 401 }));
  expect(await readSession()).toBeNull();
});
