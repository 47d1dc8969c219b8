import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask, opening, RawConnection, answered } from "./raw-connection.js";
import { endOf, serving } from "./serving.js";

const RUN = "/runCase?case=1&agent=me";

describe("what makes no sense is refused in the opening handshake", { concurrency: true }, () => {
  const refused: readonly (readonly [string, string, string])[] = [
    ["/runCase?case=9&agent=me", "404 Not Found", 'There is no case "9": this run has the cases 1 to 8.\n'],
    ["/runCase?case=1", "400 Bad Request", "The URL names no agent: it needs agent=NAME.\n"],
    ["/runCase?case=1&agent=a&agent=b", "400 Bad Request", "The URL has the parameter agent 2 times.\n"],
    ["/getCaseInfo?case=x", "400 Bad Request", 'Case="x" is not a number.\n'],
  ];
  for (const [target, status, body] of refused) {
    test(target, async (context) => {
      const server = await serving(context, "1.1.*");
      const client = await answered(context, server.port, target);
      assert.deepEqual([client.status, client.body], [`HTTP/1.1 ${status}`, body]);
      assert.match(client.head, /\r\nConnection: close\r\n/);
      server.stop();
      await server.ended;
      assert.deepEqual(
        server.seen.map(({ type }) => type),
        ["run", "run-end"],
      );
    });
  }

  test("a request that breaks a rule opens the connection nevertheless, and a case about it fails", async (context) => {
    const server = await serving(context, "1.1.1,22.1.7");
    for (const target of [RUN, "/runCase?case=2&agent=me"]) {
      const client = new RawConnection(server.port);
      client.send(opening(target).replace("Version: 13", "Version: 7"));
      await client.until(({ status }) => status === "HTTP/1.1 101 Switching Protocols");
      client.socket.destroy();
    }
    const { verdict, record } = await server.when(endOf("22.1.7"));
    assert.deepEqual([verdict.outcome, verdict.requirement], ["fail", "6455-4.1-18"]);
    assert.equal(record.handshake.opened, true);
    await server.when(endOf("1.1.1"));
    assert.deepEqual(
      server.seen.flatMap((event) => (event.type === "note" ? [event.text] : [])),
      [
        "Sec-WebSocket-Version is not 13. The cases are played nevertheless; those of 22.1 judge the request.",
      ],
    );
  });

  test("under autobahn such a request is, for a case, its result", async (context) => {
    const server = await serving(context, "1.1.*", { profile: "autobahn" });
    const client = new RawConnection(server.port);
    client.send(opening(RUN).replace("Version: 13", "Version: 7"));
    await client.gone();
    assert.equal(client.status, "HTTP/1.1 426 Upgrade Required");
    assert.match(client.head, /\r\nSec-WebSocket-Version: 13\r\n/);
    const { verdict, record } = await server.when(endOf("1.1.1"));
    assert.deepEqual([verdict.outcome, verdict.closing], ["fail", "not-opened"]);
    assert.deepEqual([record.handshake.opened, record.handshake.requirement], [false, "6455-4.1-18"]);
    assert.match(record.handshake.response ?? "", /^HTTP\/1\.1 426 /);
  });

  test("a malformed extension offer fails compression cases and no others", async (context) => {
    const server = await serving(context, "1.1.1,12.1.1");
    const offer = ["Sec-WebSocket-Extensions: permessage-deflate;;"];
    const first = ask(context, server.port, RUN, offer);
    await first.until(({ status }) => status.includes("101"));
    first.socket.destroy();
    const second = ask(context, server.port, "/runCase?case=2&agent=me", offer);
    await second.gone();
    assert.equal(second.status, "HTTP/1.1 400 Bad Request");
    assert.equal((await server.when(endOf("12.1.1"))).verdict.outcome, "fail");
  });

  test("permessage-deflate is agreed on in compression cases only", async (context) => {
    const server = await serving(context, "1.1.1,12.1.1");
    const offer = ["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"];
    for (const [number, extension] of [
      [1, null],
      [2, "permessage-deflate"],
    ]) {
      const client = ask(context, server.port, `/runCase?case=${number}&agent=me`, offer);
      await client.until(({ status }) => status.includes("101"));
      const answered = /Sec-WebSocket-Extensions: (.*)\r\n/.exec(client.head)?.[1] ?? null;
      assert.equal(answered, extension);
      client.socket.destroy();
    }
  });
});
