import { connectFields } from "../case/http2-script.js";
import type { Http2Stream } from "../http2/stream.js";
import type { TransportEvents } from "../net/transport.js";
import { BODY_KEPT, type HandshakeRecord } from "../record/record.js";
import { SUITE_VERSION } from "../version.js";
import type { StreamEnd } from "../http2/stream.js";
import { headerValues, headOverHttp2, parseRequest, parseResponse } from "../wire/http1.js";
import type { Field } from "../wire/http2/hpack.js";
import { requestFields } from "../wire/http2-request.js";
import { problemSentence, type Http2Session } from "./http2-session.js";
import { BODY_MS, checked, elements, HEAD_KEPT, opened, type OpenContext, type Opened } from "./opening.js";

/** On which stream of a connection the opening handshake is, and what it asks for. */
export type Http2Asking = Pick<
  Http2Session,
  "request" | "problem" | "takesConnect" | "hasSettings" | "whenKnown" | "send"
> & {
  readonly stream: Http2Stream;
};

/**
 * The opening handshake over HTTP/2 (RFC 8441 §4, §5): waits for the server's settings, sends an extended CONNECT, reads the
 * answer and checks it. `onAnswer` is called once, also if the handshake failed.
 */
export function openOverHttp2(context: OpenContext, http2: Http2Asking): void {
  new Http2Opening(context, http2).begin();
}

class Http2Opening implements TransportEvents {
  readonly #context: OpenContext;
  readonly #http2: Http2Asking;
  /** The head of the request, once it is sent. */
  #request: string | null = null;
  /** Takes over what comes behind the answer. */
  #next: TransportEvents | null = null;
  /** An answer that refused, and its body. */
  #refused: Opened | null = null;
  #body = Buffer.alloc(0);
  #timer: { cancel(): void };

  constructor(context: OpenContext, http2: Http2Asking) {
    this.#context = context;
    this.#http2 = http2;
    const { clock, timeoutMs } = context;
    this.#timer = clock.deadline(timeoutMs, () => {
      if (this.#next !== null) return;
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
    if (this.#http2.request.early === true) return this.#ask();
    this.#http2.whenKnown(() => {
      if (this.#next !== null) return;
      if (this.#http2.takesConnect) this.#ask();
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
    const { stream, request } = this.#http2;
    const userAgent = `wireproof/${SUITE_VERSION}`;
    const usual = { ...target, key: "", userAgent, extensions: offers };
    const fields = requestFields(request.fields ?? connectFields(), usual);
    this.#request = headOverHttp2(fields);
    stream.sendHead(fields, request.endsStream === true, request);
    for (const frame of request.behind ?? []) this.#http2.send(frame);
    if (stream.isReset) this.#fail("the tester reset the stream before an answer came");
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
    const { profile, end = "opened" } = this.#context;
    const said = parseRequest(this.#request ?? "");
    const asked = {
      key: "",
      subprotocols: elements(headerValues(said, "sec-websocket-protocol")),
      extensions: elements(headerValues(said, "sec-websocket-extensions")),
      lenient: profile === "autobahn",
    };
    const read = { head: text, rest: new Uint8Array(0) };
    const answer = checked(this.#request, asked, head, read, end !== "opened");
    // Only an answer that refuses has a body to wait for.
    if (answer.handshake.opened || head.status < 300) this.#finish(answer);
    else this.#waitForBody(answer);
  }

  #waitForBody(answer: Opened): void {
    this.#refused = answer;
    this.#timer.cancel();
    this.#timer = this.#context.clock.deadline(Math.min(BODY_MS, this.#context.timeoutMs), () =>
      this.#finishRefused("open"),
    );
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
