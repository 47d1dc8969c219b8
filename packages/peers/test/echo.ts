import assert from "node:assert/strict";
import { once } from "node:events";

import { WebSocket } from "ws";

import type { Certificate, RunningPeer } from "@wireproof/peers";

/** Connects with `ws`, has a text and a binary message echoed, closes; gives back the Server header. */
export async function assertEchoes(peer: RunningPeer, certificate?: Certificate): Promise<string> {
  const client = new WebSocket(peer.url, certificate === undefined ? {} : { ca: certificate.cert });
  let server: string | string[] | undefined;
  client.once("upgrade", (response) => {
    server = response.headers.server;
  });
  await once(client, "open");
  assert.deepEqual(await echoOf(client, "grüß dich"), { data: Buffer.from("grüß dich"), isBinary: false });
  assert.deepEqual(await echoOf(client, Buffer.of(0, 255, 7)), {
    data: Buffer.of(0, 255, 7),
    isBinary: true,
  });
  client.close(1000, "done");
  const [code] = (await once(client, "close")) as [number];
  assert.equal(code, 1000);
  return String(server);
}

async function echoOf(
  client: WebSocket,
  message: string | Buffer,
): Promise<{ data: Buffer; isBinary: boolean }> {
  client.send(message);
  const [data, isBinary] = (await once(client, "message")) as [Buffer, boolean];
  return { data, isBinary };
}
