import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MockServer, type MockOptions } from "../mock-server/server";
import { launch, NARROW, settled, signIn, WIDE } from "./browser";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});

afterAll(() => browser.close());

async function visit(
  options: { mock?: MockOptions; context?: BrowserContextOptions; signedIn?: boolean },
  act: (page: Page, server: MockServer) => Promise<void>,
): Promise<void> {
  const server = new MockServer(options.mock);
  const address = await server.start();
  const context = await browser.newContext({ locale: "en-GB", viewport: WIDE, ...options.context });
  try {
    const page = options.signedIn === false ? await context.newPage() : await signIn(context, address);
    if (options.signedIn === false) await page.goto(`${address}/sign-in/`);
    else await settled(page);
    await act(page, server);
  } finally {
    await context.close();
    await server.stop();
  }
}

async function complaints(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const results = await page.evaluate(() => (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run());
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
}

const themes = ["light", "dark"] as const;
const widths = { wide: WIDE, narrow: NARROW };

describe.each(themes)("in the %s theme", (colorScheme) => {
  it.each(Object.entries(widths))(
    "a %s overview has nothing that axe finds, and does not scroll sideways",
    async (_, viewport) => {
      await visit({ context: { viewport, colorScheme } }, async (page) => {
        expect(await complaints(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width);
      });
    },
  );

  it("sign-in, set-up, an empty overview, the table and an explanation have nothing that axe finds", async () => {
    const context = { colorScheme };
    await visit({ context, signedIn: false }, async (page) => {
      await page.getByLabel("Password").waitFor();
      expect(await complaints(page)).toEqual([]);
    });
    await visit({ context, signedIn: false, mock: { setup_needed: true } }, async (page) => {
      await page.getByLabel("Set-up token").waitFor();
      expect(await complaints(page)).toEqual([]);
    });
    await visit({ context, mock: { deals: 0 } }, async (page) => {
      await page.getByRole("heading", { name: "No deals in this period yet" }).waitFor();
      expect(await complaints(page)).toEqual([]);
    });
    await visit({ context }, async (page) => {
      await page.getByTitle("Table").click();
      await page.getByRole("button", { name: "What Win rate means" }).click();
      await page.getByText("The share of closed deals").waitFor();
      await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
      expect(await complaints(page)).toEqual([]);
    });
  });
});

describe("signing in", () => {
  it("refuses a wrong password in words", async () => {
    await visit({ signedIn: false }, async (page) => {
      await page.getByLabel("E-mail").fill("ada@example.org");
      await page.getByLabel("Password").fill("wrong");
      await page.keyboard.press("Enter");
      await page.getByText("do not belong together").waitFor();
    });
  });

  it("makes the first administrator on a new installation", async () => {
    await visit({ signedIn: false, mock: { setup_needed: true } }, async (page) => {
      await page.getByLabel("Set-up token").fill("setup-token");
      await page.getByLabel("Your name").fill("Ada Lindqvist");
      await page.getByLabel("E-mail").fill("ada@example.org");
      await page.getByLabel("Password").fill("correct horse battery");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Overview" }).waitFor();
    });
  });

  it("ends with signing out, by keyboard alone", async () => {
    await visit({}, async (page) => {
      await page.getByRole("button", { name: "Ada Lindqvist" }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Sign out" }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
    });
  });
});

describe("the overview", () => {
  it("runs without a word on the console, its own policy included", async () => {
    const server = new MockServer();
    const address = await server.start();
    const context = await browser.newContext();
    const said: string[] = [];
    context.on("console", (message) => said.push(message.text()));
    context.on("weberror", (error) => said.push(error.error().message));
    const page = await signIn(context, address);
    await settled(page);
    await page.reload();
    await settled(page);
    await context.close();
    await server.stop();
    expect(said.filter((text) => !text.includes("401 (Unauthorized)"))).toEqual([]);
  });

  it("follows what happens: figure, series and feed", async () => {
    await visit({}, async (page, server) => {
      const bookings = page.getByRole("article", { name: "Bookings" }).locator("data");
      const before = await bookings.getAttribute("value");
      const series = page.waitForResponse((response) => response.url().includes("/bookings/series"));
      const deal = { ...server.world.deals[0]!, status: "won" as const, amount: 1_000_000, name: "The big one" };
      deal.close_date = new Date().toISOString().slice(0, 10);
      server.world.deals.push(deal);
      server.live.record(deal, "deal_closed_won", Date.now());
      await page.getByText("The big one").waitFor();
      await series;
      await expect.poll(() => bookings.getAttribute("value")).toBe((Number(before) + 1_000_000).toFixed(2));
    });
  });

  it("has the card's own figure as the total of its table", async () => {
    await visit({}, async (page) => {
      const exact = await page.getByRole("article", { name: "Bookings" }).locator("data").getAttribute("title");
      await page.getByTitle("Table").click();
      expect(await page.locator("tfoot td").first().textContent()).toBe(exact);
    });
  });

  it("keeps the period in the address", async () => {
    await visit({}, async (page) => {
      await page.getByText("This year").click();
      await page.waitForURL("**/?period=this_year");
      await page.getByRole("heading", { name: "Bookings by month" }).waitFor();
    });
  });

  it("says when it is stale, when it is offline, and is live again by itself", async () => {
    await visit({ mock: { heartbeat_ms: 300 } }, async (page, server) => {
      server.live.silent = true;
      await page.getByText("The server has gone quiet.").waitFor();
      await page.getByText("Offline.").waitFor();
      server.live.silent = false;
      server.live.drop();
      await page.getByRole("status").filter({ hasText: "Live" }).waitFor({ timeout: 30_000 });
    });
  });

  it("names the request that failed", async () => {
    await visit({ mock: { failing: "series" } }, async (page) => {
      await page.getByText("8a1f03c2d4e5b697-2f").first().waitFor();
      await page.getByRole("button", { name: "Try again" }).waitFor();
    });
  });

  it("has a visible focus on everything that the keyboard reaches", async () => {
    await visit({}, async (page) => {
      const unseen: string[] = [];
      for (let i = 0; i < 20; i += 1) {
        await page.keyboard.press("Tab");
        const seen = await page.evaluate(() => {
          const focused = document.activeElement;
          const around = focused?.matches("input[type=radio]") ? focused.parentElement : focused;
          return {
            ring: around ? getComputedStyle(around).outlineStyle : "none",
            html: focused?.outerHTML.slice(0, 80) ?? "",
          };
        });
        if (seen.ring === "none" && !seen.html.startsWith("<body")) unseen.push(seen.html);
      }
      expect(unseen).toEqual([]);
    });
  });
});
