import assert from "node:assert/strict";
import { test } from "node:test";
import { Opcode } from "../../src/case/opcode.js";
import { connect } from "./rig.js";

const PING = Uint8Array.of(0x80 | Opcode.ping, 0);
const PONGS_WAITING = 1000;

test("pings are answered as long as the peer takes the answers", () => {
  const { connection, transport } = connect();
  for (let n = 0; n < 3 * PONGS_WAITING; n++) connection.receive(PING);
  assert.equal(transport.writes.length, 3 * PONGS_WAITING);
});

test("a peer that takes no answers gets a limited number of them, and the next when it takes one", () => {
  const { connection, transport } = connect();
  transport.isHolding = true;
  for (let n = 0; n < 3 * PONGS_WAITING; n++) connection.receive(PING);
  assert.equal(transport.writes.length, PONGS_WAITING);
  transport.release();
  connection.receive(PING);
  connection.receive(PING);
  assert.equal(transport.writes.length, PONGS_WAITING + 1);
});
