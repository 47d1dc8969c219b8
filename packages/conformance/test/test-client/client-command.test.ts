import assert from "node:assert/strict";
import { test } from "node:test";

import { parseCommandLine } from "../../src/child/command-line.js";
import { agentNameOf, clientCommand } from "../../src/test-client/client-command.js";

const FACTS = { url: "ws://h:1", agent: "a b" };

test("the places in arguments and assignments are filled in, and nowhere else", () => {
  const line = parseCommandLine("X={agent} {url} --at={url}/x {URL} {ca} '{ url }' {url}{agent}");
  assert.deepEqual(clientCommand(line, FACTS), {
    program: "{url}",
    args: ["--at=ws://h:1/x", "{URL}", "{ca}", "{ url }", "ws://h:1a b"],
    env: { WIREPROOF_URL: "ws://h:1", WIREPROOF_AGENT: "a b", X: "a b" },
  });
});

test("over TLS the certificate is named; what the user assigns wins", () => {
  const line = parseCommandLine("WIREPROOF_AGENT=mine x {ca}");
  const { args, env } = clientCommand(line, { ...FACTS, caFile: "/c.pem" });
  assert.deepEqual(args, ["/c.pem"]);
  assert.deepEqual([env["WIREPROOF_CA"], env["WIREPROOF_AGENT"]], ["/c.pem", "mine"]);
  assert.equal(
    env["NODE_EXTRA_CA_CERTS"],
    process.env["NODE_EXTRA_CA_CERTS"] === undefined ? "/c.pem" : undefined,
  );
});

test("what a value looks like is never looked at again", () => {
  const line = parseCommandLine("x {agent}");
  assert.deepEqual(clientCommand(line, { url: "u", agent: "{url}$&" }).args, ["{url}$&"]);
});

for (const [text, name] of [
  ["node client.js {url}", "client.js"],
  ["node --import=./hook.mjs dir/client.mjs", "client.mjs"],
  ["/usr/bin/curl {url}", "curl"],
  ["python3 {url} x.py", "x.py"],
] as const) {
  test(`a client is called ${name}: ${text}`, () => {
    assert.equal(agentNameOf(parseCommandLine(text)), name);
  });
}
