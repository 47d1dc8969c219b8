import { STATUS_CODES } from "node:http";
import type { OutgoingHttpHeaders } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import type { Duplex } from "node:stream";

import { refusal, refuseSocket, refuseStream } from "../server/refuse.js";
import { isHttp2Stream } from "../transport/http2-stream.js";

/** Answers an opening handshake with an HTTP status and a text, and ends the connection. Never throws. */
export function refuseOpening(
  socket: Duplex,
  status: number,
  message?: string,
  headers: OutgoingHttpHeaders = {},
): void {
  const body = message === undefined || message === "" ? (STATUS_CODES[status] ?? "") : message;
  const refuse = isHttp2Stream(socket) ? refuseStream : refuseSocket;
  const stream = socket as ServerHttp2Stream;
  try {
    refuse(stream, { status, headers: pairs(headers), body, problem: "refused" });
  } catch (error) {
    // The application has given something invalid, such as a status of 99.
    process.emitWarning(error as Error);
    refuse(stream, refusal(500, "refused", "Internal Server Error"));
  }
}

/** The application's header fields. Those for the length and the end of the answer are set here. */
function pairs(headers: OutgoingHttpHeaders): [string, string][] {
  const all: OutgoingHttpHeaders = { "Content-Type": "text/html", ...headers };
  const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  if (names.has("content-type") && headers["Content-Type"] === undefined) delete all["Content-Type"];
  return Object.entries(all)
    .filter(([name]) => !FRAMING_FIELDS.has(name.toLowerCase()))
    .flatMap(([name, value]) => [value].flat().map((each): [string, string] => [name, String(each)]));
}

const FRAMING_FIELDS: ReadonlySet<string> = new Set(["connection", "content-length", "transfer-encoding"]);
