/**
 * Rules beyond the framework's: no `any`, and the layers lib -> components -> features -> app, where nothing imports
 * what stands after it and no feature imports another.
 */
import { defineConfig, globalIgnores } from "eslint/config";
import next from "eslint-config-next/core-web-vitals";
import nextTypes from "eslint-config-next/typescript";

const features = ["overview", "session", "shell"];

const forbid = (patterns, message) => ({
  "no-restricted-imports": ["error", { patterns: [{ group: patterns, message }] }],
});

export default defineConfig([
  globalIgnores([".next/**", "out/**", "next-env.d.ts", "src/lib/api/schema.d.ts"]),
  ...next,
  ...nextTypes,
  {
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "no-console": "error",
      eqeqeq: "error",
    },
  },
  {
    files: ["src/lib/**"],
    rules: forbid(["@/components/*", "@/features/*", "@/app/*"], "lib stands below components, features and app"),
  },
  {
    files: ["src/lib/live/**", "src/lib/format/**"],
    ignores: ["**/*.test.ts"],
    rules: forbid(["react", "react-dom", "next/*", "@/*"], "this library knows no framework and nothing of the app"),
  },
  {
    files: ["src/components/**"],
    rules: forbid(["@/features/*", "@/app/*"], "components stand below features and app"),
  },
  ...features.map((name) => ({
    files: [`src/features/${name}/**`],
    rules: forbid(
      ["@/app/*", ...features.filter((other) => other !== name).map((other) => `@/features/${other}/*`)],
      "a feature imports neither the app nor another feature",
    ),
  })),
  { files: ["test/**"], rules: { "no-console": "off" } },
]);
