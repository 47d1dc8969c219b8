/** A certificate and its private key, both in PEM. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const VALID_DAYS = 7;

/**
 * A self-signed ECDSA P-256 certificate for localhost, 127.0.0.1 and ::1, valid for seven days, with its key, both in
 * PEM. Made anew at every start, so that no private key lies about. A client trusts it by taking `cert` for its
 * certificate authority.
 */
export async function mintCertificate(): Promise<KeyPair> {
  // Loading it takes a tenth of a second, which commands without TLS need not spend.
  const { generate } = await import("selfsigned");
  const now = Date.now();
  const minted = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    // A day in the past, for clients whose clock is behind ours.
    notBeforeDate: new Date(now - DAY_MS),
    notAfterDate: new Date(now + VALID_DAYS * DAY_MS),
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: "127.0.0.1" },
          { type: 7, ip: "::1" },
        ],
      },
    ],
  });
  return { key: minted.private, cert: minted.cert };
}
