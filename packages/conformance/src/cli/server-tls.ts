import { X509Certificate, createPrivateKey } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { quote } from "../report/escape.js";
import { mintCertificate, type KeyPair } from "../mint-certificate.js";
import { single, toggle, type Option } from "./option.js";
import { readSmallFile, SETTINGS_OCTETS } from "../read-file.js";
import { reasonOf } from "../reason-of.js";
import { writeWhole } from "./sink.js";
import { UsageError } from "./usage-error.js";

/** The options of every command that listens and can speak TLS. */
export interface ServerTlsOptions {
  readonly tls: Option<boolean>;
  readonly cert: Option<string | undefined>;
  readonly key: Option<string | undefined>;
}

export const serverTlsOptions: ServerTlsOptions = {
  tls: toggle("Listen for wss. Without --cert, it makes a new self-signed certificate for localhost."),
  cert: single("FILE", "Certificate with its chain, in PEM.", pemFile),
  key: single("FILE", "Private key of --cert, in PEM.", pemFile),
};

/** The certificate and key of the options; undefined: no TLS. Throws a UsageError if the files do not match. */
export async function serverKeyPair(values: {
  readonly tls: boolean;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}): Promise<KeyPair | undefined> {
  const { tls, cert, key } = values;
  if (cert === undefined && key === undefined) return tls ? mintCertificate() : undefined;
  if (cert === undefined || key === undefined) throw new UsageError("--cert and --key are needed together");
  checkPair(cert, key);
  return { cert, key };
}

/** The certificate in a file that a client can read, until it is removed. */
export async function certificateFile({
  cert,
}: KeyPair): Promise<{ readonly file: string; readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "wireproof-"));
  const file = join(folder, "certificate.pem");
  await writeWhole(file, cert);
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}

function pemFile(file: string, flag: string): string {
  try {
    return readSmallFile(file, SETTINGS_OCTETS).toString("latin1");
  } catch (error) {
    throw new UsageError(`${flag}: cannot read ${quote(file)}: ${reasonOf(error)}`);
  }
}

/** Throws a UsageError if the two do not match. */
export function checkPair(cert: string, key: string): void {
  const certificate = readOr("--cert: the file contains no PEM certificate", () => new X509Certificate(cert));
  const privateKey = readOr("--key: the file contains no private key in PEM", () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new UsageError("--key is not the private key of --cert");
  }
}

function readOr<T>(sentence: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw new UsageError(sentence);
  }
}
