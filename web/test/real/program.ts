/**
 * The real server on a data directory of its own, with one organisation and a key for it.
 */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export class Program {
  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    /** Without a slash at its end. */
    readonly url: string,
    readonly key: string,
  ) {}

  static async start(...more: string[]): Promise<Program> {
    const program = process.env.SALESCOPE_PROGRAM;
    if (!program) throw new Error("SALESCOPE_PROGRAM names no program");
    const folder = mkdtempSync(join(tmpdir(), "salescope-web-"));
    const options = ["--data-dir", join(folder, "data"), "--json"];
    const child = spawn(program, [...options, "up", "--listen", "127.0.0.1:0", "--set", "log.access=off", ...more], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ready = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once("line", resolve);
      child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
    });
    const { url } = JSON.parse(ready) as { url: string };
    execFileSync(program, [...options, "admin", "create-org", "Acme"]);
    const created = execFileSync(program, [...options, "admin", "create-key", "--org", "acme"], { encoding: "utf8" });
    const { key } = JSON.parse(created) as { key: string };
    return new Program(child, folder, url.replace(/\/$/, ""), key);
  }

  get live(): string {
    return `${this.url.replace(/^http/, "ws")}/api/v1/live`;
  }

  async get(path: string): Promise<unknown> {
    const answer = await fetch(this.url + path, { headers: { authorization: `Bearer ${this.key}` } });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  }

  /** Sends events; the position at which they are in. */
  async send(events: object[]): Promise<number> {
    const answer = await fetch(`${this.url}/api/v1/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${this.key}`, "content-type": "application/json" },
      body: JSON.stringify(events),
    });
    const told = (await answer.json()) as { tenant_seq: number; accepted: number };
    if (told.accepted !== events.length) throw new Error(JSON.stringify(told));
    return told.tenant_seq;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGTERM");
    await ended;
    rmSync(this.folder, { recursive: true });
  }
}
