import type { Socket } from "node:net";

import type { HandshakeFaultName } from "./handshake-faults.js";
import { acceptKey, onRequestHead } from "./handshake.js";
import { tcpMutant } from "./mutant.js";
import type { Mutant } from "./mutant.js";
import { readRequest } from "./strict-request.js";
import type { Opening, Refused } from "./strict-request.js";
import { echoStrictly } from "./strict-echo.js";

/** An echo server that keeps RFC 6455 §4.2 and what HTTP demands of it, except for one fault; without one it is correct. */
export function handshakeMutant(fault?: HandshakeFaultName): Mutant {
  const name = fault === undefined ? "strict-handshake" : `handshake-${fault}`;
  let wasBrokenOff = false;
  let lastKey = "";
  const serve = (socket: Socket): void => {
    let isRead = false;
    const onEnd = (): void => {
      if (!isRead) wasBrokenOff = true;
    };
    socket.on("end", onEnd).on("error", onEnd);
    if (fault === "one-read") {
      socket.once("data", (chunk: Buffer) => {
        if (!chunk.includes("\r\n\r\n")) socket.end(refusal({ status: 400 }, name, fault));
      });
    }
    /** The first key on this connection, and how many requests came before. */
    let firstKey: string | undefined;
    let before = 0;
    const onHead = (head: string, rest: Buffer): void => {
      isRead = true;
      const isRefused = fault === "dies-of-abort" && wasBrokenOff;
      wasBrokenOff = false;
      firstKey ??= /^sec-websocket-key:[ \t]*(\S+)/im.exec(head)?.[1];
      const request = isRefused ? { status: 503 } : readRequest(head, fault);
      if (!socket.writable) return;
      if ("status" in request) {
        if (fault === "upgrade-remembered" && before > 0 && firstKey !== undefined) {
          socket.write(answer({ key: firstKey, offered: [] }, name, fault), "latin1");
          echoStrictly(socket, rest, {});
          return;
        }
        const said = refusal(request, name, fault, head.trimStart().startsWith("HEAD "));
        if (!isKept(request)) {
          socket.end(said);
          return;
        }
        // The connection goes on as one of HTTP (RFC 9112 §9.3).
        socket.write(said);
        before++;
        if (fault === "frames-behind-refusal") echoStrictly(socket, rest, {});
        else onRequestHead(socket, onHead, rest);
        return;
      }
      const key = fault === "key-remembered" ? (firstKey ?? request.key) : request.key;
      if (fault === "key-shared") {
        lastKey = key;
        setImmediate(() => {
          socket.write(answer({ ...request, key: lastKey }, name, fault), "latin1");
          echoStrictly(socket, rest, {});
        });
        return;
      }
      socket.write(answer({ ...request, key }, name, fault), "latin1");
      if (fault === "http-behind" && rest.toString("latin1").startsWith("GET ")) {
        socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        return;
      }
      if (fault === "frames-as-http" && before > 0) {
        socket.once("data", () => socket.end(refusal({ status: 400 }, name, fault)));
        return;
      }
      echoStrictly(socket, rest, fault === "frame-in-one-read" ? { fault: "cut-frames-lost" } : {});
    };
    onRequestHead(socket, onHead);
  };
  return tcpMutant(name, serve);
}

function answer({ key, offered }: Opening, name: string, fault: HandshakeFaultName | undefined): string {
  const has = (one: HandshakeFaultName): boolean => fault === one;
  const isZero = has("accept-of-zeros") && /^A+==$/.test(key);
  const accept = `Sec-WebSocket-Accept: ${acceptKey(isZero || has("accept-wrong") ? `${key}x` : key)}`;
  const lines = [
    `HTTP/1.1 101${has("answer-without-space") ? "" : " Switching Protocols"}`,
    `Server: ${name}`,
    "Upgrade: websocket",
    ...(has("answer-upgrade-twice") ? ["Upgrade: websocket"] : []),
    ...(has("answer-connection-missing") ? [] : ["Connection: Upgrade"]),
    accept,
    ...(has("answer-accept-twice") ? [accept] : []),
    ...(has("answer-length") ? ["Content-Length: 0"] : []),
    ...(has("answer-protocol") ? ["Sec-WebSocket-Protocol: nobody.offered.this"] : []),
    ...(has("answer-extension") ? ["Sec-WebSocket-Extensions: x-nobody-offered-this"] : []),
    ...(has("answer-two-protocols") ? offered.map((each) => `Sec-WebSocket-Protocol: ${each}`) : []),
    "",
    has("answer-stray-octets") ? "\r\n" : "",
  ];
  return lines.join(has("answer-lf") ? "\n" : "\r\n");
}

const BODY = "no\n";

/** Whether the connection stays open behind a refusal. */
function isKept({ status }: Refused): boolean {
  return status === 426;
}

/** `isBare`: the answer to HEAD has no body. */
function refusal(
  { status }: Refused,
  name: string,
  fault: HandshakeFaultName | undefined,
  isBare = false,
): string {
  const upgrade = status === 426 && fault !== "426-without-upgrade" ? ["Upgrade: websocket"] : [];
  const versions = status === 426 && fault !== "versions-not-named" ? ["Sec-WebSocket-Version: 13"] : [];
  const head = [
    `HTTP/1.1 ${status} Refused`,
    `Server: ${name}`,
    ...(isKept({ status }) ? [] : ["Connection: close"]),
    ...upgrade,
    ...versions,
    `Content-Length: ${BODY.length + (fault === "refusal-cut" ? 1 : 0)}`,
  ];
  const more = fault === "body-too-long" && status === 426 ? "and more\n" : "";
  return `${head.join("\r\n")}\r\n\r\n${isBare ? "" : `${BODY}${more}`}`;
}
