/** Frames that attack memory, stack and arithmetic, against both sides of both interfaces. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Opcode } from "../../src/protocol/opcode.js";
import { Happenings, deferred } from "../support/live-server.js";
import { grownBy } from "./memory.js";
import { VICTIMS } from "./victims.js";

const { Continuation, Text, Binary } = Opcode;
const MIB = 1024 * 1024;

/** Lengths, and the close code that each is answered with. */
const LENGTHS: readonly (readonly [length: bigint, closeCode: number])[] = [
  [2n ** 32n, 1009],
  [2n ** 32n - 1n, 1009],
  [2n ** 53n - 1n, 1009],
  [2n ** 53n, 1009],
  [2n ** 53n + 1n, 1009],
  [2n ** 63n - 1n, 1009],
  [2n ** 63n, 1002],
  [2n ** 64n - 1n, 1002],
];

for (const { name, encode, open } of VICTIMS) {
  test(`lengths that no memory has are refused from the header: ${name}`, async (t) => {
    for (const [length, closeCode] of LENGTHS) {
      const grown = await grownBy(async () => {
        const whole = await open(t);
        whole.send({ opcode: Binary, length, lengthOctets: 8 });
        assert.equal(await whole.closeCode(), closeCode, `${length}`);
        // Behind a fragment, so that the sum is what does not fit.
        const part = await open(t);
        part.send({ opcode: Binary, fin: false, payload: "x" });
        part.send({ opcode: Continuation, length, lengthOctets: 8 });
        assert.equal(await part.closeCode(), closeCode, `1 + ${length}`);
      });
      assert.ok(grown < 32 * MIB, `${length}: grew by ${grown} octets`);
    }
  });

  test(`fragments that are too much together are refused from the header of the last: ${name}`, async (t) => {
    const attacker = await open(t, { messageOctets: 1000 });
    attacker.send({ opcode: Binary, fin: false, payload: "x".repeat(600) });
    attacker.send({ opcode: Continuation, length: 401 });
    assert.equal(await attacker.closeCode(), 1009);
  });

  test(`a length that is allowed is not believed before its octets come: ${name}`, async (t) => {
    const grown = await grownBy(async () => {
      for (let count = 0; count < 10; count++) {
        const pinged = deferred();
        const attacker = await open(t, { messageOctets: 1024 * MIB, onPing: () => pinged.resolve() });
        attacker.send({ opcode: Opcode.Ping });
        attacker.send({ opcode: Binary, length: 1024 * MIB, lengthOctets: 8 });
        attacker.write(Buffer.alloc(10));
        await pinged.promise;
      }
    });
    assert.ok(grown < 64 * MIB, `grew by ${grown} octets`);
  });

  test(`fragments without end, empty or of one octet, end with 1008 and cost little: ${name}`, async (t) => {
    for (const payload of ["", "x"]) {
      const errors = new Happenings<string>();
      const attacker = await open(t, { onError: (what) => errors.add(what) });
      const fragment = Buffer.from(encode({ opcode: Continuation, fin: false, payload }));
      const grown = await grownBy(async () => {
        attacker.send({ opcode: Text, fin: false, payload });
        attacker.write(Buffer.concat(Array.from({ length: 20_000 }, () => fragment)));
        assert.equal(await attacker.closeCode(), 1008);
      });
      assert.match(await errors.next(), /^(too-many-fragments|WS_ERR_TOO_MANY_BUFFERED_PARTS)$/);
      assert.ok(grown < 16 * MIB, `grew by ${grown} octets`);
    }
  });

  test(`tens of thousands of frames in one write need no stack: ${name}`, async (t) => {
    const done = deferred();
    let messages = 0;
    const attacker = await open(t, {
      onMessage: () => {
        if (++messages === 60_000) done.resolve();
      },
    });
    const message = Buffer.concat(
      [
        { opcode: Text, fin: false, payload: "x" },
        { opcode: Opcode.Ping },
        { opcode: Continuation, payload: "y" },
      ].map(encode),
    );
    attacker.write(Buffer.concat(Array.from({ length: 60_000 }, () => message)));
    await done.promise;
    attacker.send({ opcode: Opcode.Close, payload: Uint8Array.of(3, 232) });
    assert.equal(await attacker.closeCode(), 1000);
  });
}
