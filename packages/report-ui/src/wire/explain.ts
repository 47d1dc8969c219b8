import type { OctetNote } from "./annotate.js";
import { hexOf, opcodeName } from "./octets.js";

/** What an octet means, in a sentence for the line under the hex view. */
export function explainOctet(note: OctetNote, index: number): string {
  return `Offset ${index}, 0x${hexOf(note.value)}: ${meaningOf(note)}`;
}

function meaningOf(note: OctetNote): string {
  const { value, kind, frame } = note;
  switch (kind) {
    case "http":
      return `${characterOf(value)} of the opening handshake.`;
    case "first":
      return `FIN ${value >> 7}, RSV ${bits((value >> 4) & 7, 3)}, opcode ${value & 15} (${opcodeName(value & 15)}).`;
    case "length":
      return `MASK ${value >> 7}, ${lengthMeaning(value & 0x7f)}.`;
    case "extended":
      return `part of the extended length, ${frame?.length ?? "?"} octets in all.`;
    case "mask":
      return `part of the masking key ${frame?.mask.map(hexOf).join("") ?? ""}.`;
    case "payload":
      return payloadMeaning(note);
    case "unknown":
      return "not decoded, because octets before it were not recorded.";
  }
}

/** The octet of the payload behind the mask; itself where there is none. */
export function unmasked({ value, at, frame }: OctetNote): number {
  const key = frame?.mask ?? [];
  return key.length === 4 && at !== undefined ? value ^ (key[at % 4] ?? 0) : value;
}

/** The character that a dump shows for an octet. */
export function dumpCharacter(octet: number): string {
  return octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : "·";
}

function payloadMeaning(note: OctetNote): string {
  const plain = unmasked(note);
  const masked = (note.frame?.mask.length ?? 0) === 4 ? `, unmasked 0x${hexOf(plain)}` : "";
  return `octet ${(note.at ?? 0) + 1} of the payload${masked}, ${characterOf(plain)}.`;
}

function lengthMeaning(length: number): string {
  if (length === 126) return "the length follows in 2 octets";
  if (length === 127) return "the length follows in 8 octets";
  return `payload of ${length} octet${length === 1 ? "" : "s"}`;
}

function characterOf(octet: number): string {
  return octet > 0x20 && octet < 0x7f
    ? `“${String.fromCharCode(octet)}”`
    : octet === 0x20
      ? "a space"
      : "no character";
}

function bits(value: number, width: number): string {
  return value.toString(2).padStart(width, "0");
}
