import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

import { ignore } from "../listen.js";
import { CLOSE, FrameReader, encodeFrame } from "../mutants/frames.js";
import { onRequestHead } from "../mutants/handshake.js";
import type { UrlFaultName } from "./url-faults.js";

/** The parts of a URL as they stand in it. */
interface Parts {
  readonly isSecure: boolean;
  readonly user: string;
  readonly host: string;
  readonly port: string;
  readonly target: string;
  readonly fragment: string;
}

/**
 * Opens a URL, answers a Close frame, and resolves when the connection is gone. It reads URLs with code of its own, with
 * one fault or none, since `URL` of JavaScript makes few of these mistakes possible. `ca`: certificates to trust, in PEM.
 */
export async function openUrl(text: string, fault?: UrlFaultName, ca?: string): Promise<void> {
  const { isSecure, ...parts } = partsOf(text);
  const location = await visit(isSecure, parts, fault, ca);
  if (location === undefined || fault !== "redirect-downgrades") return;
  const next = partsOf(location);
  await visit(next.isSecure, next, fault, ca);
}

/** Resolves with the Location of the answer, if it has one. */
function visit(
  isSecure: boolean,
  parts: Omit<Parts, "isSecure">,
  fault: UrlFaultName | undefined,
  ca: string | undefined,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const address = {
      host: parts.host.replace(/^\[|\]$/g, ""),
      port: Number(parts.port || (isSecure ? 443 : 80)),
    };
    const trusted = ca === undefined ? {} : { ca };
    const socket: Socket = isSecure ? connectTls({ ...address, ...trusted }) : connect(address);
    let location: string | undefined;
    socket.on("error", ignore);
    socket.on("close", () => resolve(location));
    socket.write(Buffer.from(request(isSecure, parts, fault), "latin1"));
    onRequestHead(socket, (head, rest) => {
      location = /^location: *(\S+)/im.exec(head)?.[1];
      if (!head.startsWith("HTTP/1.1 101 ")) return void socket.end();
      const reader = new FrameReader((frame) => {
        if (frame.opcode === CLOSE) socket.write(encodeFrame(CLOSE, frame.payload, randomBytes(4)));
      });
      reader.push(rest);
      socket.on("data", (chunk: Buffer) => reader.push(chunk));
      socket.on("end", () => socket.end());
    });
  });
}

function request(isSecure: boolean, parts: Omit<Parts, "isSecure">, fault: UrlFaultName | undefined): string {
  const target = targetOf(parts, fault);
  const isWhole = fault === "user-in-target";
  return [
    `GET ${isWhole ? `http${isSecure ? "s" : ""}://${parts.user}${parts.host}:${parts.port}` : ""}${target} HTTP/1.1`,
    `Host: ${hostOf(parts, fault)}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
    "Sec-WebSocket-Version: 13",
    "",
    "",
  ].join("\r\n");
}

/** One character is one octet. */
function targetOf({ target, fragment }: Omit<Parts, "isSecure">, fault: UrlFaultName | undefined): string {
  if (fault === "query-lost" && target.startsWith("?")) return "/";
  const path = target.startsWith("/") || fault === "path-empty" ? target : `/${target}`;
  const whole = `${path}${fault === "fragment-sent" ? fragment : ""}`;
  const octets = Buffer.from(whole, fault === "latin-1-escaped" ? "latin1" : "utf8").toString("latin1");
  const kept = fault === "blank-sent" ? /[\x80-\xff]/g : fault === "utf8-sent" ? / /g : /[ \x80-\xff]/g;
  const given = fault === "escapes-doubled" ? octets.replaceAll("%", "%25") : octets;
  const escaped = given.replace(kept, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
  return fault === "escapes-undone" ? escaped.replaceAll("%23", "#") : escaped;
}

function hostOf({ user, host, port }: Omit<Parts, "isSecure">, fault: UrlFaultName | undefined): string {
  const name = fault === "ipv6-without-brackets" ? host.replace(/^\[|\]$/g, "") : host;
  const said = port === "" && fault === "default-port-8080" ? "8080" : port;
  const behind = said === "" || fault === "port-left-out" ? "" : `:${said}`;
  return `${fault === "user-in-host" ? user : ""}${name}${behind}`;
}

function partsOf(text: string): Parts {
  const parts = /^(wss?):\/\/([^/?#@]*@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d*))?([^#]*)(#.*)?$/.exec(text);
  const [, scheme, user = "", host = "", port = "", target = "", fragment = ""] = parts ?? [];
  return { isSecure: scheme === "wss", user, host, port, target, fragment };
}
