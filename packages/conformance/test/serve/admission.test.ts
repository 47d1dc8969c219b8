import assert from "node:assert/strict";
import { request } from "node:http";
import { hostname } from "node:os";
import { describe, test } from "node:test";
import { Admission, type RefusedName } from "../../src/serve/admission.js";
import { startWebServer } from "../../src/serve/web-server.js";
import { opening, RawConnection } from "./raw-connection.js";
import { serving, type Serving } from "./serving.js";

/** Asks with this Host and these origins, and returns the status. */
async function statusOf(
  { port }: Pick<Serving, "port">,
  target: string,
  { host = "127.0.0.1:9001", origins = [] }: { host?: string; origins?: readonly string[] },
): Promise<string> {
  const client = new RawConnection(port);
  const asked = opening(
    target,
    origins.map((origin) => `Origin: ${origin}`),
  );
  client.send(asked.replace(/Host: .*/, `Host: ${host}`));
  await client.until(({ status }) => status !== "");
  const [, status = ""] = client.status.split(" ");
  client.socket.destroy();
  await client.gone();
  return status;
}

const TARGETS = [
  "/stopServer",
  "/updateReports?agent=me",
  "/updateReports?shutdownOnComplete=true",
  "/runCase?case=1&agent=me",
  "/getCaseCount",
  "/getCaseStatus?case=1&agent=me",
  "/",
];

describe("a page of a foreign site is refused every request", { concurrency: true }, () => {
  for (const target of TARGETS) {
    test(target, async (context) => {
      const refusals: RefusedName[] = [];
      const admission = new Admission({ onRefused: (refused) => refusals.push(refused) });
      const server = await serving(context, "1.1.*", { admission });
      for (const origin of ["https://evil.example", "null"]) {
        assert.equal(await statusOf(server, target, { origins: [origin] }), "403");
      }
      assert.deepEqual(refusals, [
        { kind: "origin", value: "https://evil.example" },
        { kind: "origin", value: "null" },
      ]);
      assert.deepEqual(
        server.seen.map(({ type }) => type),
        ["run"],
      );
    });
  }

  test("with a sentence", async (context) => {
    const server = await serving(context, "1.1.1");
    const client = new RawConnection(server.port);
    client.send(opening("/stopServer", ["Origin: http://evil.example"]));
    await client.gone();
    assert.equal(client.status, "HTTP/1.1 403 Forbidden");
    assert.match(
      client.body,
      /^Pages of the origin "http:\/\/evil\.example" may not use this server;.*\.\n$/,
    );
  });
});

describe("origins", { concurrency: true }, () => {
  const cases: readonly (readonly [string, readonly string[], string?])[] = [
    ["101", []],
    ["101", ["http://localhost"]],
    ["101", ["https://localhost:3000"]],
    ["101", ["http://localhost.:3000"]],
    ["101", ["http://LOCALHOST:1"]],
    ["101", ["http://localhost/"]],
    ["101", ["http://127.0.0.1:8080"]],
    ["101", ["http://127.8.8.8"]],
    ["101", ["http://[::1]:5000"]],
    ["101", ["http://[::ffff:7f00:1]"]],
    ["403", ["http://[::ffff:8000:1]"]],
    ["403", ["http://[::2]"]],
    ["403", [""]],
    ["403", ["null"]],
    ["403", ["file://"]],
    ["403", ["http://localhost.evil.example"]],
    ["403", ["http://evil.localhost.example"]],
    ["403", ["http://127.0.0.1.evil.example"]],
    ["403", ["http://evil.example:8080"]],
    ["403", ["http://localhost@evil.example"]],
    ["403", ["chrome-extension://localhost"]],
    ["403", ["http://192.0.2.1"]],
    ["403", ["http://localhost", "http://evil.example"]],
    ["403", ["http://localhost, http://evil.example"]],
    // A page of the machine itself, as another machine sees it: from one of our ports, and from no other.
    ["101", ["http://192.0.2.1:8080"], "192.0.2.1:9001"],
    ["403", ["http://192.0.2.1:8081"], "192.0.2.1:9001"],
    ["403", ["http://192.0.2.1"], "192.0.2.1:9001"],
    ["403", ["http://192.0.2.2:8080"], "192.0.2.1:9001"],
    ["101", ["http://[2001:db8::1]:8080"], "[2001:db8::1]:9001"],
    // Port 80 need not be said, and is not ours.
    ["403", ["http://host.docker.internal"], "host.docker.internal:9001"],
    ["101", ["https://friend.example:8443"]],
    ["101", ["HTTPS://friend.example:8443/"]],
    ["403", ["https://friend.example"]],
  ];
  for (const [status, origins, host] of cases) {
    test(`${status} for ${origins.join(" and ") || "none"} at ${host ?? "loopback"}`, async (context) => {
      const admission = new Admission({ origins: ["https://friend.example:8443"] });
      admission.addPort(8080);
      const server = await serving(context, "1.1.1", { admission });
      const options = { origins, ...(host === undefined ? {} : { host }) };
      assert.equal(await statusOf(server, "/getCaseCount", options), status);
    });
  }

  test("null where it was let in, as for a page that is a file", async (context) => {
    const server = await serving(context, "1.1.1", { admission: new Admission({ origins: ["null"] }) });
    assert.equal(await statusOf(server, "/getCaseCount", { origins: ["null"] }), "101");
  });

  test("the header of the drafts counts as well", async (context) => {
    const server = await serving(context, "1.1.1", { profile: "autobahn" });
    const client = new RawConnection(server.port);
    client.send(opening("/stopServer", ["Sec-WebSocket-Origin: http://evil.example"]));
    await client.gone();
    assert.equal(client.status, "HTTP/1.1 403 Forbidden");
  });
});

const HOSTS: readonly (readonly [known: boolean, host: string])[] = [
  [true, "127.0.0.1:9001"],
  [true, "192.0.2.1"],
  [true, "0.0.0.0:9001"],
  [true, "[::1]:9001"],
  [true, "[2001:db8::1]"],
  [true, "localhost"],
  [true, "LocalHost.:9001"],
  [true, "host.docker.internal:9001"],
  [true, "host.testcontainers.internal"],
  [true, "host.containers.internal"],
  [true, "friend.example:1"],
  [true, hostname()],
  [false, "evil.example:9001"],
  [false, "localhost.evil.example"],
  [false, "evil.localhost"],
  [false, "127.0.0.1.evil.example"],
  [false, "host.docker.internal.evil.example"],
  [false, "localhost@evil.example"],
  [false, "evil.example#localhost"],
];

describe("names that were made to point here", { concurrency: true }, () => {
  for (const listens of ["127.0.0.1", "0.0.0.0", "::"]) {
    test(`the tester at ${listens}`, async (context) => {
      const admission = new Admission({ hosts: ["friend.example"] });
      const server = await serving(context, "1.1.1", { host: listens, admission });
      for (const [known, host] of HOSTS) {
        assert.equal(await statusOf(server, "/getCaseCount", { host }), known ? "101" : "421", host);
      }
      // No browser says nothing of where its page comes from: this is a container that calls another.
      assert.equal(await statusOf(server, "/getCaseCount", { host: "fuzzingserver:9001" }), "101");
      const origins = ["http://fuzzingserver:9001"];
      assert.equal(await statusOf(server, "/getCaseCount", { host: "fuzzingserver:9001", origins }), "421");
    });

    test(`the pages at ${listens}`, async () => {
      const admission = new Admission({ hosts: ["friend.example"] });
      const web = await startWebServer({
        host: listens,
        port: 0,
        admission,
        handlers: [
          (_request, response) => {
            response.end("secret");
            return true;
          },
        ],
      });
      const { port } = new URL(web.url);
      for (const [known, host] of [...HOSTS, [false, "fuzzingserver"] as const]) {
        assert.equal(await webStatus(Number(port), host), known ? 200 : 421, host);
      }
      await web.close();
    });
  }

  test("a plain GET to the tester as well, with a sentence", async (context) => {
    const server = await serving(context, "1.1.1");
    const client = new RawConnection(server.port);
    client.send("GET / HTTP/1.1\r\nHost: evil.example:9001\r\n\r\n");
    await client.gone();
    assert.equal(client.status, "HTTP/1.1 421 Misdirected Request");
    assert.equal(
      client.body,
      'This server does not allow the host name "evil.example:9001"; use its address.\n',
    );
  });
});

test("whoever comes with ever new names does not fill the terminal", () => {
  const refusals: RefusedName[] = [];
  const admission = new Admission({ onRefused: (refused) => refusals.push(refused) });
  for (let n = 0; n < 100; n++) {
    admission.checkHost(`${n}.evil.example`);
    admission.checkHost("evil.example");
  }
  assert.equal(refusals.length, 10);
  assert.ok((admission.checkHost("x".repeat(5000))?.sentence.length ?? Infinity) < 200);
});

function webStatus(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, headers: { host }, agent: false }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode));
    })
      .on("error", reject)
      .end();
  });
}
