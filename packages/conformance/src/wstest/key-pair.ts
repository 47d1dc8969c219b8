import { checkPair } from "../cli/server-tls.js";
import type { KeyPair } from "../mint-certificate.js";
import { readSmallFile, SETTINGS_OCTETS } from "../read-file.js";
import { reasonOf } from "../reason-of.js";
import { UsageError } from "../cli/usage-error.js";
import { SpecError } from "../config/spec-error.js";
import { quote } from "../report/escape.js";
import type { ModeContext } from "./settings.js";

/** The files that a spec file names. */
export interface KeyFiles {
  readonly key?: string | undefined;
  readonly cert?: string | undefined;
}

/** Key and certificate for wss://, from the spec file or from `-k` and `-c`. Throws a SpecError. */
export function keyPair(files: KeyFiles, { given }: ModeContext): KeyPair {
  const key = files.key ?? given.get("key");
  const cert = files.cert ?? given.get("cert");
  if (key === undefined || cert === undefined) {
    throw new SpecError("wss:// needs the files key and cert, in PEM");
  }
  const pair = { key: readPem(key), cert: readPem(cert) };
  try {
    checkPair(pair.cert, pair.key);
  } catch (error) {
    if (error instanceof UsageError) throw new SpecError(error.message);
    throw error;
  }
  return pair;
}

function readPem(file: string): string {
  try {
    return readSmallFile(file, SETTINGS_OCTETS).toString("latin1");
  } catch (error) {
    throw new SpecError(`cannot read ${quote(file)}: ${reasonOf(error)}`);
  }
}
