import { types } from "node:util";

import { invalidArgument } from "../errors.js";
import { copyOctets } from "../protocol/copy.js";

/**
 * What can be sent as one message: a string as text, everything else as octets.
 *
 * @example
 * ```ts
 * import { connect, createServer, type MessageData } from "@wireproof/websocket";
 *
 * const messages: MessageData[] = ["text", new Uint8Array([1, 2, 3]), new ArrayBuffer(8), Buffer.from("octets")];
 * await using server = createServer();
 * const { port } = await server.listen(0, "127.0.0.1");
 * await using ws = await connect(`ws://127.0.0.1:${port}`);
 * for (const message of messages) console.assert(ws.send(message));
 * ```
 */
export type MessageData = string | ArrayBufferLike | ArrayBufferView;

/** The octets as a view. Memory that others may change or resize meanwhile is copied; a number is never a length. */
export function toOctets(data: ArrayBufferLike | ArrayBufferView): Uint8Array {
  if (ArrayBuffer.isView(data)) return viewOctets(data);
  // Not `instanceof`: they may come from another realm, such as a test runner's.
  if (types.isArrayBuffer(data)) {
    checkAttached(data);
    return isResizable(data) ? copyOctets(new Uint8Array(data)) : new Uint8Array(data);
  }
  if (types.isSharedArrayBuffer(data)) return copyOctets(new Uint8Array(data));
  throw invalidArgument("A message is a string, an ArrayBuffer or a view of one.");
}

function viewOctets(view: ArrayBufferView): Uint8Array {
  const { buffer } = view;
  // The call that sees through realms costs 30 ns.
  if (buffer instanceof ArrayBuffer || types.isArrayBuffer(buffer)) {
    // The most common case first: a Buffer or Uint8Array over ordinary memory.
    if (view instanceof Uint8Array && view.byteLength > 0 && !isResizable(buffer)) return view;
    checkAttached(buffer);
    const octets = new Uint8Array(buffer, view.byteOffset, view.byteLength);
    return isResizable(buffer) ? copyOctets(octets) : octets;
  }
  return copyOctets(new Uint8Array(buffer, view.byteOffset, view.byteLength));
}

/** Detached memory would be sent as nothing, without an error. */
function checkAttached(buffer: ArrayBuffer): void {
  if (buffer.byteLength > 0) return;
  try {
    buffer.slice(0, 0);
  } catch {
    throw invalidArgument("The memory of this message has been detached.");
  }
}

/** Absent before Node 20. */
function isResizable(buffer: ArrayBuffer): boolean {
  return (buffer as { resizable?: boolean }).resizable === true;
}
