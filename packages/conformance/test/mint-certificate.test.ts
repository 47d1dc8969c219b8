import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { X509Certificate, createPrivateKey } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { connect, createServer, type TLSSocket } from "node:tls";
import { promisify } from "node:util";

import { mintCertificate } from "../src/mint-certificate.js";
import { temporaryFolder } from "./cli/temporary-folder.js";

const run = promisify(execFile);
const DAY_MS = 24 * 60 * 60 * 1000;

test("a certificate names the loopback addresses, is valid now and fits its key", async () => {
  const { key, cert } = await mintCertificate();
  const certificate = new X509Certificate(cert);
  assert.equal(certificate.subject, "CN=localhost");
  assert.equal(certificate.issuer, certificate.subject);
  assert.equal(certificate.subjectAltName, "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1");
  assert.equal(certificate.checkHost("localhost"), "localhost");
  assert.equal(certificate.checkHost("example.com"), undefined);
  assert.equal(certificate.checkIP("127.0.0.1"), "127.0.0.1");
  assert.equal(certificate.checkIP("::1"), "::1");
  assert.equal(certificate.checkIP("127.0.0.2"), undefined);
  assert.ok(certificate.checkPrivateKey(createPrivateKey(key)));
  assert.ok(certificate.verify(certificate.publicKey));
  assert.equal(certificate.publicKey.asymmetricKeyType, "ec");
  assert.equal(certificate.publicKey.asymmetricKeyDetails?.namedCurve, "prime256v1");
  assert.equal(certificate.ca, false);
  assert.deepEqual(certificate.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
  const [from, to, now] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo), Date.now()];
  assert.ok(from < now && now < to);
  assert.equal(to - from, 8 * DAY_MS);
});

test("no two certificates share a key or a serial number", async () => {
  const [one, other] = await Promise.all([mintCertificate(), mintCertificate()]);
  assert.notEqual(one.key, other.key);
  const [first, second] = [one, other].map(({ cert }) => new X509Certificate(cert).serialNumber);
  assert.notEqual(first, second);
  // Sixteen octets, of which the first keeps the number positive (RFC 5280 §4.1.2.2).
  for (const serial of [first, second]) assert.match(serial ?? "", /^[4-7][0-9A-F]{31}$/);
});

test("a client that trusts it connects by name and by address, one that does not refuses", async (context) => {
  const { key, cert } = await mintCertificate();
  const { cert: another } = await mintCertificate();
  const port = await listen(context, { key, cert });
  const here = { port, host: "127.0.0.1" };
  await secured(connect({ ...here, ca: cert }));
  await secured(connect({ ...here, ca: cert, servername: "localhost" }));
  await assert.rejects(secured(connect({ ...here, ca: another })), {
    code: /DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_SIGNATURE_FAILURE/,
  });
  await assert.rejects(secured(connect({ ...here, ca: cert, servername: "example.com" })), {
    code: "ERR_TLS_CERT_ALTNAME_INVALID",
  });
});

test("openssl finds nothing to complain about, its strict rules included", async (context) => {
  if (!(await hasOpenssl())) return context.skip("there is no openssl here");
  const file = join(temporaryFolder(), "cert.pem");
  writeFileSync(file, (await mintCertificate()).cert);
  const verified = await run("openssl", [
    "verify",
    "-x509_strict",
    "-purpose",
    "sslserver",
    "-CAfile",
    file,
    file,
  ]);
  assert.equal(verified.stdout, `${file}: OK\n`);
  const { stdout } = await run("openssl", ["x509", "-in", file, "-noout", "-text"]);
  for (const line of [
    /Version: 3 /,
    /Signature Algorithm: ecdsa-with-SHA256/,
    /X509v3 Basic Constraints: critical\s+CA:FALSE/,
    /X509v3 Key Usage: critical\s+Digital Signature\s/,
    /X509v3 Extended Key Usage:\s+TLS Web Server Authentication\s/,
    /X509v3 Subject Key Identifier:\s+(?:[0-9A-F]{2}:){19}[0-9A-F]{2}\s/,
  ]) {
    assert.match(stdout, line);
  }
});

/** A TLS server on a free port, until the test is over. */
async function listen(context: TestContext, pair: { key: string; cert: string }): Promise<number> {
  const server = createServer(pair);
  // A client that refuses the certificate ends the handshake.
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  context.after(() => server.close());
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function secured(socket: TLSSocket): Promise<void> {
  try {
    await once(socket, "secureConnect");
  } finally {
    socket.destroy();
  }
}

async function hasOpenssl(): Promise<boolean> {
  return run("openssl", ["version"]).then(
    () => true,
    () => false,
  );
}
