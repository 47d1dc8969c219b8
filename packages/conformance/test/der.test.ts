import assert from "node:assert/strict";
import { test } from "node:test";

import * as der from "../src/der.js";

const hex = (value: Uint8Array): string => Buffer.from(value).toString("hex");

test("lengths take one octet up to 127, then as few as they need (X.690 §10.1)", () => {
  const header = (length: number): string => {
    const value = der.octetString(new Uint8Array(length));
    return hex(value.subarray(0, value.length - length));
  };
  assert.equal(header(0), "0400");
  assert.equal(header(127), "047f");
  assert.equal(header(128), "048180");
  assert.equal(header(255), "0481ff");
  assert.equal(header(256), "04820100");
  assert.equal(header(65_536), "0483010000");
});

test("object identifiers (X.690 §8.19)", () => {
  // Known from certificates: prime256v1, ecdsa-with-SHA256, sha256WithRSAEncryption, commonName.
  assert.equal(hex(der.objectIdentifier("1.2.840.10045.3.1.7")), "06082a8648ce3d030107");
  assert.equal(hex(der.objectIdentifier("1.2.840.10045.4.3.2")), "06082a8648ce3d040302");
  assert.equal(hex(der.objectIdentifier("1.2.840.113549.1.1.11")), "06092a864886f70d01010b");
  assert.equal(hex(der.objectIdentifier("2.5.4.3")), "0603550403");
});

test("times are UTCTime through 2049 and GeneralizedTime from 2050 (RFC 5280 §4.1.2.5)", () => {
  const text = (date: string): [number | undefined, string] => {
    const value = der.time(new Date(date));
    return [value[0], value.subarray(2).toString("latin1")];
  };
  assert.deepEqual(text("2026-03-04T05:06:07.890Z"), [0x17, "260304050607Z"]);
  assert.deepEqual(text("2049-12-31T23:59:59.999Z"), [0x17, "491231235959Z"]);
  assert.deepEqual(text("2050-01-01T00:00:00.000Z"), [0x18, "20500101000000Z"]);
});

test("values within values", () => {
  const value = der.sequence(
    der.explicit(0, der.integer(2)),
    der.setOf(der.utf8String("ä")),
    der.implicit(2, Buffer.from("a")),
    der.bitString(Buffer.of(0x80), 7),
    der.TRUE,
  );
  assert.equal(
    hex(value),
    ["3015", "a003020102", "3104", "0c02c3a4", "820161", "03020780", "0101ff"].join(""),
  );
});
