import assert from "node:assert/strict";
import { X509Certificate, createPrivateKey } from "node:crypto";
import { test } from "node:test";

import { mintCertificate } from "@wireproof/peers";

test("a certificate names the loopback addresses, is valid now and fits its key", async () => {
  const { key, cert } = await mintCertificate();
  const certificate = new X509Certificate(cert);
  assert.equal(certificate.checkHost("localhost"), "localhost");
  assert.equal(certificate.checkIP("127.0.0.1"), "127.0.0.1");
  assert.equal(certificate.checkIP("::1"), "::1");
  assert.ok(certificate.checkPrivateKey(createPrivateKey(key)));
  assert.equal(certificate.publicKey.asymmetricKeyType, "ec");
  assert.equal(certificate.publicKey.asymmetricKeyDetails?.namedCurve, "prime256v1");
  assert.equal(certificate.ca, false);
  const now = Date.now();
  assert.ok(Date.parse(certificate.validFrom) < now && now < Date.parse(certificate.validTo));
});

test("no two certificates share a key", async () => {
  const [one, other] = await Promise.all([mintCertificate(), mintCertificate()]);
  assert.notEqual(one.key, other.key);
});
