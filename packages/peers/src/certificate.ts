import { generate } from "selfsigned";

/** A certificate and its private key, both in PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const VALID_DAYS = 7;

/**
 * Mints a self-signed ECDSA P-256 certificate for localhost, 127.0.0.1 and ::1, valid for seven days. It is
 * made anew at every start, so that no private key has to be stored anywhere. A client trusts it by passing
 * `cert` as its certificate authority.
 */
export async function mintCertificate(): Promise<Certificate> {
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
