import type { Socket } from "node:net";

import { serveDeflateEcho } from "./deflate-echo-server.js";
import { agreedDeflate } from "./deflate-offer.js";
import { acceptKey, badRequest, onRequestHead } from "./handshake.js";
import { tcpMutant } from "./mutant.js";
import type { Mutant } from "./mutant.js";
import type { NegotiationFaultName } from "./negotiation-faults.js";
import { isToken, parseOffers, valuesIn, type OfferedExtension } from "./offered-extensions.js";

/**
 * An echo server that negotiates as RFC 6455 §4.2.2 and RFC 7692 want it, except for one fault; without one it is correct.
 * It chooses the first subprotocol, accepts permessage-deflate, and declines windows of 256 octets, which zlib has not.
 */
export function negotiatingMutant(fault?: NegotiationFaultName): Mutant {
  const name = fault === undefined ? "negotiating" : `negotiating-${fault}`;
  const has: Has = (one) => one === fault;
  return tcpMutant(name, (socket) => {
    onRequestHead(socket, (head, rest) => {
      if (has("long-headers-hang") && head.length > 8000) return;
      const answer = answerTo(head, has);
      if (answer === null) socket.end(badRequest(name));
      else open(socket, head, [`Server: ${name}`, ...answer], rest, has);
    });
  });
}

type Has = (fault: NegotiationFaultName) => boolean;

const DEFLATE = "permessage-deflate";
const PROTOCOLS = "sec-websocket-protocol";
const EXTENSIONS = "sec-websocket-extensions";

function open(socket: Socket, head: string, answer: readonly string[], rest: Buffer, has: Has): void {
  const [key = ""] = valuesIn(head, "sec-websocket-key");
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${acceptKey(key)}`,
    ...answer,
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  const line = answer.find((one) => one.includes(DEFLATE)) ?? (has("compresses-unasked") ? "" : undefined);
  const traits = has("window-ignored") ? { server: { windowBits: 15 } } : {};
  serveDeflateEcho(socket, traits, line === undefined ? null : agreedDeflate(line), rest);
}

/** The header lines of the answer that the negotiation brings about; null for a request that is refused. */
function answerTo(head: string, has: Has): readonly string[] | null {
  // A line that goes on in the next one is refused (RFC 9112 §5.2).
  if (/\r\n[ \t]/.test(head) && !has("folds-reflected")) return null;
  const protocols = protocolLines(head, has);
  const extensions = extensionLines(valuesIn(head, EXTENSIONS), has);
  return protocols === null || extensions === null ? null : [...protocols, ...extensions];
}

function protocolLines(head: string, has: Has): readonly string[] | null {
  const values = valuesIn(head, PROTOCOLS);
  const said = (name: string): string => `Sec-WebSocket-Protocol: ${name}`;
  if (has("protocol-empty")) return [said("")];
  if (values.length === 0) return has("protocol-unasked") ? [said("echo")] : [];
  if (has("protocols-reflected")) return [said(values.join(", "))];
  if (has("escapes-decoded"))
    return [said(values.join(", ").replaceAll("%0d%0a", "\r\n").replaceAll("%20", " "))];
  if (has("folds-reflected"))
    return [
      said(/^sec-websocket-protocol:\s*((?:[^\r]|\r\n[ \t])*)/im.exec(head)?.[1] ?? "").replace(
        /\r\n[ \t]+/,
        "\r\n",
      ),
    ];
  const names = values.flatMap((value) => value.split(",")).map((name) => name.trim());
  const [first = "", second = first] = names.filter((name) => name !== "");
  if (first === "" || !names.every((name) => name === "" || isToken(name))) {
    return has("protocols-unchecked") && first !== "" ? [said(first)] : null;
  }
  if (has("protocol-in-lower-case")) return [said(first.toLowerCase())];
  if (has("protocols-twice")) return [said(first), said(second)];
  return [said(first)];
}

function extensionLines(values: readonly string[], has: Has): readonly string[] | null {
  const said = (value: string | undefined): readonly string[] =>
    value === undefined ? [] : [`Sec-WebSocket-Extensions: ${value}`];
  if (has("extension-unasked")) return said("x-unasked");
  if (values.length === 0) return [];
  const offers = parseOffers(
    has("empty-values-taken") ? values.map((value) => value.replace(/=(?=;|,|$)/g, "")) : values,
  );
  if (offers === null) return has("malformed-taken") ? [] : null;
  if (has("unknown-accepted")) return said([...new Set(offers.map(({ name }) => name))].join(", "));
  if (has("lines-answered")) {
    const each = values.map((value) => deflateAnswer(parseOffers([value]) ?? [], has));
    return each.flatMap(said);
  }
  return said(deflateAnswer(offers, has));
}

function deflateAnswer(all: readonly OfferedExtension[], has: Has): string | undefined {
  const offers = all.filter(({ name }) => name === DEFLATE);
  const [first] = offers;
  if (first !== undefined && has("any-offer-accepted")) return DEFLATE;
  if (first !== undefined && has("offer-echoed")) return first.text;
  const offer = offers.find((one) => isAcceptable(one, has));
  if (offer === undefined) return undefined;
  const answer = [DEFLATE, ...granted(offer, has)].join("; ");
  if (has("answer-malformed")) return `${answer};`;
  return has("answered-twice") ? `${answer}, ${answer}` : answer;
}

/** Whether a server may accept an offer (RFC 7692 §7). */
function isAcceptable({ parameters }: OfferedExtension, has: Has): boolean {
  const names = new Set(parameters.map(([name]) => name));
  if (names.size < parameters.length && !has("duplicates-ignored")) return false;
  return parameters.every(([name, value]) => isParameter(name, value, has));
}

function isParameter(name: string, value: string | null, has: Has): boolean {
  switch (name) {
    case "server_no_context_takeover":
    case "client_no_context_takeover":
      return value === null || has("needless-values-ignored");
    case "client_max_window_bits":
      return value === null || isWindow(value, has);
    case "server_max_window_bits":
      if (value === null) return has("missing-values-ignored") || has("empty-values-taken");
      return value !== "8" && isWindow(value, has);
    default:
      return has("unknown-parameters-ignored");
  }
}

function isWindow(value: string, has: Has): boolean {
  if (/^(?:[89]|1[0-5])$/.test(value)) return true;
  if (/^0\d+$/.test(value)) return has("leading-zeros-taken");
  if (/^[7-9]$/.test(value)) return has("window-7-taken");
  if (value === "0") return has("window-0-taken");
  return has(/^\d+$/.test(value) ? "window-16-taken" : "words-as-windows");
}

/** The parameters of the answer. What the client asks is granted; a window of its own that it offers is used. */
function granted({ parameters, text }: OfferedExtension, has: Has): readonly string[] {
  const asked = new Map(parameters);
  const isQuoteLost = has("quotes-lost") && text.includes('"');
  const server = isQuoteLost ? null : asked.get("server_max_window_bits");
  const client = isQuoteLost ? null : asked.get("client_max_window_bits");
  const isWindowBare = client === null && has("window-answered-bare");
  return [
    ...(asked.has("server_no_context_takeover") && !has("no-takeover-left-out")
      ? ["server_no_context_takeover"]
      : []),
    ...(server == null ? [] : [`server_max_window_bits=${has("server-window-larger") ? "15" : server}`]),
    ...(client == null ? [] : [`client_max_window_bits=${client}`]),
    ...(isWindowBare ? ["client_max_window_bits"] : []),
    ...(client === undefined && has("client-window-unasked") ? ["client_max_window_bits=15"] : []),
    ...(has("answer-unknown") ? ["x_unknown"] : []),
    ...(has("answer-repeats") ? ["client_no_context_takeover", "client_no_context_takeover"] : []),
    ...(has("answer-with-value") ? ["client_no_context_takeover=1"] : []),
  ];
}
