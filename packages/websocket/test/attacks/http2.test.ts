/** Floods and traps of HTTP/2: what one HTTP/2 connection may cost, and that others are served. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttp2 } from "node:http2";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";

import { createServer } from "../../src/server/server.js";
import type { Server } from "../../src/server/server.js";
import { Opcode } from "../../src/protocol/opcode.js";
import { http2Session, open, startHttp2 } from "../support/http2.js";
import { endings, readModeSettled } from "../support/live-server.js";
import { fromClient } from "../support/frames.js";
import { Flag, Type, block, connectRequest, frame, rstStream } from "../support/raw-http2.js";
import { settings, uint32, windowUpdate } from "../support/raw-http2.js";
import { RawHttp2Client } from "../support/raw-http2-client.js";
import { grownBy } from "./memory.js";

const MIB = 1024 * 1024;
const ENHANCE_YOUR_CALM = 0xb;
const INITIAL_WINDOW = 4;

/** Fails unless another client is served. */
async function serves(t: TestContext, port: number): Promise<void> {
  const session = await http2Session(t, `http://127.0.0.1:${port}`);
  const { client } = await open(session);
  client.send({ opcode: Opcode.Ping, payload: "still there?" });
  assert.equal(await client.next(), 'PONG "still there?"');
  session.destroy();
}

/** Streams with the identifiers of a client, one after the other. */
function streams(count: number, make: (id: number) => Buffer): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, at) => make(2 * at + 1)));
}

/** An HTTP/2 server of an application that sets no limits. */
async function startAttached(t: TestContext, server: Server): Promise<number> {
  await readModeSettled();
  const http = createHttp2((_request, response) => response.end("a page"));
  server.attach(http);
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  t.after(() => {
    http.close();
    return server.close({ drainMs: 0 });
  });
  return (http.address() as AddressInfo).port;
}

describe("rapid reset", () => {
  test("of streams that are opened and reset in one breath: the hook is not asked, and the session ends", async (t) => {
    let asked = 0;
    const live = await startHttp2(t, {
      upgrade: () => {
        asked++;
        return { data: undefined };
      },
    });
    const client = await RawHttp2Client.connect(t, live.port);
    client.write(streams(5000, (id) => Buffer.concat([connectRequest(id), rstStream(id)])));
    assert.equal(await client.goaway(), ENHANCE_YOUR_CALM);
    await client.closed();
    assert.ok(asked <= 201, `${asked} asked`);
    assert.ok(live.server.counters.opened <= 201, `${live.server.counters.opened} opened`);
    await serves(t, live.port);
  });

  test("of streams that were answered: the session ends after 200", async (t) => {
    const live = await startHttp2(t);
    const client = await RawHttp2Client.connect(t, live.port);
    let resets = 0;
    try {
      for (let id = 1; id < 1000; id += 2) {
        client.write(connectRequest(id));
        await client.until(Type.Headers, id);
        client.write(rstStream(id));
        resets++;
      }
    } catch {
      // The connection has ended.
    }
    assert.equal(await client.goaway(), ENHANCE_YOUR_CALM);
    assert.ok(resets >= 200, `${resets} resets`);
    assert.equal(live.server.connections.size, 0);
    await serves(t, live.port);
  });

  test("a limit of Infinity switches it off", async (t) => {
    const live = await startHttp2(t, { limits: { http2Resets: Infinity } });
    const client = await RawHttp2Client.connect(t, live.port);
    client.write(streams(400, (id) => Buffer.concat([connectRequest(id), rstStream(id)])));
    await client.pong();
    client.write(connectRequest(801));
    await client.until(Type.Headers, 801);
  });

  test("what waits for a client that does not read goes with the stream that it resets", async (t) => {
    const live = await startHttp2(t, { open: (ws) => void ws.send(Buffer.alloc(MIB)) });
    const client = await RawHttp2Client.connect(t, live.port, [INITIAL_WINDOW, 0]);
    const grown = await grownBy(async () => {
      for (let id = 1; id < 300; id += 2) {
        client.write(connectRequest(id));
        await client.until(Type.Headers, id);
        client.write(rstStream(id));
      }
      await client.pong();
    });
    assert.equal(live.server.connections.size, 0);
    assert.ok(grown < 75 * MIB, `${grown} octets for 150 MiB`);
  });
});

describe("streams without end", () => {
  test("are refused above what was announced, and the session ends", async (t) => {
    const live = await startHttp2(t);
    const client = await RawHttp2Client.connect(t, live.port);
    const announced = await client.until(Type.Settings);
    assert.ok(announced.payload.includes(Buffer.concat([Buffer.from([0, 3]), uint32(100)])));
    client.write(streams(10_000, (id) => connectRequest(id)));
    await client.goaway();
    await client.closed();
    const { opened, refused } = live.server.counters;
    assert.ok(opened <= 100 && refused <= 201, `${opened} opened, ${refused} refused`);
    await serves(t, live.port);
  });

  test("on a server of an application that announces no limit: 100 open, 200 are refused, the session ends", async (t) => {
    const server = createServer();
    const port = await startAttached(t, server);
    const client = await RawHttp2Client.connect(t, port);
    client.write(streams(5000, (id) => connectRequest(id)));
    assert.equal(await client.goaway(), ENHANCE_YOUR_CALM);
    await client.closed();
    const { opened, refused } = server.counters;
    assert.equal(opened, 100);
    assert.ok(refused >= 200 && refused <= 5000, `${refused} refused`);
    await serves(t, port);
  });
});

describe("floods of frames", () => {
  const header = frame(Type.Headers, 0, 1, block({ ":method": "CONNECT" }));
  const ping = frame(Type.Ping, 0, 0, Buffer.alloc(8));
  const floods: readonly [what: string, before: Buffer, flood: Buffer][] = [
    [
      "CONTINUATION with fields",
      header,
      frame(Type.Continuation, 0, 1, block({ "x-a": "y".repeat(16_000) })),
    ],
    ["CONTINUATION without fields", header, frame(Type.Continuation, 0, 1)],
    ["SETTINGS", Buffer.alloc(0), settings()],
    [
      "SETTINGS that change the window",
      connectRequest(1),
      settings([INITIAL_WINDOW, 1], [INITIAL_WINDOW, 2]),
    ],
    ["PING", Buffer.alloc(0), ping],
    ["DATA without octets", connectRequest(1), frame(Type.Data, 0, 1)],
  ];
  for (const [what, before, flood] of floods) {
    test(`of ${what} end the session`, async (t) => {
      const live = await startHttp2(t);
      const client = await RawHttp2Client.connect(t, live.port);
      client.socket.pause();
      const grown = await grownBy(async () => {
        client.write(before);
        const many = Buffer.concat(Array.from({ length: Math.ceil(65_536 / flood.length) }, () => flood));
        await client.flood(many, 2000);
        client.socket.resume();
        await client.closed();
      });
      assert.ok(grown < 32 * MIB, `${grown} octets`);
      await serves(t, live.port);
    });
  }

  const PRIORITY = (id: number, on: number): Buffer =>
    frame(Type.Priority, 0, id, Buffer.concat([uint32(on), Buffer.from([15])]));
  const tolerated: readonly [what: string, flood: Buffer][] = [
    ["PRIORITY in a circle", streams(100, (id) => PRIORITY(id, ((id + 2) % 200) + 1))],
    ["WINDOW_UPDATE", streams(100, () => windowUpdate(0, 1))],
    ["frames of an unknown type", streams(100, () => frame(0x77, 0, 0, Buffer.alloc(8)))],
  ];
  for (const [what, flood] of tolerated) {
    test(`of ${what} are not kept`, async (t) => {
      const live = await startHttp2(t);
      const client = await RawHttp2Client.connect(t, live.port);
      const grown = await grownBy(async () => {
        await client.flood(flood, 2000);
        // Newer versions of nghttp2 end the session.
        await client.pong().catch(() => assert.equal(client.isClosed, true));
      });
      assert.ok(grown < 32 * MIB, `${grown} octets`);
      await serves(t, live.port);
    });
  }
});

describe("header bombs", () => {
  test("a table entry that is referred to ten thousand times is not unpacked", async (t) => {
    let asked = 0;
    const live = await startHttp2(t, {
      upgrade: () => {
        asked++;
        return { data: undefined };
      },
    });
    const client = await RawHttp2Client.connect(t, live.port);
    // RFC 7541 §6.2.1: with incremental indexing, so that one octet stands for 3,000 (§6.1).
    const entry = Buffer.concat([Buffer.from([0x40]), block({ "x-bomb": "b".repeat(3000) }).subarray(1)]);
    const bomb = Buffer.concat([block(CONNECT_FIELDS), entry, Buffer.alloc(10_000, 0xbe)]);
    const grown = await grownBy(async () => {
      client.write(frame(Type.Headers, Flag.EndHeaders, 1, bomb));
      const reset = await client.until(Type.RstStream, 1);
      assert.equal(reset.payload.readUInt32BE(), ENHANCE_YOUR_CALM);
    });
    assert.equal(asked, 0);
    assert.ok(grown < 16 * MIB, `${grown} octets for 29 MiB`);
    // The session goes on.
    client.write(connectRequest(3));
    await client.until(Type.Headers, 3);
  });

  test("fields above handshakeOctets are refused with 431 before the hook is asked", async (t) => {
    let asked = 0;
    const live = await startHttp2(t, {
      limits: { handshakeOctets: 4096 },
      upgrade: () => {
        asked++;
        return { data: undefined };
      },
    });
    const client = await RawHttp2Client.connect(t, live.port);
    client.write(connectRequest(1, { "x-large": "y".repeat(8000) }));
    await client.until(Type.RstStream, 1);
    assert.deepEqual([asked, live.server.counters.refused], [0, 1]);
    client.write(connectRequest(3, { "x-small": "y".repeat(1000) }));
    await client.until(Type.Headers, 3);
  });
});

describe("games with windows", () => {
  test("a window that grows beyond 2^31-1 ends the stream, or all of them", async (t) => {
    const { closes, close } = endings();
    const live = await startHttp2(t, { close });
    const client = await RawHttp2Client.connect(t, live.port);
    client.write(connectRequest(1));
    await client.until(Type.Headers, 1);
    client.write(windowUpdate(1, 2 ** 31 - 1));
    assert.equal(await closes.next(), "1006 unclean");
    await serves(t, live.port);
  });

  test("a window that is opened octet by octet brings the message, and no octet more than is asked for", async (t) => {
    const live = await startHttp2(t, { compression: false, open: (ws) => ws.send("x".repeat(100)) });
    const client = await RawHttp2Client.connect(t, live.port, [INITIAL_WINDOW, 0]);
    client.write(connectRequest(1));
    await client.until(Type.Headers, 1);
    for (let octet = 0; octet < 102; octet++) {
      client.write(windowUpdate(1, 1));
      await client.pong();
      const data = client.seen.filter(({ type }) => type === Type.Data);
      assert.equal(Buffer.concat(data.map(({ payload }) => payload)).length, octet + 1);
    }
  });

  test("more octets than the window allows are not taken", async (t) => {
    const { closes, close } = endings();
    const heartbeat = { intervalMs: 100, timeoutMs: 100 };
    const live = await startHttp2(t, { heartbeat, close });
    const client = await RawHttp2Client.connect(t, live.port);
    client.write(connectRequest(1));
    await client.until(Type.Headers, 1);
    const data = frame(Type.Data, 0, 1, Buffer.alloc(16_384));
    const [ws] = [...live.server.connections];
    ws!.pause();
    client.write(...Array.from({ length: 20 }, () => data));
    await Promise.race([client.goaway(), client.until(Type.RstStream, 1)]);
    assert.ok(ws!.counters.octetsReceived <= 2 * 65_536, `${ws!.counters.octetsReceived} octets`);
    // nghttp2 has given the HTTP/2 connection up. On some versions of Node it is the heartbeat that ends it.
    ws!.resume();
    assert.match(await closes.next(), /unclean$/);
    await serves(t, live.port);
  });
});

test("a stream that is reset in the middle of a frame is 1006, and the others go on", async (t) => {
  const { closes, close } = endings();
  const live = await startHttp2(t, { close, message: (ws, data) => ws.send(data) });
  const client = await RawHttp2Client.connect(t, live.port);
  client.write(connectRequest(1), connectRequest(3));
  await client.until(Type.Headers, 3);
  const octets = fromClient({ opcode: Opcode.Text, payload: "hello" });
  client.write(frame(Type.Data, 0, 1, octets.subarray(0, 7)), rstStream(1));
  assert.equal(await closes.next(), "1006 unclean");
  client.write(frame(Type.Data, 0, 3, octets));
  const echo = await client.until(Type.Data, 3);
  assert.equal(echo.payload.subarray(2).toString(), "hello");
});

const CONNECT_FIELDS = {
  ":method": "CONNECT",
  ":protocol": "websocket",
  ":scheme": "http",
  ":path": "/",
  ":authority": "localhost",
  "sec-websocket-version": "13",
};
