import { connect, type ClientHttp2Session, type ClientHttp2Stream } from "node:http2";
import { WrongReply } from "../replies.js";
import type { RawConnection } from "./raw-connection.js";

/** A TCP connection with TLS, and how many streams of it are open or opening. */
interface Session {
  readonly session: ClientHttp2Session;
  readonly ready: Promise<void>;
  streams: number;
}

const SESSIONS = new Map<number, Session[]>();

/** Opens a WebSocket connection as a stream of HTTP/2 (RFC 8441), at most `most` of them on one TCP connection. */
export async function openStream(port: number, most: number): Promise<RawConnection> {
  const shared = sessionFor(port, most);
  shared.streams++;
  try {
    await shared.ready;
    const stream = shared.session.request(
      {
        ":method": "CONNECT",
        ":protocol": "websocket",
        ":scheme": "https",
        ":path": "/",
        ":authority": `127.0.0.1:${port}`,
        "sec-websocket-version": "13",
      },
      { endStream: false },
    );
    stream.once("close", () => leave(shared));
    return await opened(stream);
  } catch (error) {
    leave(shared);
    throw error;
  }
}

function opened(stream: ClientHttp2Stream): Promise<RawConnection> {
  return new Promise((resolve, reject) => {
    const connection = new StreamConnection(stream);
    connection.onClosed = (error) =>
      reject(error ?? new Error("the server ended the stream in the opening handshake"));
    stream.once("response", (headers) => {
      const status = headers[":status"];
      if (status === 200) return resolve(connection);
      connection.destroy();
      reject(new WrongReply(`the server answered ${status}`));
    });
  });
}

function sessionFor(port: number, most: number): Session {
  const all = SESSIONS.get(port) ?? [];
  SESSIONS.set(port, all);
  const free = all.find(({ session, streams }) => streams < most && !session.destroyed);
  if (free !== undefined) return free;
  const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
  const ready = new Promise<void>((resolve, reject) => {
    session.once("error", reject);
    session.once("remoteSettings", ({ enableConnectProtocol }) => {
      if (enableConnectProtocol === true) resolve();
      else reject(new WrongReply("the server takes no extended CONNECT"));
    });
  });
  // Streams report what happens to their session.
  session.on("error", ignore);
  const added: Session = { session, ready, streams: 0 };
  all.push(added);
  return added;
}

/** The last stream takes the TCP connection with it. */
function leave(left: Session): void {
  if (--left.streams > 0) return;
  left.session.destroy();
  for (const [port, all] of SESSIONS) {
    const others = all.filter((one) => one !== left);
    if (others.length === 0) SESSIONS.delete(port);
    else SESSIONS.set(port, others);
  }
}

class StreamConnection implements RawConnection {
  readonly #stream: ClientHttp2Stream;
  onOctets: (octets: Buffer) => void = ignore;
  onClosed: (error: Error | null) => void = ignore;
  #error: Error | null = null;

  constructor(stream: ClientHttp2Stream) {
    this.#stream = stream;
    stream.on("data", (octets: Buffer) => this.onOctets(octets));
    stream.on("error", (error) => (this.#error = error));
    stream.on("close", () => this.onClosed(this.#error));
  }

  write(octets: Buffer): void {
    this.#stream.write(octets);
  }

  destroy(): void {
    this.onOctets = ignore;
    this.onClosed = ignore;
    this.#stream.destroy();
  }
}

function ignore(): void {}
