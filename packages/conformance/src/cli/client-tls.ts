import { X509Certificate } from "node:crypto";

import { quote } from "../report/escape.js";
import { readSmallFile, SETTINGS_OCTETS } from "../read-file.js";
import { reasonOf } from "../reason-of.js";
import { single, toggle, type Option } from "./option.js";
import { UsageError } from "./usage-error.js";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The options of every command that connects to servers. */
export interface ClientTlsOptions {
  readonly insecure: Option<boolean>;
  readonly ca: Option<CaFile | undefined>;
}

/** The content of a file with certificates to trust. */
export interface CaFile {
  readonly file: string;
  readonly pem: string;
}

export const clientTlsOptions: ClientTlsOptions = {
  insecure: toggle("Accept any certificate."),
  ca: single("FILE", "Trust the certificates in this PEM file instead of those of the system.", caFile),
};

/** Reads the file of `--ca`: one or more certificates in PEM. Throws a UsageError if it is anything else. */
function caFile(file: string, flag: string): CaFile {
  const pem = read(file, flag);
  const certificates = pem.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) throw new UsageError(`${flag}: ${quote(file)} contains no PEM certificate`);
  for (const certificate of certificates) {
    if (!isReadable(certificate))
      throw new UsageError(`${flag}: ${quote(file)} contains a damaged certificate`);
  }
  return { file, pem };
}

function read(file: string, flag: string): string {
  try {
    return readSmallFile(file, SETTINGS_OCTETS).toString("latin1");
  } catch (error) {
    throw new UsageError(`${flag}: cannot read ${quote(file)}: ${reasonOf(error)}`);
  }
}

function isReadable(certificate: string): boolean {
  try {
    return new X509Certificate(certificate).raw.length > 0;
  } catch {
    return false;
  }
}
