import { defineConfig } from "vitest/config";
import { fileURLToPath } from "node:url";

/** Tests against the real server: `SALESCOPE_PROGRAM=/path/to/salescope npm run test:real`. */
export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  test: { environment: "node", include: ["test/real/**/*.real.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
});
