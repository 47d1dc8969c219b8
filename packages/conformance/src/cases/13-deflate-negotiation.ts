import type { AcceptorName, Case } from "../case/case.js";
import type { RequirementId } from "../case/requirements.js";
import { deflateFamily } from "./deflate-messages.js";

/**
 * What the tester demands of the peer. As a client it offers `server_…` parameters, as a server it answers with
 * the `client_…` ones; every offer also says that the tester itself can do without context takeover and with a
 * smaller window.
 */
interface Demand {
  readonly title: string;
  readonly what: string;
  /** What is demanded, added to the common offer; several for several offers, in order of preference. */
  readonly additions: readonly string[];
  readonly acceptor: AcceptorName;
  readonly requirements: readonly [RequirementId, ...RequirementId[]];
}

const COMMON_OFFER = "permessage-deflate; client_no_context_takeover; client_max_window_bits";
const NO_CONTEXT = "; server_no_context_takeover";
const WINDOW_9 = "; server_max_window_bits=9";
const WINDOW_15 = "; server_max_window_bits=15";

const FORGETS: readonly RequirementId[] = ["7692-7.2.1-5", "7692-7.1.1.1-1", "7692-7.1.1.2-1"];
const SMALL_WINDOW: readonly RequirementId[] = [
  "7692-7.2.1-4",
  "7692-7.1.2.1-1",
  "7692-7.1.2.2-1",
  "7692-7-4",
];

const DEMANDS: readonly Demand[] = [
  {
    title: "No conditions",
    what: "The tester sets no conditions for how the peer compresses.",
    additions: [""],
    acceptor: "plain",
    requirements: ["7692-5-7", "7692-6.2-1", "7692-6.1-1", "7692-7.2.2-1"],
  },
  {
    title: "No context takeover",
    what: "The tester requires the peer to compress every message with an empty window (no context takeover).",
    additions: [NO_CONTEXT],
    acceptor: "client-nct",
    requirements: ["7692-5-7", ...FORGETS, "7692-6.2-1"],
  },
  {
    title: "Window of 512 octets",
    what: "The tester requires that the peer refers back by at most 512 octets (9 window bits). The peer may keep its context between messages.",
    additions: [WINDOW_9],
    acceptor: "client-window-9",
    requirements: ["7692-5-7", ...SMALL_WINDOW, "7692-7.2.2-1"],
  },
  {
    title: "Window of 32 KiB",
    what: "The tester asks for the largest window, 32 KiB (15 bits). This is also the window if no other one is agreed on. The peer may keep its context between messages.",
    additions: [WINDOW_15],
    acceptor: "client-window-15",
    requirements: ["7692-5-7", ...SMALL_WINDOW, "7692-7.2.2-1"],
  },
  {
    title: "No context takeover, window of 512 octets",
    what: "The tester requires both: every message is compressed with an empty window, and references go back by at most 512 octets (9 window bits).",
    additions: [NO_CONTEXT + WINDOW_9],
    acceptor: "client-nct-window-9",
    requirements: ["7692-5-7", ...FORGETS, ...SMALL_WINDOW],
  },
  {
    title: "No context takeover, window of 32 KiB",
    what: "The tester requires the peer to compress every message with an empty window, and asks for the largest window, 32 KiB (15 bits).",
    additions: [NO_CONTEXT + WINDOW_15],
    acceptor: "client-nct-window-15",
    requirements: ["7692-5-7", ...FORGETS, ...SMALL_WINDOW],
  },
  {
    title: "Three sets of conditions",
    what: "The tester has three sets of conditions, in order of preference: no context takeover and a window of 512 octets; only no context takeover; no conditions. The negotiation decides which one applies.",
    additions: [NO_CONTEXT + WINDOW_9, NO_CONTEXT, ""],
    acceptor: "first-of-three",
    requirements: ["7692-5-7", "7692-5-2", ...FORGETS, ...SMALL_WINDOW],
  },
];

/** 13.x: permessage-deflate with every combination of its parameters, on JSON text (RFC 7692 §7.1). */
export const DEFLATE_PARAMETERS: readonly Case[] = DEMANDS.flatMap(
  ({ title, what, additions, acceptor, requirements }, index) =>
    deflateFamily(`13.${index + 1}`, {
      title,
      about: `${what} Indented JSON text is sent.`,
      corpus: "json",
      deflate: { offers: additions.map((addition) => COMMON_OFFER + addition), acceptor },
      requirements,
    }),
);
