/** Scripted servers, and clients of them, that end with their test. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { connect } from "../../src/index.js";
import type { ConnectOptions, WebSocketConnection } from "../../src/index.js";
import { scriptedServer } from "../../src/testing/index.js";
import type { Script, ScriptedServer } from "../../src/testing/index.js";

/** Nothing is awaited in vain here, so a busy machine must not be taken for a failure. */
export const PATIENT: { readonly timeoutMs: number } = { timeoutMs: 60_000 };

/** A server that is closed with the test, whatever its scripts have thrown. */
export async function serve(
  context: TestContext,
  scripts: Script | readonly Script[],
  options: object = PATIENT,
): Promise<ScriptedServer> {
  const server = await scriptedServer(scripts, options);
  context.after(() => server.close().catch(() => {}));
  return server;
}

/** A client that is dropped with the test. */
export async function open(
  context: TestContext,
  { url }: ScriptedServer,
  options: ConnectOptions = {},
): Promise<WebSocketConnection> {
  const ws = await connect(url, options);
  context.after(() => ws.terminate());
  return ws;
}

export async function messagesOf(ws: WebSocketConnection): Promise<unknown[]> {
  const messages: unknown[] = [];
  for await (const message of ws) messages.push(message);
  return messages;
}

/** The message of the error with which `done` rejects. */
export async function failureOf(server: ScriptedServer): Promise<string> {
  const error: unknown = await server.done().then(
    () => assert.fail("every script has ended well"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Error);
  return error.message;
}
