import type { IncomingMessage } from "node:http";

import { acceptFor } from "../handshake/accept-key.js";
import { checkResponse } from "../handshake/client-check.js";
import type { HandshakeProblemId } from "../handshake/problem.js";
import { sha1 } from "../sha1.js";
import { toParameters } from "./extension.js";
import type { PerMessageDeflate } from "./permessage-deflate.js";

/** The parts of the request that the answer has to match. */
export interface Asked {
  readonly key: string;
  readonly protocols: readonly string[];
  readonly extensions: string | undefined;
  readonly deflate: PerMessageDeflate | undefined;
}

/** What the server agreed to, or what is wrong with its answer, in the words of `ws`. */
export type Answer =
  | { readonly protocol: string; readonly deflate: PerMessageDeflate | undefined }
  | { readonly problem: string };

/** Checks the 101 of a server (RFC 6455 §4.1). Never throws. */
export function checkAnswer(response: IncomingMessage, asked: Asked): Answer {
  const { key, protocols, extensions, deflate } = asked;
  const { statusCode = 0, statusMessage = "", httpVersion, headers, rawHeaders } = response;
  // Fields beyond a limit that the application has set for node:http do not count.
  if (headers.upgrade?.toLowerCase() !== "websocket") return { problem: "Invalid Upgrade header" };
  const checked = checkResponse(
    { status: statusCode, reason: statusMessage, httpVersion, rawHeaders },
    { accept: acceptFor(key, sha1), protocols, isProtocolRequired: true, extensions },
  );
  if (!checked.ok) return { problem: sentence(checked.problem.id, checked.problem.sentence, asked) };
  const { protocol = "" } = checked;
  const [accepted] = checked.extensions;
  if (accepted === undefined || deflate === undefined) return { protocol, deflate: undefined };
  try {
    deflate.accept([toParameters(accepted)]);
  } catch {
    return { problem: INVALID_EXTENSIONS };
  }
  return { protocol, deflate };
}

function sentence(id: HandshakeProblemId, ours: string, { protocols, deflate }: Asked): string {
  switch (id) {
    case "accept-missing":
    case "accept-repeated":
    case "accept-wrong":
      return "Invalid Sec-WebSocket-Accept header";
    case "protocol-not-offered":
    case "response-protocol-repeated":
      return protocols.length === 0
        ? "Server sent a subprotocol but none was requested"
        : "Server sent an invalid subprotocol";
    case "protocol-missing":
      return "Server sent no subprotocol";
    case "extension-not-offered":
      return deflate === undefined
        ? UNASKED_EXTENSIONS
        : "Server indicated an extension that was not requested";
    case "response-extensions-malformed":
    case "extension-repeated":
      return deflate === undefined ? UNASKED_EXTENSIONS : INVALID_EXTENSIONS;
    default:
      return ours;
  }
}

const INVALID_EXTENSIONS = "Invalid Sec-WebSocket-Extensions header";
const UNASKED_EXTENSIONS = "Server sent a Sec-WebSocket-Extensions header but no extension was requested";
