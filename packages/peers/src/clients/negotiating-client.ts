import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";

import { ignore } from "../listen.js";
import { serveDeflateEcho, type DeflateTraits } from "../mutants/deflate-echo-server.js";
import { agreedDeflate, type AgreedDeflate } from "../mutants/deflate-offer.js";
import { acceptKey, onRequestHead } from "../mutants/handshake.js";
import { parseOffers, valuesIn, type OfferedExtension } from "../mutants/offered-extensions.js";
import type { NegotiationFaultOfClients } from "./negotiation-faults.js";
import { rawClient } from "./raw-client.js";
import type { EchoClient } from "./walk.js";

type Has = (fault: NegotiationFaultOfClients) => boolean;

const DEFLATE = "permessage-deflate";
const EXTENSIONS = "sec-websocket-extensions";

/** What is offered where a fault needs something else than the usual. */
const OFFERS: Readonly<Partial<Record<NegotiationFaultOfClients, string>>> = {
  "unoffered-taken": "",
  "unoffered-window-taken": DEFLATE,
  "larger-window-taken": `${DEFLATE}; server_max_window_bits=10`,
};

/**
 * A client that offers permessage-deflate with client_max_window_bits and checks the answer as RFC 6455 §4.1 and RFC 7692
 * §7 want it, except for one fault; without one it is correct. It echoes, and compresses what it echoes. `offer` replaces
 * what it offers; empty for nothing.
 */
export function negotiatingClient(
  fault?: NegotiationFaultOfClients,
  offer: string = (fault === undefined ? undefined : OFFERS[fault]) ?? `${DEFLATE}; client_max_window_bits`,
): EchoClient {
  const has: Has = (one) => one === fault;
  return {
    echo: (url) =>
      new Promise((resolve) => {
        const { hostname, port, host, pathname, search } = new URL(url);
        const socket = connect({ host: hostname, port: Number(port), noDelay: true });
        socket.on("error", ignore);
        socket.on("close", () => resolve());
        const key = randomBytes(16).toString("base64");
        const lines = [
          `GET ${pathname}${search} HTTP/1.1`,
          `Host: ${host}`,
          "Upgrade: websocket",
          "Connection: Upgrade",
          `Sec-WebSocket-Key: ${key}`,
          "Sec-WebSocket-Version: 13",
          ...(offer === "" ? [] : [`Sec-WebSocket-Extensions: ${offer}`]),
        ];
        socket.write(`${lines.join("\r\n")}\r\n\r\n`);
        onRequestHead(socket, (head, rest) => open(socket, { head, rest, key, offer }, has));
      }),
    ask: (url) => rawClient().ask(url),
  };
}

interface Answered {
  readonly head: string;
  readonly rest: Buffer;
  readonly key: string;
  readonly offer: string;
}

function open(socket: Socket, { head, rest, key, offer }: Answered, has: Has): void {
  const isSwitch = head.startsWith("HTTP/1.1 101 ");
  const isRight = isSwitch && valuesIn(head, "sec-websocket-accept")[0] === acceptKey(key);
  const values = valuesIn(head, EXTENSIONS);
  const agreed = isRight ? agreedOf(values, offer, has) : null;
  if (agreed === null) return void socket.destroy();
  const said = values.join(", ");
  const failsLate =
    (has("window-fails-late") && said.includes("client_max_window_bits")) ||
    (has("window-8-fails-late") && said.includes("=8")) ||
    (has("unasked-fails-late") && said.includes("server_no_context_takeover"));
  const traits: DeflateTraits = { masks: true, failsLate };
  serveDeflateEcho(socket, traits, agreed === "none" ? null : agreed, rest);
}

/** Null for an answer that is refused. The sides are swapped: what is sent is compressed as a client's. */
function agreedOf(values: readonly string[], offer: string, has: Has): AgreedDeflate | "none" | null {
  const declined = has("compresses-declined") ? DEFLATE : undefined;
  const answers = values.length === 0 ? [] : parseOffers(values);
  if (answers === null) return null;
  const [answer] = answers;
  if (answer !== undefined && !isTaken(answers, offer, has)) return null;
  const text = answer === undefined ? declined : answer.text.replaceAll('"', has("quotes-lost") ? "_" : "");
  if (text === undefined) return "none";
  const { server, client } = agreedDeflate(text);
  return {
    client: { windowBits: inRange(server.windowBits), keepsContext: server.keepsContext },
    server: {
      windowBits: has("client-window-ignored") ? 15 : inRange(client.windowBits),
      keepsContext: client.keepsContext || has("client-takeover-kept"),
    },
  };
}

/** For answers that are taken by a fault. */
function inRange(bits: number): number {
  return Math.min(15, Math.max(8, bits));
}

function isTaken(answers: readonly OfferedExtension[], offer: string, has: Has): boolean {
  const [answer, second] = answers;
  if (has("any-answer-taken")) return true;
  if (second !== undefined && !has("second-deflate-ignored")) return false;
  if (answer?.name !== DEFLATE) return false;
  if (offer === "") return has("unoffered-taken");
  const { parameters } = answer;
  const names = new Set(parameters.map(([name]) => name));
  if (names.size < parameters.length && !has("duplicates-taken")) return false;
  return parameters.every(([name, value]) => isParameter(name, value, offer, has));
}

function isParameter(name: string, value: string | null, offer: string, has: Has): boolean {
  switch (name) {
    case "server_no_context_takeover":
      return value === null;
    case "client_no_context_takeover":
      return value === null && !has("no-takeover-refused");
    case "client_max_window_bits":
      if (value === null) return has("missing-client-value-taken");
      return isWindow(value, has) && (offer.includes(name) || has("unoffered-window-taken"));
    case "server_max_window_bits": {
      if (value === null) return has("missing-server-value-taken");
      const most = Number(/server_max_window_bits=(\d+)/.exec(offer)?.[1] ?? 15);
      return isWindow(value, has) && (Number(value) <= most || most === 15 || has("larger-window-taken"));
    }
    default:
      return has("unknown-parameter-taken");
  }
}

function isWindow(value: string, has: Has): boolean {
  if (/^(?:[89]|1[0-5])$/.test(value)) return true;
  if (value.startsWith("0")) return has("leading-zero-taken");
  return has(value === "7" ? "window-7-taken" : "window-16-taken");
}
