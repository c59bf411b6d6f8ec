/**
 * After a build: gives every exported page a policy that lets in its own inline scripts by their hashes and, beyond
 * them, only what comes from the same origin. What a page cannot say of itself (framing) is left to the server.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../out/", import.meta.url));
const INLINE = /<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g;
const CHARSET = /<meta charSet="utf-8"\/>/i;

function policyOf(html) {
  const hashes = [...html.matchAll(INLINE)].map(([, script]) => createHash("sha256").update(script).digest("base64"));
  const scripts = [...new Set(hashes)].map((hash) => `'sha256-${hash}'`).join(" ");
  return [
    "default-src 'self'",
    `script-src 'self' ${scripts}`.trim(),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join("; ");
}

const names = readdirSync(root, { recursive: true, encoding: "utf8" });
for (const name of names.filter((it) => it.endsWith(".html"))) {
  const file = join(root, name);
  const html = readFileSync(file, "utf8");
  if (!CHARSET.test(html)) throw new Error(`${file} has no place for a policy`);
  const policy = `<meta http-equiv="Content-Security-Policy" content="${policyOf(html)}"/>`;
  writeFileSync(
    file,
    html.replace(CHARSET, (charset) => charset + policy),
  );
}
