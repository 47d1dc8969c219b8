import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { protocolOptions } from "../../src/config/autobahn-options.js";
import { SpecError } from "../../src/config/spec-error.js";

describe("options of the original", () => {
  test("those that mean something are taken", () => {
    const { testerOptions, timeouts, warnings } = protocolOptions(
      {
        failByDrop: true,
        echoCloseCodeReason: true,
        utf8validateIncoming: false,
        acceptMaskedServerFrames: true,
        maxFramePayloadSize: 1024,
        maxMessagePayloadSize: 0,
        autoFragmentSize: 100,
        openHandshakeTimeout: 2.5,
        closeHandshakeTimeout: 3,
        serverConnectionDropTimeout: 4,
        version: 18,
      },
      "client",
    );
    assert.deepEqual(testerOptions, {
      failsByDrop: true,
      echoesCloseCode: true,
      acceptsInvalidUtf8: true,
      acceptsAnyMasking: true,
      maxFrameOctets: 1024,
      autoFragmentOctets: 100,
    });
    assert.deepEqual(timeouts, { openMs: 2500, closeMs: 3000, dropMs: 4000 });
    assert.deepEqual(warnings, []);
  });

  test("the others are named, unless they ask for what happens anyway", () => {
    const quiet = { tcpNoDelay: true, applyMask: true, autoPingInterval: 0, allowHixie76: false };
    assert.deepEqual(protocolOptions(quiet, "client").warnings, []);
    assert.deepEqual(
      protocolOptions({ tcpNoDelay: false, autoPingInterval: 5, version: 0 }, "client").warnings,
      [
        "the option tcpNoDelay is ignored",
        "the option autoPingInterval is ignored",
        "the option version is ignored",
      ],
    );
  });

  test("an option of the other side means nothing", () => {
    assert.deepEqual(protocolOptions({ version: 18, requireMaskedClientFrames: false }, "server"), {
      testerOptions: { acceptsAnyMasking: true },
      timeouts: {},
      warnings: ["the option version has no effect: the tester is the server"],
    });
  });

  test("no limit is a long one, and said", () => {
    const { timeouts, warnings } = protocolOptions({ closeHandshakeTimeout: 0 }, "server");
    assert.deepEqual(timeouts, { closeMs: 600_000 });
    assert.deepEqual(warnings, ["the option closeHandshakeTimeout is 0, which means 600 seconds"]);
  });

  test("what ends the original's process is an error", () => {
    assert.throws(
      () => protocolOptions({ failbydrop: true }, "client"),
      new SpecError('there is no option "failbydrop"; did you mean failByDrop?'),
    );
    assert.throws(
      () => protocolOptions({ failByDrop: "false" }, "client"),
      new SpecError('the option failByDrop must be true or false, not "\\"false\\""'),
    );
    assert.throws(() => protocolOptions({ maxFramePayloadSize: -1 }, "client"), SpecError);
    assert.throws(() => protocolOptions({ openHandshakeTimeout: 1e9 }, "client"), SpecError);
    assert.throws(
      () => protocolOptions(JSON.parse('{"__proto__": 1}') as object as Record<string, unknown>, "client"),
      SpecError,
    );
  });
});
