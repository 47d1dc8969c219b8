/** What there is to name a peer by, besides what it says about itself. */
export interface PeerNaming {
  /** The name that the user gave. */
  readonly agent?: string;
  readonly url: string;
  /** What a server is called that says no name; the URL if absent. */
  readonly defaultName?: string;
  /** Names that are taken in this run; the new one is added. */
  readonly names: Set<string>;
}

/** A server's name in reports is cut after this many characters: it is the peer's own text. */
const NAME_LENGTH = 100;

/** The name the user gave, the `Server` header, or what there is without one; with a number if it is taken. */
export function peerName({ agent, url, defaultName, names }: PeerNaming, server: string | undefined): string {
  const own = printable(server ?? "");
  const wanted = agent ?? (own === "" ? (defaultName ?? url) : own);
  let name = wanted;
  for (let n = 2; names.has(name); n++) name = `${wanted} (${n})`;
  names.add(name);
  return name;
}

/** Without control characters, which would reach terminals and file names. */
function printable(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, "")
    .trim()
    .slice(0, NAME_LENGTH);
}
