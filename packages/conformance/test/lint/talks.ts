/** Conversations that the tests of the linter make captures of. */
import { randomBytes } from "node:crypto";
import { lintCapture, type LintReport } from "../../src/lint/lint.js";
import { answer, inPieces, pcapng, request, Talk, type TalkOptions } from "../support/captures.js";
import { peerClose, peerFrame, type PeerFrameOptions } from "../support/peer-frames.js";

export async function lint(packets: readonly Buffer[], linkType = 1): Promise<LintReport> {
  return await lintCapture(inPieces(pcapng(packets, { linkType })));
}

/** What was found: side, requirement, connection, packet. */
export function found({ findings }: LintReport): readonly string[] {
  return findings.map(
    ({ side, requirement, first }) => `${side} ${requirement} ${first.connection}:${first.packet}`,
  );
}

export function masked(options: PeerFrameOptions = {}): PeerFrameOptions {
  return { ...options, key: randomBytes(4) };
}

export function clientFrame(
  opcode: number,
  payload: string | Uint8Array = "",
  options?: PeerFrameOptions,
): Uint8Array {
  return peerFrame(opcode, payload, masked(options));
}

/** An open connection; its first frame is in packet 5. */
export function opened(
  options: TalkOptions = {},
  lines: readonly string[] = [],
  accepted: readonly string[] = lines,
): Talk {
  return new Talk(options).open().client(request(lines)).server(answer(accepted));
}

/** Everything that is legal: fragments with a Ping between them, texts, both Close frames. */
export const GOOD_CLIENT: Uint8Array = Buffer.concat([
  clientFrame(1, "h\u00e9", { more: true }),
  clientFrame(9, "ping"),
  clientFrame(0, "llo"),
  clientFrame(2, randomBytes(300)),
  peerClose(1000, "bye", masked()),
]);
export const GOOD_SERVER: Uint8Array = Buffer.concat([
  peerFrame(1, "h\u00e9llo"),
  peerFrame(10, "ping"),
  peerFrame(2, randomBytes(70_000)),
  peerFrame(9, ""),
  peerClose(1000),
]);

export function goodTalk(options: TalkOptions = {}): Talk {
  return opened(options).client(GOOD_CLIENT).cut("server", GOOD_SERVER, 30_000).end();
}
