import assert from "node:assert/strict";
import { test } from "node:test";

import { isPythonServerAvailable, startPythonServer } from "@wireproof/peers";

import { assertEchoes } from "./echo.js";
import { RawClient, assertPortIsFree, during } from "./raw-client.js";

const skip = (await isPythonServerAvailable()) ? false : "no Python with the package websockets";

test("the Python server echoes and names itself", { skip }, async (context) => {
  const peer = await during(context, startPythonServer());
  assert.match(await assertEchoes(peer), /websockets\/\d/);
});

test(
  "closing the Python server ends the process, drops connections and frees the port",
  { skip },
  async (context) => {
    const peer = await during(context, startPythonServer());
    const client = await RawClient.open(peer);
    await peer.close();
    await client.ended;
    await assertPortIsFree(peer);
    await peer.close();
  },
);

test("a port that is taken is reported with what Python says", { skip }, async (context) => {
  const peer = await during(context, startPythonServer());
  await assert.rejects(startPythonServer({ port: peer.port }), /did not start[^]*in use/);
});
