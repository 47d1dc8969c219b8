import type { Field } from "../http2/fields.js";
import { echoStrictly } from "../mutants/strict-echo.js";
import { CLOSE, FrameReader, encodeFrame } from "../mutants/frames.js";
import type { Http2ClientFaultName } from "./http2-faults.js";
import { ClientSession, type ClientStream } from "./http2-session.js";
import type { EchoClient } from "./walk.js";

/** An echo client over HTTP/2. All its connections are streams of one session for each address, as in a browser. */
export interface Http2Client extends EchoClient {
  /** Ends its sessions. */
  close(): void;
}

/**
 * A client over HTTP/2 (RFC 8441) made of sockets, with one fault or none. It keeps RFC 6455 §5 to §8 as the strict clients do.
 * It offers no extension and no subprotocol. `ca`: certificates to trust, in PEM.
 */
export function http2Client(fault?: Http2ClientFaultName, ca?: string): Http2Client {
  const sessions = new Map<string, ClientSession>();
  const sessionFor = (url: URL, ownFault: Http2ClientFaultName | undefined): ClientSession => {
    // Questions have no faults: the answers to them are no cases.
    const key = `${ownFault ?? ""} ${url.protocol}${url.host}`;
    const known = sessions.get(key);
    if (known?.isUsable === true) return known;
    const session = new ClientSession(url, ownFault, ca);
    sessions.set(key, session);
    return session;
  };
  return {
    echo: async (text) => {
      const url = new URL(text);
      await visit(sessionFor(url, fault), url, fault, (stream) =>
        echoStrictly(stream, Buffer.alloc(0), { isClient: true }),
      );
    },
    ask: async (text) => {
      const url = new URL(text);
      let said: string | null = null;
      await visit(sessionFor(url, undefined), url, undefined, (stream) => {
        const reader = new FrameReader(({ opcode, payload }) => {
          if (opcode === CLOSE) stream.end(encodeFrame(CLOSE, payload, true));
          else said ??= payload.toString();
        });
        stream.on("data", (chunk: Buffer) => reader.push(chunk));
      });
      return said;
    },
    close: () => {
      for (const session of sessions.values()) session.close();
    },
  };
}

/** Resolves when the stream is gone, or could not be opened. */
async function visit(
  session: ClientSession,
  url: URL,
  fault: Http2ClientFaultName | undefined,
  opened: (stream: ClientStream) => void,
): Promise<void> {
  if (!(await session.takesConnect())) return;
  await new Promise<void>((resolve) => {
    const stream = session.open(request(url, fault), (fields) => {
      const status = Number(new Map(fields).get(":status"));
      const isInterim = status >= 100 && status < 200 && status !== 101;
      if (isInterim && fault !== "interim-is-final") return;
      if (isOpening(fields, fault)) opened(stream);
      else stream.destroy();
    });
    stream.on("close", resolve);
  });
}

function request(url: URL, fault: Http2ClientFaultName | undefined): readonly Field[] {
  const has = (one: Http2ClientFaultName): boolean => fault === one;
  const isSecure = url.protocol === "wss:";
  const scheme = has("scheme-of-websocket") ? url.protocol.slice(0, -1) : isSecure ? "https" : "http";
  const fields: readonly (Field | null)[] = [
    [":method", "CONNECT"],
    [":protocol", has("protocol-in-capitals") ? "WebSocket" : "websocket"],
    has("no-scheme") ? null : [":scheme", scheme],
    [":path", `${url.pathname}${url.search}`],
    has("host-for-authority") ? null : [":authority", url.host],
    has("host-for-authority") ? ["host", url.host] : null,
    has("connection-sent") ? ["connection", "Upgrade"] : null,
    has("upgrade-sent") ? ["upgrade", "websocket"] : null,
    [
      has("names-in-capitals") ? "Sec-WebSocket-Version" : "sec-websocket-version",
      has("version-12") ? "12" : "13",
    ],
    has("subprotocol-twice") ? ["sec-websocket-protocol", "chat, chat"] : null,
  ];
  return fields.filter((field) => field !== null);
}

function isOpening(fields: readonly Field[], fault: Http2ClientFaultName | undefined): boolean {
  const has = (one: Http2ClientFaultName): boolean => fault === one;
  const values = new Map(fields);
  const status = Number(values.get(":status"));
  const isRight = status >= 200 && status < 300;
  const opens = isRight || has("status-ignored") || (has("status-101-opens") && status === 101);
  if (!opens) return false;
  if (values.has("sec-websocket-extensions") && !has("extension-ignored")) return false;
  return !values.has("sec-websocket-protocol") || has("subprotocol-ignored");
}
