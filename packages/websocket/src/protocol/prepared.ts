import { FIN, headerOctets, RSV1, writeHeader } from "./frame-header.js";
import type { Kernels } from "./kernels.js";
import { Opcode } from "./opcode.js";

/**
 * A text message as one whole frame, for `Connection.sendEncoded`: encoded once, sent by servers to any number of
 * clients. Lone surrogates go as U+FFFD.
 */
export function prepareText(kernels: Kernels, text: string): Uint8Array {
  const length = kernels.textOctets(text);
  const header = headerOctets(length, false);
  const frame = kernels.allocate(header + length);
  writeHeader(frame, 0, FIN | Opcode.Text, length);
  kernels.encodeText(text, frame, header);
  return frame;
}

/**
 * Octets as one whole frame. `isCompressed`: they are the payload data of a compressed message (RFC 7692 §6.1), made
 * without context takeover; the frame may then only go where that was agreed. Text has to be well-formed UTF-8: it is
 * not checked again.
 */
export function prepareFrame(octets: Uint8Array, isText: boolean, isCompressed = false): Uint8Array {
  const { length } = octets;
  const header = headerOctets(length, false);
  const frame = new Uint8Array(header + length);
  const opcode = isText ? Opcode.Text : Opcode.Binary;
  writeHeader(frame, 0, FIN | (isCompressed ? RSV1 : 0) | opcode, length);
  frame.set(octets, header);
  return frame;
}
