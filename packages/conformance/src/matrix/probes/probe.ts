import { randomBytes } from "node:crypto";
import { acceptFor, headerValues } from "../../wire/http1.js";
import { encodeFrame } from "../../wire/frame.js";
import { cut, quote } from "../../report/escape.js";
import type { End } from "./end.js";
import type { Answered, Arrived, Rig } from "./rig.js";

/** What was seen: an outcome, and a sentence that says why. */
export interface Seen {
  /**
   * `kept`: as without the proxy, or as an RFC demands of it. `changed`: otherwise, and allowed. `broken`: something is lost,
   * or a requirement is not obeyed. `unknown`: it could not be seen.
   */
  readonly outcome: "kept" | "changed" | "broken" | "unknown";
  readonly seen: string;
}

/** One question to a proxy. */
export interface Probe {
  readonly name: string;
  /** What it asks, in a sentence. */
  readonly asks: string;
  /** The section that decides; absent where no RFC does. */
  readonly requirement?: string;
  /** Whether the proxy is started with a short limit for idle connections. */
  readonly isIdle?: true;
  readonly play: (rig: Rig) => Promise<Seen>;
}

/** The connection was not opened, so the question could not be asked. The message is a sentence. */
export class NotOpened extends Error {
  override readonly name = "NotOpened";
}

export function kept(seen: string): Seen {
  return { outcome: "kept", seen };
}

export function changed(seen: string): Seen {
  return { outcome: "changed", seen };
}

export function broken(seen: string): Seen {
  return { outcome: "broken", seen };
}

export function unknown(seen: string): Seen {
  return { outcome: "unknown", seen };
}

/** Lines of an opening handshake with further ones behind them, and with some of them replaced. */
export function upgradeRequest(
  path: string,
  { further = [], connection = "Upgrade", upgrade = "websocket", version = "HTTP/1.1" }: RequestChanges = {},
): string {
  const lines = [
    `GET ${path} ${version}`,
    `Host: ${HOST}`,
    `Upgrade: ${upgrade}`,
    `Connection: ${connection}`,
    `Sec-WebSocket-Key: ${KEY}`,
    "Sec-WebSocket-Version: 13",
    ...further,
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

export interface RequestChanges {
  readonly further?: readonly string[];
  readonly connection?: string;
  readonly upgrade?: string;
  readonly version?: string;
}

/** The host that clients ask for: not that of the server behind the proxy. */
export const HOST = "probe.example";
export const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

/** The 101 that fits to a request as it came to the server, with further lines. */
export function switching({ request }: Arrived, further: readonly string[] = []): string {
  const [key = ""] = headerValues(request, "sec-websocket-key");
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${acceptFor(key)}`,
    ...further,
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** Any other answer, behind which the connection goes on with HTTP. */
export function refusing(status: string, further: readonly string[] = []): string {
  return `${[`HTTP/1.1 ${status}`, "Content-Length: 0", ...further].join("\r\n")}\r\n\r\n`;
}

/** A connection that was opened through the proxy. */
export interface Opened extends Arrived, Answered {
  readonly client: End;
}

/** Opens a connection through the proxy. Throws a NotOpened. */
export async function open(
  rig: Rig,
  path: string,
  {
    request = {},
    answer = [],
  }: { readonly request?: RequestChanges; readonly answer?: readonly string[] } = {},
): Promise<Opened> {
  const client = await rig.dial();
  client.send(upgradeRequest(path, request));
  const arrived = await arrivalOf(rig, client, path);
  arrived.origin.send(switching(arrived, answer));
  const answered = await answerOf(rig, client);
  if (answered.answer.status !== 101)
    throw new NotOpened(`The server answered 101, and the client got ${firstLine(answered)}.`);
  return { ...arrived, ...answered, client };
}

/** The request at the server. Throws a NotOpened that says what the client got in place of it. */
export async function arrivalOf(rig: Rig, client: End, path: string): Promise<Arrived> {
  const arrived = await rig.arrival(path);
  if (arrived !== null) return arrived;
  const got = client.takeHead();
  throw new NotOpened(
    got === null
      ? "The request never came to the server."
      : `The request never came to the server: the proxy answered ${shownLine(got)}.`,
  );
}

/** The answer at the client. Throws a NotOpened if there is none. */
export async function answerOf(rig: Rig, client: End): Promise<Answered> {
  const answered = await rig.answer(client);
  if (answered !== null) return answered;
  throw new NotOpened(`The server answered, and the client got no answer: ${endingOf(client)}.`);
}

export function firstLine({ head }: Pick<Answered, "head">): string {
  return shownLine(head);
}

function shownLine(head: string): string {
  return quote(cut(head.slice(0, head.indexOf("\r\n")), 80));
}

/** How the proxy ended a connection, in a clause. */
export function endingOf({ ending }: End): string {
  return ending === "open" ? "the connection stays open" : `the connection ends by ${endingName(ending)}`;
}

export function endingName(ending: End["ending"]): string {
  return ending === "fin" ? "FIN" : ending === "reset" ? "RST" : "nothing";
}

/** A frame of a client (masked) or of a server. Text unless `opcode` says otherwise. */
export function frame(
  from: "client" | "server",
  payload: string | Uint8Array,
  { opcode = 1, fin = true, rsv = 0 }: { opcode?: number; fin?: boolean; rsv?: number } = {},
): Uint8Array {
  const octets = typeof payload === "string" ? Buffer.from(payload, "utf8") : payload;
  const maskingKey = from === "client" ? randomBytes(4) : null;
  return encodeFrame({ opcode, fin, rsv, length: octets.length, maskingKey }, octets);
}
