import type { RequirementId } from "./requirements.js";

/**
 * What is checked on every connection of every case, besides what the case is about: what the peer sends, whoever asked
 * for it. A case with the id of a rule is an exchange in which a peer that breaks the rule has to show it.
 *
 * @example
 * ```ts
 * import { LINT_RULES, REQUIREMENTS, type LintRule } from "wireproof";
 *
 * const ofClients: LintRule[] = LINT_RULES.filter(({ role }) => role === "client");
 * console.assert(ofClients.some(({ id }) => id === "24.3.2"));
 * console.assert(LINT_RULES.every(({ requirements }) => requirements.every((id) => REQUIREMENTS.has(id))));
 * ```
 */
export interface LintRule {
  /** In the numbering of the cases, such as `24.3.2`. */
  readonly id: string;
  /** Which peers are checked. */
  readonly role: "client" | "server" | "both";
  /** What a conforming peer does, in one sentence. */
  readonly title: string;
  /** Ids of the requirements that are checked, the most important one first. */
  readonly requirements: readonly [RequirementId, ...RequirementId[]];
}

/**
 * Every rule that holds for all connections, in the order of their ids.
 *
 * @example
 * ```ts
 * import { LINT_RULES } from "wireproof";
 *
 * for (const { id, title } of LINT_RULES) console.assert(id !== "" && title.endsWith("."));
 * ```
 */
export const LINT_RULES: readonly LintRule[] = [
  {
    id: "22.1.6",
    role: "client",
    title: "Every connection has a Sec-WebSocket-Key of its own, chosen at random.",
    requirements: ["6455-4.1-16"],
  },
  {
    id: "22.1.17",
    role: "client",
    title: "The last bits of a Sec-WebSocket-Key, which encode nothing, are 0.",
    requirements: ["4648-3.5-1"],
  },
  {
    id: "24.3.1",
    role: "client",
    title: "A client masks every frame, control frames too.",
    requirements: ["6455-5.1-1"],
  },
  {
    id: "24.3.2",
    role: "client",
    title: "Every frame of a client has a fresh masking key.",
    requirements: ["6455-5.3-1"],
  },
  {
    id: "24.3.3",
    role: "client",
    title: "The masking keys of a client cannot be predicted.",
    requirements: ["6455-5.3-2"],
  },
  {
    id: "24.3.4",
    role: "server",
    title: "A server masks no frame.",
    requirements: ["6455-5.1-4"],
  },
  {
    id: "25.2.1",
    role: "both",
    title: "The length of every frame is written in the shortest form, and its highest bit is 0.",
    requirements: ["6455-5.2-5", "6455-5.2-4"],
  },
  {
    id: "26.3.1",
    role: "both",
    title: "No frame has a reserved bit set, unless an extension that was agreed on defines it.",
    requirements: ["6455-5.2-1"],
  },
  {
    id: "26.3.2",
    role: "both",
    title: "No frame has a reserved opcode.",
    requirements: ["6455-5.2-3"],
  },
  {
    id: "27.2.1",
    role: "both",
    title:
      "The frames of every message are in sequence, no other message comes in between, and control frames are whole and short.",
    requirements: ["6455-5.4-10", "6455-6.1-2", "6455-5.4-4", "6455-5.4-2", "6455-5.5-1"],
  },
  {
    id: "29.4.1",
    role: "both",
    title:
      "A Close frame has a valid payload, it is the only one, and nothing that it forbids comes after it.",
    requirements: [
      "6455-5.5.1-1",
      "6455-7.4.1-1",
      "6455-8.1-1",
      "6455-5.5.1-4",
      "6455-5.5.1-7",
      "6455-7.1.7-4",
      "6455-7.1.2-2",
    ],
  },
  {
    id: "30.2.1",
    role: "both",
    title: "Every text message is valid UTF-8.",
    requirements: ["6455-5.6-1"],
  },
  {
    id: "31.1.14",
    role: "server",
    title:
      "Every answer that accepts permessage-deflate fits the offer, and has only valid parameters, each of them once.",
    requirements: [
      "7692-7-5",
      "7692-7-6",
      "7692-7-7",
      "6455-9.1-1",
      "7692-5-2",
      "7692-5-3",
      "7692-7.1.2.1-1",
      "7692-7.1.2.2-1",
      "7692-7.1.2.2-2",
    ],
  },
  {
    id: "32.2.1",
    role: "both",
    title:
      "Only the first frame of a compressed message has RSV1 set, and what it announces can be inflated.",
    requirements: ["7692-6.1-1", "7692-6.1-2"],
  },
  {
    id: "32.2.2",
    role: "both",
    title: "No compressed message refers back beyond the agreed window.",
    requirements: ["7692-7.2.1-4"],
  },
  {
    id: "32.2.3",
    role: "both",
    title: "Without context takeover, every compressed message can be inflated with an empty window.",
    requirements: ["7692-7.2.1-5"],
  },
  {
    id: "32.2.4",
    role: "both",
    title: "Messages are compressed as was agreed on, and inflate to what was sent.",
    requirements: ["7692-5-7", "6455-6.2-1"],
  },
  {
    id: "35.1.2",
    role: "server",
    title: "SETTINGS_ENABLE_CONNECT_PROTOCOL is 0 or 1, and never 0 after it was 1.",
    requirements: ["8441-3-1"],
  },
  {
    id: "35.1.4",
    role: "server",
    title: "Every answer over HTTP/2 has only fields that HTTP/2 allows, in small letters.",
    requirements: ["9113-8.2-2", "9113-8.2.2-1", "9113-8.3.2-1"],
  },
  {
    id: "35.1.28",
    role: "server",
    title: "Everything that a server sends over HTTP/2 is a frame that HTTP/2 allows there.",
    requirements: [
      "9113-4.2-1",
      "9113-4.3-1",
      "9113-4.3-2",
      "9113-6.1-1",
      "9113-6.6-1",
      "9113-6.9.1-1",
      "9113-6.9.1-2",
    ],
  },
];
