import type { TransportEvents } from "../net/transport.js";
import { BODY_KEPT, type HandshakeRecord } from "../record/record.js";
import { SUITE_VERSION } from "../version.js";
import { headOverHttp2, parseResponse, type HandshakeRequest } from "../wire/http1.js";
import type { StreamEnd } from "../http2/stream.js";
import type { Field } from "../wire/http2/hpack.js";
import { problemSentence, type DialledHttp2 } from "./dial-peer.js";
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
  #body = Buffer.alloc(0);
  readonly #timer: { cancel(): void };

  constructor(context: OpenContext, http2: DialledHttp2) {
    this.#context = context;
    this.#http2 = http2;
    const { clock, timeoutMs } = context;
    this.#timer = clock.deadline(timeoutMs, () => {
      if (this.#next !== null) return;
      if (this.#refused !== null) return this.#finishRefused("open");
      this.#fail(`the peer ${this.#missing} within ${timeoutMs} ms`, "late");
    });
  }

  begin(): void {
    const { stream } = this.#http2;
    stream.attach({
      head: ({ fields }) => this.#take(fields),
      received: (chunk) => this.received(chunk),
      ended: (reset, because) => this.ended(reset, because),
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

  /** What the peer has not done. */
  get #missing(): string {
    if (this.#request !== null) return "did not answer the opening handshake";
    return this.#http2.hasSettings ? "did not acknowledge the tester's SETTINGS" : "sent no SETTINGS";
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
    const text = headOverHttp2(fields);
    const head = parseResponse(text);
    if (head.version !== "HTTP/2") {
      const response = text.slice(0, HEAD_KEPT);
      return this.#fail("the answer does not begin with :status (RFC 9113 §8.3.2)", undefined, response);
    }
    // An informational answer comes before the real one; 101 does not exist here.
    if (head.status >= 100 && head.status < 200 && head.status !== 101) return;
    const { target, offers = [], profile, end = "opened" } = this.#context;
    const lenient = profile === "autobahn";
    const asked = { key: "", subprotocols: target.subprotocols, extensions: offers, lenient };
    const read = { head: text, rest: new Uint8Array(0) };
    const answer = checked(this.#request, asked, head, read, end !== "opened");
    if (answer.handshake.opened) this.#finish(answer);
    else this.#refused = answer;
  }

  received(chunk: Uint8Array): void {
    this.#context.recorder.octets("<", chunk);
    if (this.#next !== null) return this.#next.received(chunk);
    if (this.#refused === null)
      return this.#fail("the peer sent DATA before it answered the opening handshake");
    this.#body = Buffer.concat([this.#body, chunk.subarray(0, BODY_KEPT - this.#body.length)]);
    if (this.#body.length >= BODY_KEPT) this.#finishRefused("cut");
  }

  ended(reset: boolean, because?: string): void {
    if (this.#next !== null) return this.#next.ended(reset, because);
    if (this.#refused !== null) return this.#finishRefused(reset ? "cut" : "whole");
    const { problem, stream } = this.#http2;
    if (problem !== undefined) {
      const noAnswer = problem.said === undefined ? "closed" : undefined;
      return this.#fail(problemSentence(problem), noAnswer, problem.said);
    }
    const how = endingText(stream.ending, reset);
    this.#fail(`the peer ${how} instead of answering the opening handshake`, reset ? "reset" : "closed");
  }

  #finishRefused(bodyEnd: NonNullable<HandshakeRecord["bodyEnd"]>): void {
    const refused = this.#refused;
    if (refused === null) return;
    const body = this.#body.length === 0 ? {} : { body: this.#body.toString("utf8") };
    this.#finish({ ...refused, handshake: { ...refused.handshake, ...body, bodyEnd } });
  }

  #fail(
    problem: string,
    noAnswer?: NonNullable<HandshakeRecord["noAnswer"]>,
    response: string | null = null,
  ): void {
    const why = noAnswer === undefined ? {} : { noAnswer };
    const handshake = { opened: false, request: this.#request, response, problem, ...why };
    this.#finish(opened(handshake, new Uint8Array(0), noAnswer === "late"));
  }

  #finish(answer: Opened): void {
    this.#timer.cancel();
    this.#next = this.#context.onAnswer(answer);
  }
}

function endingText(ending: StreamEnd | null, reset: boolean): string {
  if (ending?.by === "rst-stream") return `reset the stream (${ending.code})`;
  if (ending?.by === "end-stream") return "ended the stream";
  const goaway = ending?.goaway === undefined ? "" : ` (GOAWAY: ${ending.goaway})`;
  return `${reset ? "reset" : "closed"} the connection${goaway}`;
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
