import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttp } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { freePort } from "@wireproof/peers";

import { certificate, startHttp } from "../support/live-server.js";

/** The folder of the examples, seen from dist/test/interop. */
export const EXAMPLES: string = fileURLToPath(new URL("../../../../../examples/deploying/", import.meta.url));
export type ProxyName = "nginx" | "haproxy" | "haproxy-tcp" | "caddy";

/** What a proxy has to know, in place of what the example says. */
interface Places {
  readonly folder: string;
  readonly port: number;
  readonly backend: number;
  readonly health: number;
  readonly idleMs: number;
}

type Replacement = readonly [shown: string, here: string];

/** How to run the configuration of an example. Nothing but addresses, files and times is replaced. */
interface Proxy {
  readonly program: string;
  readonly file: string;
  readonly replacements: (places: Places) => readonly Replacement[];
  readonly args: (places: Places, file: string) => readonly string[];
}

const PROXIES: Readonly<Record<ProxyName, Proxy>> = {
  nginx: {
    program: "nginx",
    file: "nginx.conf",
    replacements: ({ folder, port, backend, idleMs }) => [
      ["listen 443 ssl;", `listen 127.0.0.1:${port} ssl;`],
      ["/etc/nginx/", `${folder}/`],
      ["127.0.0.1:8080", `127.0.0.1:${backend}`],
      ["60s", `${idleMs}ms`],
      ["http {", "http {\n  access_log off;"],
    ],
    args: ({ folder }, file) => [
      "-p",
      folder,
      "-c",
      file,
      "-e",
      "stderr",
      "-g",
      `daemon off; pid ${folder}/nginx.pid; error_log stderr error;`,
    ],
  },
  haproxy: {
    program: "haproxy",
    file: "haproxy.cfg",
    replacements: ({ folder, port, backend, health, idleMs }) => [
      ["bind :443", `bind 127.0.0.1:${port}`],
      // Above the limit of file descriptors HAProxy does not start.
      ["maxconn 30000", "maxconn 100"],
      ["/etc/haproxy/", `${folder}/`],
      ["127.0.0.1:8080", `127.0.0.1:${backend}`],
      ["check port 8081", `check port ${health}`],
      ["timeout tunnel 60s", `timeout tunnel ${idleMs}ms`],
    ],
    args: (_places, file) => ["-db", "-f", file],
  },
  "haproxy-tcp": {
    program: "haproxy",
    file: "haproxy-tcp.cfg",
    replacements: ({ port, backend, idleMs }) => [
      ["bind :443", `bind 127.0.0.1:${port}`],
      // Above the limit of file descriptors HAProxy does not start.
      ["maxconn 30000", "maxconn 100"],
      ["127.0.0.1:8443", `127.0.0.1:${backend}`],
      ["60s", `${idleMs}ms`],
    ],
    args: (_places, file) => ["-db", "-f", file],
  },
  caddy: {
    program: "caddy",
    file: "Caddyfile",
    replacements: ({ folder, port, backend, health }) => [
      [
        "example.com {",
        "{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}\n" +
          `https://localhost:${port} {\n\tbind 127.0.0.1\n\ttls ${folder}/cert.pem ${folder}/key.pem`,
      ],
      ["127.0.0.1:8080", `127.0.0.1:${backend}`],
      ["health_port 8081", `health_port ${health}`],
    ],
    args: (_places, file) => ["run", "--adapter", "caddyfile", "--config", file],
  },
};

/** Why the tests with a proxy are skipped; false: they are not. */
export function skipWithoutProxy(name: ProxyName): string | false {
  const { program } = PROXIES[name];
  return findProgram(program) === undefined && `${program} is not installed (Debian: ${PACKAGES[program]})`;
}

const PACKAGES: Readonly<Record<string, string>> = {
  nginx: "nginx-light",
  haproxy: "haproxy",
  caddy: "caddy",
};

export interface Behind {
  /** The port of the server behind the proxy. */
  readonly backend: number;
  /** Where the proxy asks whether that server is ready. Default: a place that always says so. */
  readonly health?: number;
  /** After which an idle connection is cut. Default 60,000, as in the examples. */
  readonly idleMs?: number;
  /** What is different from the example. */
  readonly changes?: readonly Replacement[];
}

/** Starts a proxy with the configuration of its example, and resolves with its port. It ends with the test. */
export async function startProxy(context: TestContext, name: ProxyName, behind: Behind): Promise<number> {
  const { program, file, replacements, args } = PROXIES[name];
  const folder = mkdtempSync(join(tmpdir(), `wireproof-${name}-`));
  const { cert, key } = await certificate();
  writeFileSync(join(folder, "cert.pem"), cert);
  writeFileSync(join(folder, "key.pem"), key, { mode: 0o600 });
  writeFileSync(join(folder, "tls.pem"), cert + key, { mode: 0o600 });
  const health = behind.health ?? (await alwaysReady(context));
  const { backend, idleMs = 60_000 } = behind;
  const places: Places = { folder, port: await freePort(), backend, health, idleMs };
  const text = [...(behind.changes ?? []), ...replacements(places)].reduce(
    (text, [shown, here]) => {
      assert.ok(text.includes(shown), `${file} has no "${shown}"`);
      return text.replaceAll(shown, here);
    },
    readFileSync(join(EXAMPLES, file), "utf8"),
  );
  const path = join(folder, file);
  writeFileSync(path, text);
  const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const child = spawn(findProgram(program)!, args(places, path), {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    complaint = (complaint + part).slice(-4096);
  });
  const ended = once(child, "exit");
  context.after(async () => {
    // Asked, not killed: nginx would leave its workers behind.
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  while (!(await isListening(places.port))) {
    if (child.exitCode !== null) throw new Error(`${program} has ended: ${complaint}`);
    await setTimeout(20);
  }
  return places.port;
}

async function alwaysReady(context: TestContext): Promise<number> {
  return startHttp(
    context,
    createHttp((_request, response) => response.end()),
  );
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

/** Debian has servers in a folder that is not on everybody's PATH. */
function findProgram(name: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/bin"];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** The version of a program, for the title of its tests. */
export function versionOf(name: ProxyName): string {
  const { program } = PROXIES[name];
  const path = findProgram(program);
  if (path === undefined) return program;
  // nginx writes it to standard error.
  const text = execFileSync("/bin/sh", ["-c", `"${path}" ${program === "caddy" ? "version" : "-v"} 2>&1`]);
  return `${program} ${/\d+\.\d+\.\d+/.exec(String(text))?.[0] ?? ""}`.trim();
}
