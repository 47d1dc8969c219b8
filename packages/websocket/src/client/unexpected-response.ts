import type { Duplex } from "node:stream";

import { ErrorCode, WebSocketError } from "../errors.js";
import { collectFields, valuesOf } from "../handshake/index.js";
import type { Fields, ResponseHead } from "../handshake/index.js";
import type { Exchange } from "./plan.js";

/** Octets of a body that are kept. */
const BODY_OCTETS = 4096;

/**
 * The error for an answer that does not open the connection (RFC 6455 §4.1, RFC 8441 §5), with the beginning of its body. Waits for the body if its
 * length is known, until `signal` is aborted.
 */
export async function unexpectedResponse(
  socket: Duplex,
  { answer: { head, rest }, wanted }: Pick<Exchange, "answer" | "wanted">,
  signal: AbortSignal,
): Promise<WebSocketError> {
  const fields = collectFields(head.rawHeaders);
  const body = await readBody(socket, rest, bodyOctets(head, fields), signal);
  return new WebSocketError(
    ErrorCode.UnexpectedResponse,
    `The server answered ${head.status} instead of ${wanted}.`,
    {
      status: head.status,
      headers: headerMap(fields),
      body: body.toString("utf8"),
      section: head.httpVersion === "2.0" ? "RFC 8441 §5" : "RFC 6455 §4.1",
    },
  );
}

/**
 * How much of the body to wait for (RFC 9112 §6.3). Of a body in chunks, only what has come already is shown, without
 * decoding.
 */
function bodyOctets({ status }: ResponseHead, fields: Fields): number {
  if (status === 204 || status === 304 || fields.has("transfer-encoding")) return 0;
  const [length = ""] = valuesOf(fields, "content-length");
  return /^\d{1,15}$/.test(length) ? Math.min(Number(length), BODY_OCTETS) : BODY_OCTETS;
}

/**
 * Resolves with at least `wanted` octets, or with what has come when the stream ends or the time is over. Never
 * rejects.
 */
function readBody(socket: Duplex, rest: Uint8Array, wanted: number, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [rest];
    let octets = rest.length;
    const finish = (): void => {
      signal.removeEventListener("abort", finish);
      socket.off("data", onData).off("end", finish).off("close", finish);
      resolve(Buffer.concat(chunks).subarray(0, BODY_OCTETS));
    };
    const onData = (chunk: Buffer): void => {
      chunks.push(chunk);
      octets += chunk.length;
      if (octets >= wanted) finish();
    };
    if (octets >= wanted || socket.destroyed || signal.aborted) return finish();
    signal.addEventListener("abort", finish, { once: true });
    socket.on("data", onData).once("end", finish).once("close", finish);
    socket.resume();
  });
}

/** Several values of one name joined, as RFC 9110 §5.3 has it. */
function headerMap(fields: Fields): ReadonlyMap<string, string> {
  return new Map([...fields].map(([name, values]) => [name, values.join(", ")]));
}
