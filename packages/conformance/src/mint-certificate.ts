/**
 * A certificate for localhost, made on the spot.
 *
 * @packageDocumentation
 */
import { createHash, generateKeyPair, randomBytes, sign, type KeyObject } from "node:crypto";
import { promisify } from "node:util";

import * as der from "./der.js";

/**
 * A certificate and its private key, both in PEM (RFC 7468).
 *
 * @example
 * ```ts
 * import { createSecureContext } from "node:tls";
 * import { mintCertificate, type KeyPair } from "wireproof/certificate";
 *
 * const { key, cert }: KeyPair = await mintCertificate();
 * createSecureContext({ key, cert });
 * ```
 */
export interface KeyPair {
  /** The private key (PKCS #8). */
  readonly key: string;
  /** The certificate. */
  readonly cert: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const VALID_DAYS = 7;

const HOST = "localhost";
const LOOPBACK = [Buffer.of(127, 0, 0, 1), Buffer.from([...Array<number>(15).fill(0), 1])];

/** ecdsa-with-SHA256, which has no parameters (RFC 5758 §3.2). */
const SIGNATURE_ALGORITHM = der.sequence(der.objectIdentifier("1.2.840.10045.4.3.2"));
const COMMON_NAME = der.objectIdentifier("2.5.4.3");
const SERVER_AUTH = der.objectIdentifier("1.3.6.1.5.5.7.3.1");

/**
 * A self-signed ECDSA P-256 certificate for localhost, 127.0.0.1 and ::1, valid for seven days, with its key. Made anew at
 * every start, so that no private key is stored. A client trusts it by taking `cert` for its certificate authority.
 *
 * node:crypto makes keys and signatures but no certificates. The libraries that do bring 7 to 23 packages and 2.5 to 6 MB
 * for this one kind, or make no EC certificates, or are no longer maintained.
 *
 * @returns The certificate and its key, in PEM.
 *
 * @example
 * ```ts
 * import { connect, createServer } from "@wireproof/websocket";
 * import { mintCertificate } from "wireproof/certificate";
 *
 * const { key, cert } = await mintCertificate();
 * await using server = createServer({ tls: { key, cert } });
 * const { port } = await server.listen(0, "127.0.0.1");
 * await using ws = await connect(`wss://localhost:${port}`, { tls: { ca: cert } });
 * console.assert(ws.handshake.isSecure);
 * ```
 */
export async function mintCertificate(): Promise<KeyPair> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)("ec", { namedCurve: "P-256" });
  const toBeSigned = certificateFor(publicKey);
  // Signatures are DER already (RFC 3279 §2.2.3).
  const signature = sign("sha256", toBeSigned, privateKey);
  const certificate = der.sequence(toBeSigned, SIGNATURE_ALGORITHM, der.bitString(signature));
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: pem("CERTIFICATE", certificate),
  };
}

/** TBSCertificate (RFC 5280 §4.1): everything but the signature. */
function certificateFor(publicKey: KeyObject): Buffer {
  const now = Date.now();
  const name = der.sequence(der.setOf(der.sequence(COMMON_NAME, der.utf8String(HOST))));
  const keyInfo = publicKey.export({ type: "spki", format: "der" });
  return der.sequence(
    der.explicit(0, der.integer(2)), // version 3
    serialNumber(),
    SIGNATURE_ALGORITHM,
    name, // the issuer
    // From a day in the past, for clients whose clock is behind ours.
    der.sequence(der.time(new Date(now - DAY_MS)), der.time(new Date(now + VALID_DAYS * DAY_MS))),
    name, // the subject
    keyInfo,
    der.explicit(3, der.sequence(...extensions(keyInfo))),
  );
}

/** A random number that is positive and always has 16 octets (RFC 5280 §4.1.2.2). */
function serialNumber(): Buffer {
  const [first = 0, ...rest] = randomBytes(16);
  return der.integer(0x40 | (first & 0x3f), ...rest);
}

function extensions(keyInfo: Uint8Array): Buffer[] {
  // From a digest of the key; any method works that gives different keys different identifiers (RFC 5280 §4.2.1.2).
  const keyIdentifier = createHash("sha256").update(keyInfo).digest().subarray(0, 20);
  const names = [der.implicit(2, Buffer.from(HOST)), ...LOOPBACK.map((address) => der.implicit(7, address))];
  return [
    // Not a certificate authority (§4.2.1.9): to trust it means to trust nothing else.
    extension("2.5.29.19", der.sequence(), "critical"),
    // The key signs handshakes (digitalSignature, bit 0, §4.2.1.3) of servers (§4.2.1.12).
    extension("2.5.29.15", der.bitString(Buffer.of(0x80), 7), "critical"),
    extension("2.5.29.37", der.sequence(SERVER_AUTH)),
    extension("2.5.29.14", der.octetString(keyIdentifier)),
    // subjectAltName (§4.2.1.6)
    extension("2.5.29.17", der.sequence(...names)),
  ];
}

function extension(id: string, value: Uint8Array, critical?: "critical"): Buffer {
  const flag = critical === undefined ? [] : [der.TRUE];
  return der.sequence(der.objectIdentifier(id), ...flag, der.octetString(value));
}

/** Base64 in lines of 64 characters between two labels (RFC 7468 §2). */
function pem(label: string, octets: Buffer): string {
  const lines = octets.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
