import { rawClient } from "./raw-client.js";
import type { RawTraits } from "./raw-client.js";
import { walkWith } from "./walk.js";
import type { WalkOptions } from "./walk.js";

export type BrokenClientName =
  | "sloppy"
  | "neverMasks"
  | "echoesWrong"
  | "ignoresPings"
  | "neverCloses"
  | "dies";

/** Clients that are broken on purpose, each with what is wrong with it. */
const TRAITS: Readonly<Record<BrokenClientName, RawTraits>> = {
  /** Echoes anything: no look at reserved bits, opcodes, sizes, UTF-8 and close codes. */
  sloppy: {},
  /** As sloppy, and masks nothing. */
  neverMasks: { neverMasks: true },
  /** As sloppy, and changes the last octet of every message. */
  echoesWrong: { corrupts: changeLast },
  /** As sloppy, and answers no Ping. */
  ignoresPings: { ignoresPings: true },
  /** As sloppy, and answers no Close frame. */
  neverCloses: { neverCloses: true },
  /** Drops TCP at the first data frame of a case. */
  dies: { dies: true },
};

export const BROKEN_CLIENTS: readonly BrokenClientName[] = Object.keys(TRAITS) as BrokenClientName[];

/** Walks through the cases as a broken client. */
export function walkBroken(name: BrokenClientName, options: WalkOptions): Promise<void> {
  const { ca } = options;
  return walkWith(rawClient({ ...TRAITS[name], ...(ca === undefined ? {} : { ca }) }), options);
}

/** Text stays text: an ASCII character becomes another, an empty message one of one octet. */
function changeLast(payload: Buffer): Buffer {
  if (payload.length === 0) return Buffer.from("!");
  const changed = Buffer.from(payload);
  const last = changed.length - 1;
  changed.writeUInt8(changed.readUInt8(last) ^ 1, last);
  return changed;
}
