import { once } from "node:events";
import { connect } from "node:http2";
import { createServer, type AddressInfo } from "node:net";
import { FrameType, Http2FrameReader, PREFACE } from "../../../src/wire/http2/frame.js";

/** What Node's client sends to open a stream with these fields, behind the preface: frames, the last with END_HEADERS. */
export async function headsOfNode(
  fields: readonly (readonly [string, string])[],
): Promise<{ octets: Buffer }> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  session.on("error", () => undefined);
  const [socket] = await once(server, "connection");
  const stream = session.request(Object.fromEntries(fields));
  stream.on("error", () => undefined);
  let octets = Buffer.alloc(0);
  for await (const chunk of socket) {
    octets = Buffer.concat([octets, chunk]);
    if (hasHead(octets.subarray(PREFACE.length))) break;
  }
  session.destroy();
  server.close();
  return { octets: octets.subarray(PREFACE.length) };
}

function hasHead(octets: Uint8Array): boolean {
  let found = false;
  new Http2FrameReader(16_384).push(octets, ({ type }) => {
    found ||= type === FrameType.headers;
  });
  return found;
}
