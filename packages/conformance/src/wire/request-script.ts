import type { RequestScript } from "../case/handshake.js";
import { bytesOf } from "../case/payload.js";
import { extensionLines, hostOf, originLines, subprotocolLines, type HandshakeRequest } from "./http1.js";

/** A request as a case wants it. */
export interface ScriptedRequest {
  /** The head as it goes over the wire, one character an octet; empty if there is none. */
  readonly head: string;
  /** The writes, in order. */
  readonly writes: readonly Uint8Array[];
}

/** Writes a request as a case has it, whatever it says; `usual` is what its placeholders stand for. */
export function encodeScript(script: RequestScript, usual: HandshakeRequest): ScriptedRequest {
  const { lines, lineEnd = "\r\n", behind } = script;
  const written = lines.flatMap((line) => ownLines(line, usual) ?? [fill(line, usual)]);
  const end = script.endless === undefined ? `${lineEnd}${lineEnd}` : "";
  const head = lines.length === 0 ? "" : `${written.join(lineEnd)}${end}`;
  const octets = Buffer.concat([
    Buffer.from(head, "latin1"),
    ...(behind === undefined ? [] : [bytesOf(behind)]),
  ]);
  return { head, writes: cut(octets, cutsOf(script, octets.length, head.length)) };
}

/** Lines that stand for any number of lines; undefined for others. */
function ownLines(line: string, usual: HandshakeRequest): readonly string[] | undefined {
  switch (line) {
    case "{headers}":
      return (usual.headers ?? []).filter((header) => !/^host:/i.test(header));
    case "{origin}":
      return originLines(usual);
    case "{subprotocols}":
      return subprotocolLines(usual);
    case "{extensions}":
      return extensionLines(usual);
    default:
      return undefined;
  }
}

function fill(line: string, usual: HandshakeRequest): string {
  const { url, key, userAgent } = usual;
  const secure = url.protocol === "wss:" ? "s" : "";
  const values: Readonly<Record<string, string>> = {
    path: `${url.pathname}${url.search}`,
    host: hostOf(usual),
    name: url.hostname,
    port: url.port || (url.protocol === "wss:" ? "443" : "80"),
    http: `http${secure}`,
    ws: `ws${secure}`,
    key,
    agent: userAgent,
    subprotocol: usual.subprotocols?.[0] ?? MADE_UP,
  };
  return line.replace(
    /\{(path|host|name|port|http|ws|key|agent|subprotocol)\}/g,
    (_all, name: string) => values[name] ?? "",
  );
}

/** A subprotocol that no server knows. */
const MADE_UP = "any.wireproof";

function cutsOf({ chop, cuts = [] }: RequestScript, length: number, head: number): readonly number[] {
  if (chop === undefined) return cuts.map((at) => (at < 0 ? head + at : at));
  return Array.from({ length: Math.ceil(length / chop) - 1 }, (_, index) => chop * (index + 1));
}

function cut(octets: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  return [0, ...cuts].map((from, index) => octets.subarray(from, cuts[index] ?? octets.length));
}
