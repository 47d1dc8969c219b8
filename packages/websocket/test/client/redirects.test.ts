import assert from "node:assert/strict";
import type { LookupFunction } from "node:net";
import { suite, test } from "node:test";
import type { TestContext } from "node:test";
import type { TLSSocket } from "node:tls";

import { ErrorCode, connect } from "../../src/index.js";
import { startProxy } from "./proxy.js";
import { certificate, fieldOf, gone, goodAnswer, startRawServer } from "./raw-server.js";
import type { RawServer } from "./raw-server.js";
import { refuses } from "./refusing.js";

const SECRETS = {
  Authorization: "Bearer x",
  cookie: "a=1",
  "Proxy-Authorization": "Basic y",
  "X-Other": "z",
};
const FOLLOW = { max: 5 };
const FOLLOW_ANYWHERE = { max: 5, crossOrigin: true };

const toLoopback: LookupFunction = (_name, options, found) => {
  if (options.all === true) found(null, [{ address: "127.0.0.1", family: 4 }]);
  else found(null, "127.0.0.1", 4);
};

/** Redirects requests for another path than "/end" to `location`, given the request's path. */
function startRedirecting(
  context: TestContext,
  location: (path: string) => string | undefined,
  status = 307,
  tls?: { cert: string; key: string },
): Promise<RawServer> {
  return startRawServer(
    context,
    (socket, head) => {
      const path = head.split(" ")[1]!;
      const to = location(path);
      const line = to === undefined ? "" : `Location: ${to}\r\n`;
      if (path === "/end") socket.write(goodAnswer(head));
      else socket.write(`HTTP/1.1 ${status} Elsewhere\r\n${line}Content-Length: 0\r\n\r\n`);
    },
    tls,
  );
}

function pathsOf({ requests }: RawServer): string[] {
  return requests.map((head) => head.split(" ")[1]!);
}

suite("redirects", () => {
  test("are not followed unless asked for", async (context) => {
    const server = await startRedirecting(context, () => "/end");
    for (const redirects of [undefined, false] as const) {
      const options = redirects === undefined ? {} : { redirects };
      const error = await refuses(server.url, options, ErrorCode.UnexpectedResponse);
      assert.equal(error.status, 307);
      assert.equal(error.headers?.get("location"), "/end");
    }
    assert.deepEqual(pathsOf(server), ["/", "/"]);
  });

  for (const status of [301, 302, 303, 307, 308]) {
    test(`with ${status} are followed, with the same headers and another key`, async (context) => {
      const server = await startRedirecting(context, () => "/end", status);
      const ws = await connect(`${server.url}/a?b`, {
        redirects: FOLLOW,
        headers: SECRETS,
        protocols: ["p"],
        requireProtocol: false,
      });
      assert.equal(ws.handshake.target, "/end");
      ws.terminate();
      assert.deepEqual(pathsOf(server), ["/a?b", "/end"]);
      const [first = "", second = ""] = server.requests;
      for (const name of ["authorization", "cookie", "x-other", "sec-websocket-protocol", "host"]) {
        assert.equal(fieldOf(second, name), fieldOf(first, name), name);
      }
      assert.notEqual(fieldOf(second, "sec-websocket-key"), fieldOf(first, "sec-websocket-key"));
      await gone(server);
    });
  }

  for (const status of [300, 304, 305, 306]) {
    test(`${status} is no redirect`, async (context) => {
      const server = await startRedirecting(context, () => "/end", status);
      const error = await refuses(server.url, { redirects: FOLLOW_ANYWHERE }, ErrorCode.UnexpectedResponse);
      assert.equal(error.status, status);
    });
  }

  test("may be relative, absolute, with http: for ws:, with a fragment", async (context) => {
    const server = await startRedirecting(context, (path) => {
      const host = fieldOf(server.requests.at(-1)!, "host")!;
      return { "/1/": "../2", "/2": `//${host}/3`, "/3": `http://${host}/4`, "/4": `ws://${host}/end#x` }[
        path
      ];
    });
    (await connect(`${server.url}/1/`, { redirects: FOLLOW })).terminate();
    assert.deepEqual(pathsOf(server), ["/1/", "/2", "/3", "/4", "/end"]);
  });

  test("in a circle end at the limit", async (context) => {
    const server = await startRedirecting(context, () => "/again");
    const error = await refuses(server.url, { redirects: { max: 3 } }, ErrorCode.RedirectRefused);
    assert.equal(error.problem, "too-many-redirects");
    assert.equal(error.status, 307);
    assert.equal(server.requests.length, 4);
    await gone(server);
  });

  test("share one deadline", async (context) => {
    const server = await startRawServer(context, (socket, head) => {
      if (head.startsWith("GET /a ")) socket.write("HTTP/1.1 307 X\r\nLocation: /b\r\n\r\n");
    });
    const options = { redirects: FOLLOW, handshakeMs: 500 };
    await refuses(`${server.url}/a`, options, ErrorCode.HandshakeTimeout);
    assert.equal(server.requests.length, 2);
    await gone(server);
  });

  for (const [what, location] of [
    ["nowhere", undefined],
    ["an empty address", "http://"],
    ["another scheme", "ftp://127.0.0.1/"],
    ["a script", "javascript:alert(1)"],
    ["a file", "file:///etc/passwd"],
    ["a port that does not exist", "ws://127.0.0.1:99999/"],
    ["a host without end", `ws://${"a".repeat(1000)}/`],
  ] as const) {
    test(`to ${what} are refused`, async (context) => {
      const server = await startRedirecting(context, () => location);
      const error = await refuses(server.url, { redirects: FOLLOW_ANYWHERE }, ErrorCode.RedirectRefused);
      assert.equal(error.problem, "redirect-location");
      assert.equal(server.requests.length, 1);
    });
  }
});

suite("redirects to another origin", () => {
  test("are refused unless asked for", async (context) => {
    const other = await startRedirecting(context, () => undefined);
    const server = await startRedirecting(context, () => `${other.url}/end`);
    const error = await refuses(server.url, { redirects: FOLLOW }, ErrorCode.RedirectRefused);
    assert.equal(error.problem, "redirect-to-other-origin");
    assert.deepEqual(other.requests, []);
  });

  test("lose what says who the client is, and never get it back", async (context) => {
    const other = await startRedirecting(context, (path) =>
      path === "/1" ? `${server.url}/end` : undefined,
    );
    const server: RawServer = await startRedirecting(context, () => `${other.url.replace("//", "//u:p@")}/1`);
    const url = server.url.replace("//", "//me:secret@");
    (
      await connect(url, { redirects: FOLLOW_ANYWHERE, headers: { ...SECRETS, Authorization: "Own" } })
    ).terminate();
    const [first = "", back = ""] = server.requests;
    assert.equal(fieldOf(first, "authorization"), "Own");
    for (const head of [other.requests[0]!, back]) {
      for (const name of ["authorization", "cookie", "proxy-authorization"]) {
        assert.equal(fieldOf(head, name), undefined, name);
      }
      assert.equal(fieldOf(head, "x-other"), "z");
    }
    assert.equal(fieldOf(back, "host"), new URL(server.url).host);
  });

  test("lose the user of the URL", async (context) => {
    const other = await startRedirecting(context, () => undefined);
    const server = await startRedirecting(context, () => `${other.url}/end`);
    (await connect(server.url.replace("//", "//me:secret@"), { redirects: FOLLOW_ANYWHERE })).terminate();
    assert.match(fieldOf(server.requests[0]!, "authorization") ?? "", /^Basic /);
    assert.equal(fieldOf(other.requests[0]!, "authorization"), undefined);
  });

  test("lose the client certificate on another host, and keep it on the same", async (context) => {
    const { cert, key } = await certificate();
    const shown: unknown[] = [];
    const location = { value: "" };
    const server = await startRawServer(
      context,
      (socket, head) => {
        shown.push((socket as TLSSocket).getPeerCertificate().subject?.CN);
        if (head.startsWith("GET /end ")) socket.write(goodAnswer(head));
        else socket.write(`HTTP/1.1 307 X\r\nLocation: ${location.value}\r\n\r\n`);
      },
      { cert, key, requestCert: true, rejectUnauthorized: false },
    );
    const tls = { ca: cert, cert, key, lookup: toLoopback };
    for (const host of ["127.0.0.1", "localhost"]) {
      location.value = `${server.url.replace("127.0.0.1", host)}/end`;
      (await connect(server.url, { redirects: FOLLOW_ANYWHERE, tls })).terminate();
    }
    assert.deepEqual(shown, ["localhost", "localhost", "localhost", undefined]);
  });

  test("from wss to ws are never followed", async (context) => {
    const tls = await certificate();
    const plain = await startRedirecting(context, () => undefined);
    for (const scheme of ["ws:", "http:"]) {
      const server = await startRedirecting(
        context,
        () => `${plain.url.replace("ws:", scheme)}/end`,
        308,
        tls,
      );
      const options = { redirects: FOLLOW_ANYWHERE, tls: { ca: tls.cert } };
      const error = await refuses(server.url, options, ErrorCode.RedirectRefused);
      assert.equal(error.problem, "redirect-to-plain");
      assert.match(error.message, /wss/);
    }
    assert.deepEqual(plain.requests, []);
  });

  test("from ws to wss on the same host are followed, without credentials", async (context) => {
    const tls = await certificate();
    const secure = await startRedirecting(context, () => undefined, 307, tls);
    const plain = await startRedirecting(context, () => "wss://localhost/end");
    // A tunnel to port 80 leads to the one, a tunnel to port 443 to the other.
    const proxy = await startProxy(context, { to: (port) => (port === 80 ? plain.port : secure.port) });
    const options = { redirects: FOLLOW, headers: SECRETS, proxy: proxy.url, tls: { ca: tls.cert } };
    const ws = await connect("ws://localhost/", options);
    assert.equal(ws.handshake.isSecure, true);
    ws.terminate();
    assert.equal(fieldOf(plain.requests[0]!, "authorization"), "Bearer x");
    assert.equal(fieldOf(secure.requests[0]!, "authorization"), undefined);
    assert.equal(fieldOf(secure.requests[0]!, "x-other"), "z");
  });
});
