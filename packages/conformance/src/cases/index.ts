import { compareIds } from "../case/case-id.js";
import type { Case } from "../case/case.js";
import { FRAMING } from "./01-framing.js";
import { PING_PONG } from "./02-ping-pong.js";
import { RESERVED_BITS } from "./03-reserved-bits.js";
import { RESERVED_OPCODES } from "./04-reserved-opcodes.js";
import { FRAGMENTATION } from "./05-fragmentation.js";
import { UTF8 } from "./06-utf8.js";
import { UTF8_SEQUENCES } from "./06-utf8-sequences.js";
import { CLOSE_CODES } from "./07-close-codes.js";
import { CLOSING } from "./07-closing.js";
import { BIG_MESSAGES } from "./09-big-messages.js";
import { LATENCY } from "./09-latency.js";
import { AUTO_FRAGMENTATION } from "./10-auto-fragmentation.js";
import { DEFLATE } from "./12-deflate.js";
import { DEFLATE_PARAMETERS } from "./13-deflate-negotiation.js";
import { SERVER_KEY } from "./20-server-key.js";
import { SERVER_REQUEST } from "./20-server-request.js";
import { SERVER_STREAM } from "./20-server-stream.js";
import { SUBPROTOCOLS_AND_EXTENSIONS } from "./21-subprotocols-and-extensions.js";
import { CLIENT_REQUEST, CLIENT_STREAM } from "./22-client-handshake.js";
import { CLIENT_URLS } from "./22-client-urls.js";
import { ANSWERS, OTHER_STATUSES } from "./22-server-answers.js";
import { MASKING } from "./24-masking.js";
import { LENGTHS } from "./25-lengths.js";
import { BITS_AND_OPCODES } from "./26-bits-and-opcodes.js";
import { FRAGMENTS } from "./27-fragments.js";
import { PINGS } from "./28-pings.js";
import { CLOSE_FRAMES } from "./29-close-frames.js";
import { CLOSING_COURSE } from "./29-closing.js";
import { FAILING_COURSE } from "./29-failing.js";
import { UTF8_EDGES } from "./30-utf8.js";
import { DEFLATE_OFFERS } from "./31-deflate-offers.js";
import { DEFLATE_ANSWERS } from "./31-deflate-answers.js";
import { DEFLATE_DATA } from "./32-deflate-data.js";
import { DEFLATE_EXCHANGES } from "./32-deflate-exchanges.js";
import { HTTP2_CLIENT } from "./35-http2-client.js";
import { HTTP2_SERVER } from "./35-http2-server.js";

/** Every case there is, in catalogue order; `check-cases` fails the build if it is not. */
export const CASES: readonly Case[] = [
  ...FRAMING,
  ...PING_PONG,
  ...RESERVED_BITS,
  ...RESERVED_OPCODES,
  ...FRAGMENTATION,
  ...UTF8,
  ...UTF8_SEQUENCES,
  ...CLOSING,
  ...CLOSE_CODES,
  ...BIG_MESSAGES,
  ...LATENCY,
  ...AUTO_FRAGMENTATION,
  ...DEFLATE,
  ...DEFLATE_PARAMETERS,
  ...SERVER_REQUEST,
  ...SERVER_KEY,
  ...SERVER_STREAM,
  ...SUBPROTOCOLS_AND_EXTENSIONS,
  ...[...CLIENT_REQUEST, ...ANSWERS, ...OTHER_STATUSES, ...CLIENT_STREAM, ...CLIENT_URLS].toSorted(byId),
  ...MASKING,
  ...LENGTHS,
  ...BITS_AND_OPCODES,
  ...FRAGMENTS,
  ...PINGS,
  ...CLOSE_FRAMES,
  ...CLOSING_COURSE,
  ...FAILING_COURSE,
  ...UTF8_EDGES,
  ...DEFLATE_OFFERS,
  ...DEFLATE_ANSWERS,
  ...DEFLATE_DATA,
  ...DEFLATE_EXCHANGES,
  ...HTTP2_SERVER,
  ...HTTP2_CLIENT,
];

function byId(a: Case, b: Case): number {
  return compareIds(a.id, b.id);
}
