/** `npm run screenshots -- FOLDER`: the pages in their states, wide and narrow, light and dark, to be looked at. */
import { mkdirSync } from "node:fs";
import type { BrowserContextOptions, Page } from "playwright-core";
import { MockServer, type MockOptions } from "../mock-server/server";
import { launch, NARROW, settled, signIn, WIDE } from "./browser";

const folder = process.argv[2] ?? "screenshots";
mkdirSync(folder, { recursive: true });
const browser = await launch();

async function scene(
  name: string,
  context: BrowserContextOptions,
  mock: MockOptions,
  act: (page: Page, server: MockServer) => Promise<void>,
): Promise<void> {
  const server = new MockServer(mock);
  const address = await server.start();
  const opened = await browser.newContext({ locale: "en-GB", ...context });
  const page = mock.setup_needed === undefined ? await signIn(opened, address) : await opened.newPage();
  if (mock.setup_needed !== undefined) await page.goto(`${address}/sign-in/`);
  await act(page, server);
  await page.waitForTimeout(400);
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: context.viewport === NARROW });
  await opened.close();
  await server.stop();
}

const ready = (page: Page) => settled(page);
for (const colorScheme of ["light", "dark"] as const) {
  await scene(`overview-1440-${colorScheme}`, { viewport: WIDE, colorScheme }, {}, ready);
  await scene(`overview-375-${colorScheme}`, { viewport: NARROW, colorScheme }, {}, ready);
  await scene(`sign-in-${colorScheme}`, { viewport: WIDE, colorScheme }, { setup_needed: false }, async (page) => {
    await page.getByLabel("Password").waitFor();
  });
}
await scene("set-up-375", { viewport: NARROW }, { setup_needed: true }, async (page) => {
  await page.getByLabel("Set-up token").waitFor();
});
await scene("empty-1440", { viewport: WIDE }, { deals: 0 }, ready);
await scene("series-failing-1440", { viewport: WIDE }, { failing: "series" }, async (page) => {
  await page.getByText("The series could not be read").waitFor();
});
await scene("table-1440", { viewport: WIDE }, {}, async (page) => {
  await settled(page);
  await page.getByTitle("Table").click();
  await page.getByRole("button", { name: "What Win rate means" }).click();
});
await scene("month-german-1440", { viewport: WIDE, locale: "de-DE" }, {}, async (page) => {
  await page.getByText("This month").click();
  await settled(page);
});
await scene("year-1440-3840", { viewport: { width: 3840, height: 2160 } }, {}, async (page) => {
  await page.getByText("This year").click();
  await settled(page);
});
await scene("stale-1440", { viewport: WIDE }, { heartbeat_ms: 400 }, async (page, server) => {
  await settled(page);
  server.live.silent = true;
  await page.getByText("Stale").waitFor();
});
await scene("offline-375", { viewport: NARROW, colorScheme: "dark" }, { heartbeat_ms: 400 }, async (page, server) => {
  await settled(page);
  await server.stop();
  await page.getByText("Offline", { exact: true }).waitFor();
});
await scene("account-375", { viewport: NARROW }, {}, async (page) => {
  await settled(page);
  await page.getByRole("button", { name: /Account/ }).click();
});
await browser.close();
