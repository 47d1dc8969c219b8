import type { RequirementId } from "./requirements.js";

/** Why no case asks for a requirement: one sentence, and the requirements that it holds for. */
const REASONS: readonly (readonly [string, readonly RequirementId[]])[] = [
  [
    "The RFC permits it: whoever does not do it breaks nothing.",
    ["6455-4.2.2-2", "6455-5.1-3", "6455-7.3-1", "6455-11.3.2-1"],
  ],
  ["It leaves to each extension what its parameters are: RFC 7692 says so.", ["6455-9-2"]],
  ["It is about what the user of a client sees.", ["6455-5.5.1-3"]],
  ["It is about the log of a server.", ["6455-7.1.7-2"]],
  ["The tester cannot know why a client closes a connection.", ["6455-7.1.7-5"]],
  [
    "Which URLs are valid, a client may have decided before it connects: a case cannot tell it from a client that did not start.",
    ["6455-4.1-1"],
  ],
  ["It needs a client that opens two connections at the same time because it is told to.", ["6455-4.1-3"]],
  ["It needs a peer that sends or closes when it is told to.", ["6455-6.1-1", "6455-7.1.2-1"]],
  ["It needs a client behind a proxy.", ["6455-4.1-4", "6455-4.1-5", "6455-4.1-6"]],
  ["It needs a client that connects again by itself.", ["6455-7.2.3-1"]],
  ["It needs a proxy as the peer under test.", ["6455-5.4-8", "6455-5.4-9"]],
  [
    "It needs cases about TLS, which the suite does not have yet.",
    ["6455-4.1-7", "6455-4.1-8", "6455-4.1-9", "6455-4.2.2-1", "6455-10.6-1"],
  ],
  [
    "It needs an origin of which the tester knows that the server refuses it.",
    ["6455-4.2.2-3", "6455-10.2-1"],
  ],
  ["It needs HTTP/3, which the suite does not speak.", ["9220-3-2"]],
];

/** By id of a requirement: why no case asks for it, in one sentence. */
export const WAIVERS: ReadonlyMap<string, string> = new Map(
  REASONS.flatMap(([reason, ids]) => ids.map((id): [string, string] => [id, reason])),
);
