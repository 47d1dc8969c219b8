/** The peers that the suite is measured against. */
export const PEER_NAMES = ["ws", "lean"] as const;

export type PeerName = (typeof PEER_NAMES)[number];

export function isPeerName(text: string): text is PeerName {
  return PEER_NAMES.some((name) => name === text);
}
