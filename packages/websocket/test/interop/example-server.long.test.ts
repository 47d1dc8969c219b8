/** The server of examples/deploying as a process that is told to go, alone and behind proxies. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";

import { connect } from "../../src/client/connect.js";
import { certificate, endings } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";
import type { RawTarget } from "../support/raw-client.js";
import { EXAMPLES, skipWithoutProxy, startProxy } from "./proxies.js";
import type { ProxyName } from "./proxies.js";

/** So long it stays when it is told to go: long enough for a machine that is busy. */
const LEAVE_MS = 8_000;

interface Example {
  readonly child: ChildProcess;
  readonly port: number;
  readonly health: number;
  /** Resolves with its exit code, or the signal that ended it. */
  readonly ended: Promise<unknown>;
}

async function startExample(context: TestContext): Promise<Example> {
  const env = {
    ...process.env,
    PORT: "0",
    HEALTH_PORT: "0",
    LEAVE_MS: String(LEAVE_MS),
    PROXIES: "127.0.0.1",
  };
  const child = spawn(process.execPath, [join(EXAMPLES, "server.mjs")], { env });
  const ended = once(child, "exit").then(([code, signal]: unknown[]) => code ?? signal);
  context.after(() => {
    child.kill("SIGKILL");
    return ended;
  });
  child.stderr.pipe(process.stderr);
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const [port = NaN, health = NaN] = line.match(/\d+/g)?.map(Number) ?? [];
  return { child, port, health, ended };
}

async function statusOf(health: number, path: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${health}${path}`);
  await response.arrayBuffer();
  return response.status;
}

/** Asks until the answer is this. */
async function until(expected: number, ask: () => Promise<number>): Promise<void> {
  while ((await ask()) !== expected) await setTimeout(20);
}

async function openingStatus(context: TestContext, target: RawTarget): Promise<number> {
  const client = await RawClient.connect(context, target);
  const { status } = await client.ask();
  client.socket.destroy();
  return status;
}

describe("the example server", { concurrency: true, timeout: 600_000 }, () => {
  test("after SIGTERM is not ready, serves everybody for a while, says goodbye, and exits with 0", async (t) => {
    const { child, port, health, ended } = await startExample(t);
    assert.equal(await statusOf(health, "/ready"), 200);
    const { closes, close } = endings<undefined>();
    const ws = await connect(`ws://127.0.0.1:${port}`, { close });
    const messages = ws[Symbol.asyncIterator]();
    child.kill("SIGTERM");
    await until(503, () => statusOf(health, "/ready"));
    // Who does not know yet is still served, and it is no reason to restart the process.
    assert.equal(await statusOf(health, "/live"), 200);
    assert.equal(await openingStatus(t, { port }), 101);
    ws.send("still here");
    assert.equal((await messages.next()).value, "still here");
    assert.equal(await closes.next(), "1001 restart clean");
    assert.equal(await ended, 0);
  });

  const changes: Readonly<Partial<Record<ProxyName, readonly (readonly [string, string])[]>>> = {
    haproxy: [["inter 2s", "inter 200ms"]],
    caddy: [["health_interval 2s", "health_interval 200ms"]],
  };
  for (const name of ["haproxy", "caddy"] as const)
    test(
      `behind ${name}, new clients are sent elsewhere, and those who are there may close`,
      {
        skip: skipWithoutProxy(name),
      },
      async (t) => {
        const { child, port, health, ended } = await startExample(t);
        const behind = { backend: port, health, changes: changes[name] ?? [] };
        const front = await startProxy(t, name, behind);
        const { cert } = await certificate();
        const target = { port: front, tls: { ca: cert } };
        // A proxy on a busy machine may take a slow answer for none.
        await until(101, () => openingStatus(t, target));
        const { closes, close } = endings<undefined>();
        await connect(`wss://localhost:${front}`, { tls: { ca: cert }, close });
        child.kill("SIGTERM");
        // There is no other server here.
        await until(503, () => openingStatus(t, target));
        assert.equal(await closes.next(), "1001 restart clean");
        assert.equal(await ended, 0);
      },
    );
});

const YAML = fileURLToPath(
  new URL("../../../../../toolchains/node_modules/yaml/dist/index.js", import.meta.url),
);

interface Deployment {
  readonly kind: string;
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly containers: readonly [Container];
      };
    };
  };
}

interface Container {
  readonly command: readonly string[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly readinessProbe: { readonly httpGet: { readonly path: string; readonly port: string } };
  readonly livenessProbe: { readonly httpGet: { readonly path: string; readonly port: string } };
  readonly lifecycle: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
}

test(
  "the manifest for Kubernetes is about this server",
  {
    skip:
      !existsSync(YAML) && "a parser of YAML is not installed: npm ci --ignore-scripts --prefix toolchains",
  },
  async () => {
    const yaml = (await import(pathToFileURL(YAML).href)) as {
      parseAllDocuments(text: string): { readonly errors: readonly unknown[]; toJS(): unknown }[];
    };
    const documents = yaml.parseAllDocuments(readFileSync(join(EXAMPLES, "kubernetes.yaml"), "utf8"));
    assert.deepEqual(
      documents.flatMap(({ errors }) => errors),
      [],
    );
    const [deployment, service] = documents.map((it) => it.toJS()) as [Deployment, { kind: string }];
    assert.deepEqual([deployment.kind, service.kind], ["Deployment", "Service"]);
    const { terminationGracePeriodSeconds, containers } = deployment.spec.template.spec;
    const [{ command, ports, env, readinessProbe, livenessProbe, lifecycle }] = containers;
    assert.deepEqual(command, ["node", "server.mjs"]);
    const source = readFileSync(join(EXAMPLES, "server.mjs"), "utf8");
    for (const { name } of env) assert.match(source, new RegExp(`^  ${name} = "`, "m"));
    for (const { containerPort } of ports) assert.match(source, new RegExp(`PORT = "${containerPort}"`));
    for (const { httpGet } of [readinessProbe, livenessProbe])
      assert.equal(httpGet.port, "health", "the port of the probes");
    assert.ok(source.includes(`"${readinessProbe.httpGet.path}"`));
    const value = (name: string): number => Number(env.find((it) => it.name === name)?.value);
    const neededMs = lifecycle.preStop.sleep.seconds * 1_000 + value("LEAVE_MS") + value("DRAIN_MS");
    assert.ok(terminationGracePeriodSeconds * 1_000 > neededMs);
  },
);
