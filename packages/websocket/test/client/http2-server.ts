import { once } from "node:events";
import { createSecureServer, createServer } from "node:http2";
import type {
  Http2Server,
  IncomingHttpHeaders,
  SecureServerOptions,
  ServerHttp2Session,
  ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

import { Opcode } from "../../src/protocol/opcode.js";
import { readFrames } from "../support/frames.js";
import type { SeenFrame } from "../support/frames.js";

/** A server of node:http2 that answers whatever a test wants. */
export interface Http2Peer {
  /** With the scheme, without a path. */
  readonly url: string;
  readonly port: number;
  readonly server: Http2Server;
  /** All sessions so far. */
  readonly sessions: readonly ServerHttp2Session[];
  /** The header fields of the requests so far. */
  readonly requests: readonly IncomingHttpHeaders[];
}

export type OnStream = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

/** Listens on the loopback until the test ends, and announces RFC 8441 unless `options` say otherwise. */
export async function startHttp2Server(
  context: TestContext,
  onStream: OnStream,
  { settings = { enableConnectProtocol: true }, ...options }: SecureServerOptions = {},
): Promise<Http2Peer> {
  const isSecure = options.cert !== undefined;
  const server = isSecure ? createSecureServer({ settings, ...options }) : createServer({ settings });
  const sessions: ServerHttp2Session[] = [];
  const requests: IncomingHttpHeaders[] = [];
  server.on("session", (session) => sessions.push(session));
  server.on("sessionError", () => {});
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    requests.push(headers);
    onStream(stream, headers);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.close();
    for (const session of sessions) session.destroy();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `${isSecure ? "wss" : "ws"}://127.0.0.1:${port}`, port, server, sessions, requests };
}

/** Opens the connection, and then says these octets. What the client says is given to `onFrames`, all of it each time. */
export function accept(
  stream: ServerHttp2Stream,
  octets: Uint8Array = new Uint8Array(0),
  onFrames: (frames: readonly SeenFrame[]) => void = () => {},
): void {
  stream.respond({ ":status": 200 });
  if (octets.length > 0) stream.write(octets);
  let heard = Buffer.alloc(0);
  stream.on("data", (chunk: Buffer) => {
    heard = Buffer.concat([heard, chunk]);
    onFrames(readFrames(heard));
  });
}

/** Opens the connection, and echoes every frame unmasked; the Close frame with END_STREAM. */
export function echo(stream: ServerHttp2Stream): void {
  stream.respond({ ":status": 200 });
  let heard = Buffer.alloc(0);
  stream.on("data", (chunk: Buffer) => {
    heard = Buffer.concat([heard, chunk]);
    for (;;) {
      const length = lengthOfFrame(heard);
      if (length > heard.length) return;
      const [frame] = readFrames(heard.subarray(0, length));
      heard = heard.subarray(length);
      stream.write(fastFrame(frame!));
      if (frame!.opcode === Opcode.Close) stream.end();
    }
  });
}

function lengthOfFrame(octets: Buffer): number {
  if (octets.length < 2) return 2;
  const form = octets[1]! & 0x7f;
  const head = form < 126 ? 6 : form === 126 ? 8 : 14;
  if (octets.length < head || form < 126) return head + (form < 126 ? form : 0);
  return head + (form === 126 ? octets.readUInt16BE(2) : Number(octets.readBigUInt64BE(2)));
}

/** A frame of a server, also a large one. */
export function fastFrame({ fin, rsv, opcode, payload }: Omit<SeenFrame, "isMasked">): Buffer {
  const length = payload.length;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}
