import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:http2";
import { test } from "node:test";

import { mintCertificate, startHttp2EchoServer } from "../src/index.js";

for (const isSecure of [false, true]) {
  test(`the echo server over HTTP/2 sends everything back, ${isSecure ? "TLS" : "cleartext"}`, async (t) => {
    const certificate = await mintCertificate();
    const peer = await startHttp2EchoServer(isSecure ? { tls: certificate } : {});
    t.after(() => peer.close());
    const url = peer.url.replace("ws", "http").replace("127.0.0.1", "localhost");
    const session = connect(url, { ca: certificate.cert }).on("error", () => {});
    t.after(() => session.destroy());
    await once(session, "remoteSettings");
    assert.equal(session.remoteSettings.enableConnectProtocol, true);
    const stream = session.request(
      {
        ":method": "CONNECT",
        ":protocol": "websocket",
        ":scheme": isSecure ? "https" : "http",
        ":path": "/",
        "sec-websocket-version": "13",
      },
      { endStream: false },
    );
    // "hi" in a text frame, masked with zeros.
    stream.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]));
    const [echo] = (await once(stream, "data")) as [Buffer];
    assert.deepEqual(echo, Buffer.from([0x81, 2, 0x68, 0x69]));
  });
}
