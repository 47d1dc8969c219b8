import { STATUS_CODES } from "node:http";

import { createDeflater, createInflater, DEFAULT_DEFLATE_OPTIONS } from "../deflate/codec.js";
import { answerOffers, DEFAULT_SERVER_DEFLATE } from "../deflate/negotiation.js";
import { acceptFor } from "../handshake/accept-key.js";
import type { UpgradeOpening } from "../handshake/request.js";
import type { Deflater, Inflater } from "../protocol/codec.js";
import { Side } from "../protocol/state.js";
import { sha1 } from "../sha1.js";

/**
 * Header fields of an answer. A list repeats a field. They take the place of fields of the same name that are otherwise
 * sent, and null leaves one of those out. Nothing is checked.
 *
 * @example
 * ```ts
 * import { connect, type WebSocketError } from "@wireproof/websocket";
 * import { scriptedServer, type AnswerHeaders } from "@wireproof/websocket/testing";
 *
 * const headers: AnswerHeaders = { "Sec-WebSocket-Accept": null, "Set-Cookie": ["a=1", "b=2"] };
 * await using server = await scriptedServer((peer) => peer.accept({ headers }));
 * const error: unknown = await connect(server.url).catch((reason: unknown) => reason);
 * console.assert((error as WebSocketError).problem === "accept-missing");
 * ```
 */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[] | null>>;

/**
 * How a {@link ScriptedPeer} accepts the client.
 *
 * @example
 * ```ts
 * import { connect } from "@wireproof/websocket";
 * import { scriptedServer, type AcceptOptions } from "@wireproof/websocket/testing";
 *
 * const options: AcceptOptions = { protocol: "chat.v1", compression: true, headers: { "Set-Cookie": "seen=1" } };
 * await using server = await scriptedServer((peer) => peer.accept(options));
 * await using ws = await connect(server.url, { protocols: ["chat.v2", "chat.v1"] });
 * console.assert(ws.protocol === "chat.v1");
 * console.assert(ws.handshake.extensions.startsWith("permessage-deflate"));
 * ```
 */
export interface AcceptOptions {
  /** The subprotocol, also one that was not offered; null: none. Default: the first that the client offers. */
  readonly protocol?: string | null;
  /** Whether permessage-deflate is accepted, without context takeover. Default false. */
  readonly compression?: boolean;
  /** Further header fields. Default: none. */
  readonly headers?: AnswerHeaders;
}

/**
 * The rest of an answer that refuses a client.
 *
 * @example
 * ```ts
 * import { connect, type WebSocketError } from "@wireproof/websocket";
 * import { scriptedServer, type RefuseOptions } from "@wireproof/websocket/testing";
 *
 * const options: RefuseOptions = { headers: { "Retry-After": "30" }, body: "Come back later." };
 * await using server = await scriptedServer((peer) => peer.refuse(503, options));
 * const error: unknown = await connect(server.url).catch((reason: unknown) => reason);
 * console.assert((error as WebSocketError).status === 503);
 * console.assert((error as WebSocketError).headers?.get("retry-after") === "30");
 * ```
 */
export interface RefuseOptions {
  /** Header fields. Default: none but those about the body. */
  readonly headers?: AnswerHeaders;
  /** Sent as UTF-8. Default: empty. */
  readonly body?: string;
}

/** An answer, and what was agreed on. */
export interface OpeningAnswer {
  readonly text: string;
  readonly codecs: { readonly inflater: Inflater; readonly deflater: Deflater } | undefined;
}

/** The answer that accepts a client (RFC 6455 §4.2.2). Undefined for compression that the client does not offer. */
export function acceptAnswer(opening: UpgradeOpening, options: AcceptOptions): OpeningAnswer | undefined {
  const { protocol = opening.protocols[0], compression = false, headers } = options;
  const agreed = compression ? answerOffers(opening.offers, DEFAULT_SERVER_DEFLATE) : undefined;
  if (compression && agreed === undefined) return undefined;
  const fields: AnswerHeaders = {
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Accept": acceptFor(opening.key, sha1),
    "Sec-WebSocket-Protocol": protocol ?? null,
    "Sec-WebSocket-Extensions": agreed?.response ?? null,
  };
  return {
    text: head(101, fields, headers),
    codecs: agreed && {
      inflater: createInflater(agreed.agreement, Side.Server, DEFAULT_DEFLATE_OPTIONS),
      deflater: createDeflater(agreed.agreement, Side.Server, DEFAULT_DEFLATE_OPTIONS),
    },
  };
}

/** Any other answer, as octets. */
export function refusalAnswer(status: number, { headers, body = "" }: RefuseOptions): Buffer {
  const octets = Buffer.from(body);
  const fields = { Connection: "close", "Content-Length": String(octets.length) };
  return Buffer.concat([Buffer.from(head(status, fields, headers), "latin1"), octets]);
}

function head(status: number, fields: AnswerHeaders, changes: AnswerHeaders = {}): string {
  const changed = new Set(Object.keys(changes).map((name) => name.toLowerCase()));
  const kept = Object.entries(fields).filter(([name]) => !changed.has(name.toLowerCase()));
  const lines = [...kept, ...Object.entries(changes)].flatMap(([name, values]) =>
    (values === null ? [] : [values].flat()).map((value) => `${name}: ${value}\r\n`),
  );
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Unknown"}\r\n${lines.join("")}\r\n`;
}
