import { defineConfig } from "vitest/config";

/** Tests that need a browser and the built app: `npm run build`, then `CHROME=/path npm run test:browser`. */
export default defineConfig({
  test: { environment: "node", include: ["test/browser/**/*.browser.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
});
