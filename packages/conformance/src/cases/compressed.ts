import type { DeflateOffer } from "../case/case.js";
import { deflated, type DeflateBlock } from "../case/deflate-data.js";
import { octets, type Payload } from "../case/payload.js";
import { cont, text, type Step } from "../case/steps.js";

/** The tester sets no conditions. */
export const PLAIN: DeflateOffer = { offers: ["permessage-deflate"], acceptor: "plain" };

/** The messages of the tester refer to earlier ones. */
export const WITH_CONTEXT: DeflateOffer = { ...PLAIN, needs: { context: true } };

/** RSV1 on the first frame. */
const COMPRESSED = 4;

/** Ends every expectation of a case with permessage-deflate. */
export const MAY_DECLINE =
  "A peer that declines permessage-deflate, or limits what this case needs, is reported as one without the extension.";

/** A compressed message in one frame. `content`: what it inflates to, if it is legal. */
export function packed(content: Payload | string | null, ...blocks: readonly DeflateBlock[]): Step {
  return packedText(deflated(...blocks), content);
}

/** A compressed text message whose payload is written already. */
export function packedText(payload: Payload, content: Payload | string | null): Step {
  return text(payload, { rsv: COMPRESSED, ...inflating(content) });
}

/** A compressed text message in these fragments; RSV1 is on the first one. */
export function packedFragments(
  pieces: readonly Payload[],
  content: Payload | string | null,
): readonly Step[] {
  return pieces.map((piece, at) => {
    const isLast = at === pieces.length - 1;
    const options = { more: !isLast, ...(isLast ? inflating(content) : {}) };
    return at === 0 ? text(piece, { ...options, rsv: COMPRESSED }) : cont(piece, options);
  });
}

/** A payload cut at these places. */
export function cutAt({ pattern }: Payload, ...places: readonly number[]): readonly Payload[] {
  const ends = [...places, pattern.length];
  return ends.map((end, at) => octets(pattern.subarray(at === 0 ? 0 : ends[at - 1], end)));
}

/** Every place where a payload can be cut, both ends included. */
export function places({ pattern }: Payload): readonly number[] {
  return Array.from({ length: pattern.length + 1 }, (_, at) => at);
}

function inflating(content: Payload | string | null): { inflatesTo?: Payload | string } {
  return content === null ? {} : { inflatesTo: content };
}
