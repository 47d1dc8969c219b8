import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask, answered, type RawConnection } from "./raw-connection.js";
import { serving } from "./serving.js";

describe("direct commands", { concurrency: true }, () => {
  test("probes may open and close any other path", async (context) => {
    const server = await serving(context, "1.1.1");
    const client = ask(context, server.port, "/");
    client.close();
    await client.gone();
    assert.deepEqual(client.frames, ["CLOSE 1000"]);
  });

  test("frames are sent as commanded, then the connection is closed as commanded", async (context) => {
    const server = await serving(context, "1.1.1");
    const client = ask(context, server.port, "/whatever");
    client.text('["sendframe", {"opcode": 1, "payload": "ab", "fin": false, "chopsize": 1}]');
    client.text('["sendframes", [{"opcode": 0, "payload": "c", "sync": true}, {"opcode": 9}]]');
    client.text('["echo", {"payload": "e", "payload_len": 3}]');
    client.text('["close", {"code": 1001, "reason": "bye"}]');
    await client.until(({ frames }) => frames.length === 5);
    client.close();
    await client.gone();
    assert.deepEqual(client.frames, ['TEXT "ab" …', 'CONT "c"', 'PING ""', 'TEXT "eee"', 'CLOSE 1001 "bye"']);
  });

  const nonsense: readonly (readonly [string, (client: RawConnection) => void, RegExp])[] = [
    ["no JSON", (client) => client.text("{"), /^CLOSE 1008 "a command must be the JSON of/],
    ["no command", (client) => client.text('["x", {}]'), /^CLOSE 1008 "the commands are/],
    [
      "too long",
      (client) => client.text(" ".repeat(300_000)),
      /^CLOSE 1008 "a command may have at most 262144/,
    ],
    ["unmasked", (client) => client.send(Uint8Array.of(0x81, 0)), /^CLOSE 1002 /],
  ];
  for (const [name, send, expected] of nonsense) {
    test(`what is no command closes the connection and nothing else: ${name}`, async (context) => {
      const server = await serving(context, "1.1.1");
      const client = ask(context, server.port, "/");
      send(client);
      await client.until(({ frames }) => frames.length > 0);
      assert.match(client.frames[0] ?? "", expected);
      assert.deepEqual((await answered(context, server.port, "/getCaseCount")).frames, ['TEXT "1"', "CLOSE"]);
    });
  }

  test("a client that commands and does not read is closed before memory runs out", async (context) => {
    const server = await serving(context, "1.1.1");
    const client = ask(context, server.port, "/");
    await client.until(({ status }) => status.includes("101"));
    client.socket.pause();
    const big = '["sendframe", {"opcode": 2, "payload": "x", "payload_len": 16000000}]';
    for (let n = 0; n < 8; n++) client.text(big);
    client.socket.resume();
    await client.gone();
    const { frames } = client;
    assert.equal(frames.at(-1), 'CLOSE 1008 "the client does not read what it is sent"');
    assert.ok(frames.length < 9, `${frames.length} frames`);
  });
});
