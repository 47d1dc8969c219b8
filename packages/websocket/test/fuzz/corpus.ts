import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { Random } from "./random.js";

/** Streams of frames, one a line, in hex, as a client sends them; `#` begins a comment. */
const FILE = fileURLToPath(new URL("../../../fuzz/corpus.txt", import.meta.url));

/** What is known to reach different places in the core. */
export const CORPUS: readonly Buffer[] = readFileSync(FILE, "utf8")
  .split("\n")
  .map((line) => line.replace(/#.*/, "").replaceAll(/\s+/g, ""))
  .filter((line) => line !== "")
  .map((line) => Buffer.from(line, "hex"));

/** The same streams as a server sends them, where they are whole frames with masks. */
export const SERVER_CORPUS: readonly Buffer[] = CORPUS.map(withoutMasks);

/** A stream made of pieces of the corpus: joined, cut, repeated, with octets changed, or nothing but noise. */
export function mutate(random: Random, corpus: readonly Buffer[]): Buffer {
  return Buffer.concat(random.some(1, 6, () => change(random, random.pick(corpus))));
}

/** A head of an HTTP message: lines lost, doubled, changed or in another order; octets changed; cut off; or as it was. */
export function mutateHead(random: Random, head: string): string {
  const lines = head.split("\r\n");
  for (let left = 1 + random.below(3); left > 0; left -= 1) {
    const at = random.below(lines.length);
    const line = lines[at] ?? "";
    switch (random.below(8)) {
      case 0:
        lines.splice(at, 1);
        break;
      case 1:
        lines.splice(at, 0, line);
        break;
      case 2:
        lines[at] = flip(random, line);
        break;
      case 3:
        lines[at] = line.toUpperCase();
        break;
      case 4:
        lines.splice(at, 0, random.pick(ODD_LINES));
        break;
      case 5:
        lines[at] = `${line}${random.pick([" ", "\n", "\0", ",", ";", ", foo", "\u00ff"])}`;
        break;
      case 6:
        return lines.join("\r\n").slice(0, random.below(head.length));
      default:
        lines[at] = line.replace(/: .*/, `: ${random.pick(ODD_VALUES)}`);
    }
  }
  return lines.join(random.oneIn(20) ? "\n" : "\r\n");
}

const ODD_LINES = [
  "",
  "X",
  "X: y",
  ": y",
  " folded",
  "Content-Length: 5",
  "Content-Length: 0",
  "Content-Length: -1",
  "Transfer-Encoding: chunked",
  "Connection: close",
  "Connection: keep-alive, Upgrade",
  "Upgrade: h2c",
  "Expect: 100-continue",
  "Sec-WebSocket-Protocol: a, b, a",
  "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=8",
  "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=99",
  "Origin: http://elsewhere.example",
  "Host: elsewhere.example",
  `X-Long: ${"x".repeat(20_000)}`,
];
const ODD_VALUES = [
  "",
  " ",
  "close",
  "13",
  "8",
  "websocket",
  "h2c, websocket",
  "%",
  "a".repeat(300),
  "\u0001",
];

function flip(random: Random, text: string): string {
  if (text === "") return text;
  const at = random.below(text.length);
  return text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at + 1);
}

function change(random: Random, seed: Buffer): Buffer {
  const octets = Buffer.from(seed);
  switch (random.below(8)) {
    case 0:
      return noise(random, random.below(300));
    case 1:
      return octets.subarray(0, random.below(octets.length + 1));
    case 2:
      return octets.subarray(random.below(octets.length + 1));
    case 3:
      return Buffer.concat(random.some(1, 20, () => octets));
    case 4:
      // The header decides most: opcode, FIN, RSV, mask bit and length.
      octets[0] = random.below(256);
      if (octets.length > 1) octets[1] = random.below(256);
      return octets;
    case 5:
    case 6:
      for (let left = 1 + random.below(4); left > 0 && octets.length > 0; left -= 1)
        octets[random.below(octets.length)] = random.below(256);
      return octets;
    default:
      return octets;
  }
}

function noise(random: Random, length: number): Buffer {
  const octets = Buffer.alloc(length);
  for (let at = 0; at < length; at += 1) octets[at] = random.below(256);
  return octets;
}

function withoutMasks(stream: Buffer): Buffer {
  const frames: Buffer[] = [];
  let at = 0;
  while (at + 2 <= stream.length) {
    const form = stream[at + 1]! & 0x7f;
    const lengthOctets = form < 126 ? 0 : form === 126 ? 2 : 8;
    const head = 2 + lengthOctets;
    if ((stream[at + 1]! & 0x80) === 0 || at + head + 4 > stream.length) break;
    const length =
      lengthOctets === 8
        ? Number(stream.readBigUInt64BE(at + 2))
        : lengthOctets === 2
          ? stream.readUInt16BE(at + 2)
          : form;
    const key = stream.subarray(at + head, at + head + 4);
    const header = Buffer.from(stream.subarray(at, at + head));
    header[1]! &= 0x7f;
    const body = Buffer.from(stream.subarray(at + head + 4, Math.min(stream.length, at + head + 4 + length)));
    frames.push(header, body.map((octet, index) => octet ^ key[index & 3]!) as Buffer);
    at += head + 4 + length;
  }
  return frames.length === 0 ? Buffer.from(stream) : Buffer.concat(frames);
}
