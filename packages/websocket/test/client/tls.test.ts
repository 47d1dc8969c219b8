import assert from "node:assert/strict";
import { createServer, connect as dial } from "node:net";
import type { LookupFunction } from "node:net";
import { suite, test } from "node:test";
import type { TestContext } from "node:test";
import type { TLSSocket } from "node:tls";

import { ErrorCode, connect } from "../../src/index.js";
import { certificate, gone, goodAnswer, startRawServer, track } from "./raw-server.js";
import { refuses } from "./refusing.js";

/** Every name is this machine. */
const toLoopback: LookupFunction = (_name, options, found) => {
  if (options.all === true) found(null, [{ address: "127.0.0.1", family: 4 }]);
  else found(null, "127.0.0.1", 4);
};

suite("connect over TLS", () => {
  test("with a certificate that the options trust", async (context) => {
    const { cert, key } = await certificate();
    const server = await startRawServer(context, (socket, head) => socket.write(goodAnswer(head)), {
      cert,
      key,
    });
    for (const host of ["127.0.0.1", "localhost"]) {
      const ws = await connect(server.url.replace("127.0.0.1", host), { tls: { ca: cert } });
      assert.equal(ws.handshake.isSecure, true);
      ws.terminate();
    }
    await gone(server);
  });

  test("names the host and HTTP/1.1 in the TLS handshake", async (context) => {
    const { cert, key } = await certificate();
    const said: unknown[] = [];
    const server = await startRawServer(
      context,
      (socket, head) => {
        const { servername, alpnProtocol } = socket as TLSSocket & { servername?: string };
        said.push([servername, alpnProtocol]);
        socket.write(goodAnswer(head));
      },
      { cert, key, ALPNProtocols: ["h2", "http/1.1"] },
    );
    for (const host of ["localhost", "127.0.0.1"]) {
      (await connect(server.url.replace("127.0.0.1", host), { tls: { ca: cert } })).terminate();
    }
    // An address is no name (RFC 6066 §3).
    assert.deepEqual(said, [
      ["localhost", "http/1.1"],
      [false, "http/1.1"],
    ]);
  });

  test("refuses a certificate that is not trusted", async (context) => {
    const server = await startRawServer(context, () => {}, await certificate());
    const error = await refuses(server.url, {}, ErrorCode.Unreachable);
    assert.equal((error.cause as NodeJS.ErrnoException).code, "DEPTH_ZERO_SELF_SIGNED_CERT");
    assert.deepEqual(server.requests, [], "nothing was said to it");
  });

  test("refuses a good certificate of another host", async (context) => {
    const { cert, key } = await certificate();
    const server = await startRawServer(context, () => {}, { cert, key });
    const url = server.url.replace("127.0.0.1", "other.example");
    const error = await refuses(url, { tls: { ca: cert, lookup: toLoopback } }, ErrorCode.Unreachable);
    assert.equal((error.cause as NodeJS.ErrnoException).code, "ERR_TLS_CERT_ALTNAME_INVALID");
    assert.deepEqual(server.requests, []);
  });

  test("checks the name that the options expect", async (context) => {
    const { cert, key } = await certificate();
    const server = await startRawServer(context, (socket, head) => socket.write(goodAnswer(head)), {
      cert,
      key,
    });
    const url = server.url.replace("127.0.0.1", "other.example");
    const tls = { ca: cert, lookup: toLoopback, servername: "localhost" };
    (await connect(url, { tls })).terminate();
    const wrong = { ca: cert, servername: "other.example" };
    await refuses(server.url, { tls: wrong }, ErrorCode.Unreachable);
  });

  test("shows its own certificate where it has one", async (context) => {
    const { cert, key } = await certificate();
    let shown: unknown;
    const server = await startRawServer(
      context,
      (socket, head) => {
        shown = (socket as TLSSocket).getPeerCertificate().subject.CN;
        socket.write(goodAnswer(head));
      },
      { cert, key, requestCert: true, rejectUnauthorized: false },
    );
    (await connect(server.url, { tls: { ca: cert, cert, key } })).terminate();
    assert.equal(shown, "localhost");
  });

  test("refuses a server that does not speak TLS", async (context) => {
    const server = createServer((socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const { port } = await track(context, server);
    const error = await refuses(`wss://127.0.0.1:${port}`, {}, ErrorCode.Unreachable);
    assert.match(String((error.cause as NodeJS.ErrnoException).code), /^ERR_SSL_/);
  });

  test("a broken record right behind the answer ends the connection and nothing else", async (context) => {
    const { cert, key } = await certificate();
    let isAnswered = false;
    const server = await startRawServer(
      context,
      (socket, head) => {
        isAnswered = true;
        socket.write(goodAnswer(head));
      },
      { cert, key },
    );
    const port = await relay(context, server.port, (chunk) =>
      isAnswered ? Buffer.concat([chunk, Buffer.from("no TLS at all")]) : chunk,
    );
    const closed = await new Promise((resolve) => {
      void connect(`wss://127.0.0.1:${port}`, {
        tls: { ca: cert },
        close: (_ws, code, _reason, wasClean) => resolve([code, wasClean]),
      });
    });
    assert.deepEqual(closed, [1006, false]);
  });

  test("a server that never completes the TLS handshake is given up", async (context) => {
    const server = await startRawServer(context, () => {});
    await refuses(server.url.replace("ws:", "wss:"), { handshakeMs: 50 }, ErrorCode.HandshakeTimeout);
    await gone(server);
  });
});

/** Passes octets on to a port of this machine, those that come back as `change` wants them. Returns its own port. */
async function relay(context: TestContext, to: number, change: (chunk: Buffer) => Buffer): Promise<number> {
  const server = createServer((near) => {
    const far = dial({ port: to, host: "127.0.0.1" });
    near.on("data", (chunk: Buffer) => far.write(chunk)).on("close", () => far.destroy());
    far.on("data", (chunk: Buffer) => near.write(change(chunk))).on("close", () => near.destroy());
    far.on("error", () => {});
  });
  return (await track(context, server)).port;
}
