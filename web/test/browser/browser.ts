/** Starts the browser whose path is in `CHROME`. */
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { PASSWORD } from "../mock-server/rest";

export const WIDE = { width: 1440, height: 900 };
export const NARROW = { width: 375, height: 812 };

export function launch(): Promise<Browser> {
  const executablePath = process.env.CHROME;
  if (!executablePath) throw new Error("CHROME has to hold the path of a Chromium");
  const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
  return chromium.launch({ executablePath, headless: true, args });
}

export async function signIn(context: BrowserContext, address: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${address}/`);
  await page.getByLabel("E-mail").fill("ada@example.org");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  return page;
}

/** Until no part of the page says that it is on its way. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector("main") && !document.querySelector("[aria-busy=true]"));
  await page.waitForLoadState("networkidle");
}
