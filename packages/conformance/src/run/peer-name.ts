/** What a peer can be named by, besides its `Server` header. */
export interface PeerNaming {
  /** The name that the user gave. */
  readonly agent?: string;
  readonly url: string;
  /** Name to use when the server sends no `Server` header; the URL if absent. */
  readonly defaultName?: string;
  /** Names that are already used in this run; the new one is added. */
  readonly names: Set<string>;
}

/** A name from a `Server` header is cut after this many characters, since the peer may send any text. */
const NAME_LENGTH = 100;

/**
 * The name that the user gave, else the `Server` header, else the default name; with a number if it is already used.
 */
export function peerName({ agent, url, defaultName, names }: PeerNaming, server: string | undefined): string {
  const own = printable(server ?? "");
  const wanted = agent ?? (own === "" ? (defaultName ?? url) : own);
  let name = wanted;
  for (let n = 2; names.has(name); n++) name = `${wanted} (${n})`;
  names.add(name);
  return name;
}

/** Removes control characters, since names are printed on terminals and used in file names. */
function printable(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, "")
    .trim()
    .slice(0, NAME_LENGTH);
}
