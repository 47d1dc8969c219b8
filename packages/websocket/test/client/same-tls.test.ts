import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { createSecureContext } from "node:tls";
import type { ConnectionOptions } from "node:tls";

import { copyTls, isSameTls } from "../../src/client/same-tls.js";

type Pairs = Readonly<
  Record<string, readonly [one: ConnectionOptions | undefined, other: ConnectionOptions | undefined]>
>;

const check = (): undefined => undefined;
const context = createSecureContext();

suite("TLS options are the same", () => {
  const same: Pairs = {
    "none and none": [undefined, {}],
    "a name and an undefined one": [{}, { servername: undefined as unknown as string }],
    texts: [
      { servername: "a", rejectUnauthorized: false },
      { rejectUnauthorized: false, servername: "a" },
    ],
    octets: [{ ca: Buffer.from("a") }, { ca: Buffer.from("a") }],
    lists: [{ ca: ["a", Buffer.from("b")] }, { ca: ["a", Buffer.from("b")] }],
    objects: [{ pfx: [{ buf: "a", passphrase: "b" }] }, { pfx: [{ buf: "a", passphrase: "b" }] }],
    "one function": [{ checkServerIdentity: check }, { checkServerIdentity: check }],
    "one SecureContext": [{ secureContext: context }, { secureContext: context }],
  };
  for (const [what, [one, other]] of Object.entries(same)) {
    test(what, () => assert.equal(isSameTls(one, other), true));
  }
});

suite("TLS options are not the same", () => {
  const different: Pairs = {
    "some and none": [{ servername: "a" }, undefined],
    "none and some": [undefined, { rejectUnauthorized: false }],
    texts: [{ servername: "a" }, { servername: "b" }],
    octets: [{ ca: Buffer.from("a") }, { ca: Buffer.from("b") }],
    "octets and text": [{ ca: Buffer.from("a") }, { ca: "a" }],
    "a longer list": [{ ca: ["a"] }, { ca: ["a", "b"] }],
    "another order": [{ ca: ["a", "b"] }, { ca: ["b", "a"] }],
    objects: [{ pfx: [{ buf: "a", passphrase: "b" }] }, { pfx: [{ buf: "a", passphrase: "c" }] }],
    "two functions": [{ checkServerIdentity: check }, { checkServerIdentity: () => undefined }],
    // Neither shows what is in it.
    "two SecureContexts": [{ secureContext: context }, { secureContext: createSecureContext() }],
  };
  for (const [what, [one, other]] of Object.entries(different)) {
    test(what, () => assert.equal(isSameTls(one, other), false));
  }
});

test("a copy stays as it is when the application changes its options", () => {
  const options = { servername: "a", ca: ["a"] };
  const copy = copyTls(options);
  options.servername = "b";
  options.ca.push("b");
  assert.deepEqual(copy, { servername: "a", ca: ["a"] });
  assert.equal(copyTls(undefined), undefined);
});
