import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";

import { checkRequest } from "../handshake/request.js";
import type { OpeningRequest } from "../handshake/request.js";
import { pathOf } from "./attachments.js";
import type { ServerOptions, UpgradeRequest } from "./options.js";
import { originRule } from "./origin.js";
import type { OpeningRefusal } from "./refuse.js";

/** A correct opening handshake, in the form for the protocol and in the form for the application. */
export interface CheckedRequest {
  readonly opening: OpeningRequest;
  readonly request: UpgradeRequest;
}

/**
 * Checks what the RFC and the server's options demand, before the application is asked.
 */
export function readRequest<Data>(
  raw: IncomingMessage,
  socket: Duplex,
  options: ServerOptions<Data>,
): CheckedRequest | OpeningRefusal {
  const { method = "", url: target = "", httpVersion, rawHeaders } = raw;
  const isSecure = socket instanceof TLSSocket;
  const { origin = "same-origin", hosts } = options;
  const checked = checkRequest(
    { method, target, httpVersion, rawHeaders },
    { isSecure, origin: originRule(origin), hosts },
  );
  if (checked.ok)
    return { opening: checked.request, request: describe(raw, socket, checked.request, isSecure) };
  const { status, headers, body, problem } = checked.refusal;
  return { status, headers, body, problem: problem.id };
}

function describe(
  raw: IncomingMessage,
  socket: Duplex,
  opening: OpeningRequest,
  isSecure: boolean,
): UpgradeRequest {
  return new Described(opening, (socket as Socket).remoteAddress ?? "", isSecure, raw);
}

/** A class, since an object with its own getters takes three times the memory. */
class Described implements UpgradeRequest {
  readonly path: string;
  readonly remoteAddress: string;
  readonly isSecure: boolean;
  readonly raw: IncomingMessage;
  readonly #opening: OpeningRequest;

  constructor(opening: OpeningRequest, remoteAddress: string, isSecure: boolean, raw: IncomingMessage) {
    this.path = pathOf(opening.target);
    this.remoteAddress = remoteAddress;
    this.isSecure = isSecure;
    this.raw = raw;
    this.#opening = opening;
  }

  get target(): string {
    return this.#opening.target;
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.target.slice(this.path.length));
  }

  get host(): string {
    return this.#opening.host;
  }

  get origin(): string | undefined {
    return this.#opening.origin;
  }

  get protocols(): readonly string[] {
    return this.#opening.protocols;
  }

  get headers(): IncomingMessage["headers"] {
    return this.raw.headers;
  }
}
