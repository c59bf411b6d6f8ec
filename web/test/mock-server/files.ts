/** Serves the export as a real server has to: folders by their index, everything else by its name, else the 404 page. */
import { existsSync, readFileSync, statSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".json": "application/json",
};

export function serveFile(root: string, path: string, response: ServerResponse): void {
  const named = join(root, normalize(path));
  const file = existsSync(named) && statSync(named).isDirectory() ? join(named, "index.html") : named;
  const found = existsSync(file);
  const served = found ? file : join(root, "404.html");
  const hashed = path.startsWith("/_next/static/");
  response.writeHead(found ? 200 : 404, {
    "Content-Type": TYPES[extname(served)] ?? "application/octet-stream",
    "Cache-Control": hashed ? "public, max-age=31536000, immutable" : "no-cache",
  });
  response.end(readFileSync(served));
}
