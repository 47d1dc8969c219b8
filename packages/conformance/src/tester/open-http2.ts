import type { TransportEvents } from "../net/transport.js";
import { BODY_KEPT, type HandshakeRecord } from "../record/record.js";
import { SUITE_VERSION } from "../version.js";
import { headOverHttp2, parseResponse, type HandshakeRequest } from "../wire/http1.js";
import type { Field } from "../wire/http2/hpack.js";
import type { DialledHttp2 } from "./dial-peer.js";
import { checked, HEAD_KEPT, opened, type OpenContext, type Opened } from "./opening.js";

/**
 * The opening handshake over HTTP/2 (RFC 8441 §4, §5): waits for the server's settings, sends an extended CONNECT, reads the
 * answer and checks it. `onAnswer` is called once, also if the handshake failed.
 */
export function openOverHttp2(context: OpenContext, http2: DialledHttp2): void {
  new Http2Opening(context, http2).begin();
}

class Http2Opening implements TransportEvents {
  readonly #context: OpenContext;
  readonly #http2: DialledHttp2;
  /** The head of the request, once it is sent. */
  #request: string | null = null;
  /** Takes over what comes behind the answer. */
  #next: TransportEvents | null = null;
  /** An answer that refused, and its body. */
  #refused: Opened | null = null;
  #body = "";
  readonly #timer: { cancel(): void };

  constructor(context: OpenContext, http2: DialledHttp2) {
    this.#context = context;
    this.#http2 = http2;
    const { clock, timeoutMs } = context;
    this.#timer = clock.deadline(timeoutMs, () => {
      if (this.#next !== null) return;
      if (this.#refused !== null) return this.#finishRefused("open");
      const what = this.#request === null ? "sent no SETTINGS" : "did not answer the opening handshake";
      this.#fail(`the peer ${what} within ${timeoutMs} ms`, "late");
    });
  }

  begin(): void {
    const { stream } = this.#http2;
    stream.attach({
      head: ({ fields }) => this.#take(fields),
      received: (chunk) => this.received(chunk),
      ended: (reset) => this.ended(reset),
    });
    this.#http2.whenKnown((takesConnect) => {
      if (this.#next !== null) return;
      if (takesConnect) this.#ask();
      // A client does not ask a server that has not said that it may (RFC 8441 §3).
      else
        this.#fail(
          "the server does not announce SETTINGS_ENABLE_CONNECT_PROTOCOL: it takes no WebSocket over HTTP/2",
        );
    });
  }

  #ask(): void {
    const { target, offers = [] } = this.#context;
    const userAgent = `wireproof/${SUITE_VERSION}`;
    const fields = connectFields({ ...target, key: "", userAgent, extensions: offers });
    this.#request = headOverHttp2(fields);
    this.#http2.stream.sendHead(fields);
  }

  #take(fields: readonly Field[]): void {
    // Behind the answer only trailers can come, which mean nothing.
    if (this.#next !== null || this.#refused !== null) return;
    const text = headOverHttp2(fields).slice(0, HEAD_KEPT);
    const head = parseResponse(text);
    // An informational answer comes before the real one; 101 does not exist here.
    if (head.status >= 100 && head.status < 200 && head.status !== 101) return;
    const { target, offers = [], profile, end = "opened" } = this.#context;
    const lenient = profile === "autobahn";
    const asked = { key: "", subprotocols: target.subprotocols, extensions: offers, lenient };
    const read = { head: text, rest: new Uint8Array(0) };
    const answer = checked(this.#request, asked, head, read, end !== "opened");
    if (answer.handshake.opened || head.status === 0) this.#finish(answer);
    else this.#refused = answer;
  }

  received(chunk: Uint8Array): void {
    if (this.#next !== null) return this.#next.received(chunk);
    this.#context.recorder.octets("<", chunk);
    this.#body += Buffer.from(chunk).toString("utf8", 0, BODY_KEPT - Math.min(BODY_KEPT, this.#body.length));
    if (this.#refused !== null && this.#body.length >= BODY_KEPT) this.#finishRefused("cut");
  }

  ended(reset: boolean): void {
    if (this.#next !== null) return this.#next.ended(reset);
    if (this.#refused !== null) return this.#finishRefused(reset ? "cut" : "whole");
    const { problem, stream } = this.#http2;
    if (problem !== undefined) return this.#fail(`the peer broke HTTP/2: ${problem.because}`, "closed");
    const { ending } = stream;
    const how =
      ending?.by === "rst-stream"
        ? `reset the stream (${ending.code})`
        : ending?.by === "end-stream"
          ? "ended the stream"
          : `${reset ? "reset" : "closed"} the connection`;
    this.#fail(`the peer ${how} instead of answering the opening handshake`, reset ? "reset" : "closed");
  }

  #finishRefused(bodyEnd: NonNullable<HandshakeRecord["bodyEnd"]>): void {
    const refused = this.#refused;
    if (refused === null) return;
    const body = this.#body === "" ? {} : { body: this.#body };
    this.#finish({ ...refused, handshake: { ...refused.handshake, ...body, bodyEnd } });
  }

  #fail(problem: string, noAnswer?: NonNullable<HandshakeRecord["noAnswer"]>): void {
    const why = noAnswer === undefined ? {} : { noAnswer };
    const handshake = { opened: false, request: this.#request, response: null, problem, ...why };
    this.#finish(opened(handshake, new Uint8Array(0), noAnswer === "late"));
  }

  #finish(answer: Opened): void {
    this.#timer.cancel();
    this.#next = this.#context.onAnswer(answer);
  }
}

/** The fields of an extended CONNECT (RFC 8441 §4, §5), those of the user behind them. */
export function connectFields({
  url,
  userAgent,
  origin,
  subprotocols = [],
  extensions = [],
  headers = [],
}: HandshakeRequest): readonly Field[] {
  const host = headers.find((line) => /^host:/i.test(line));
  return [
    [":method", "CONNECT"],
    [":protocol", "websocket"],
    [":scheme", url.protocol === "wss:" ? "https" : "http"],
    [":path", `${url.pathname}${url.search}`],
    [":authority", host === undefined ? url.host : host.slice("host:".length).trim()],
    ["user-agent", userAgent],
    ["sec-websocket-version", "13"],
    ...optional("origin", origin),
    ...optional("sec-websocket-protocol", subprotocols.join(", ") || undefined),
    ...optional("sec-websocket-extensions", extensions.join(", ") || undefined),
    ...headers.filter((line) => line !== host).map(lowerCase),
  ];
}

function optional(name: string, value: string | undefined): Field[] {
  return value === undefined ? [] : [[name, value]];
}

/** A field of the user, `Name: value`, as HTTP/2 writes it (RFC 9113 §8.2.1). */
function lowerCase(line: string): Field {
  const colon = line.indexOf(":");
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}
