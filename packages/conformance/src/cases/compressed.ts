import type { Case, DeflateOffer } from "../case/case.js";
import { deflated, fixed, type DeflateBlock } from "../case/deflate-data.js";
import { answers, message, type ExpectedEvent } from "../case/expect.js";
import { noisyText, octets, type Payload } from "../case/payload.js";
import type { RequirementId } from "../case/requirements.js";
import { closeAfter, cont, largestMessage, text, type Step } from "../case/steps.js";

/** The tester sets no conditions. */
export const PLAIN: DeflateOffer = { offers: ["permessage-deflate"], acceptor: "plain" };

/** The messages of the tester refer to earlier ones. */
export const WITH_CONTEXT: DeflateOffer = { ...PLAIN, needs: { context: true } };

/** RSV1 on the first frame. */
const COMPRESSED = 4;

/** Ends every expectation of a case with permessage-deflate. */
export const MAY_DECLINE =
  "A peer that declines permessage-deflate, or limits what this case needs, is reported as one without the extension.";

/** RFC 7692 §7.2.3.1. */
export const HELLO: Payload = deflated(fixed("Hello"));

/** As far as DEFLATE can refer back. */
export const WINDOW = 32_768;
export const WINDOWFUL: Payload = noisyText(WINDOW);

const ECHOED = `The peer echoes what the compressed data inflates to. ${MAY_DECLINE}`;
const ALL_ECHOED = `The peer echoes every message. ${MAY_DECLINE}`;

const DELIVERS: readonly [RequirementId, ...RequirementId[]] = ["7692-6.2-1", "7692-7.2.1-1", "6455-6.2-1"];

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

/** The first or second part of a payload, by default a half of it. */
export function half({ pattern }: Payload, part: 0 | 1, at: number = pattern.length >> 1): Payload {
  return octets(part === 0 ? pattern.subarray(0, at) : pattern.subarray(at));
}

/** What a case has to say in which the peer echoes everything. */
export interface Delivered {
  readonly title: string;
  readonly description: string;
  readonly script: readonly Step[];
  readonly echoes: readonly (Payload | string | ExpectedEvent)[];
  readonly requirements?: Case["requirements"];
  readonly deflate?: Case["deflate"];
}

/** The peer echoes every message. */
export function delivered(id: string, facts: Delivered): Case {
  const { title, description, script, echoes: expected, requirements = DELIVERS } = facts;
  return {
    id,
    title,
    description,
    expectation: expected.length === 1 ? ECHOED : ALL_ECHOED,
    requirements,
    script: [...script, closeAfter(2)],
    expect: answers(...expected.map((one) => (isEvent(one) ? one : message(one)))),
    deflate: facts.deflate ?? PLAIN,
    // No endpoint that is of use has a limit below this.
    ...(largestMessage({ script }) > 16_384 ? { differs: ["limit-is-a-capability"] } : {}),
    since: "0.2.0",
  };
}

function isEvent(value: Payload | string | ExpectedEvent): value is ExpectedEvent {
  return typeof value !== "string" && "type" in value;
}
