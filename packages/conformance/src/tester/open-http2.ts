import { connectFields } from "../case/http2-script.js";
import type { Http2Stream } from "../http2/stream.js";
import type { TransportEvents } from "../net/transport.js";
import { BODY_KEPT, type HandshakeRecord } from "../record/record.js";
import { SUITE_VERSION } from "../version.js";
import { headerValues, headOverHttp2, parseRequest, parseResponse } from "../wire/http1.js";
import type { Field } from "../wire/http2/hpack.js";
import { requestFields } from "../wire/http2-request.js";
import type { Http2Session } from "./http2-session.js";
import { BODY_MS, checked, elements, HEAD_KEPT, opened, type OpenContext, type Opened } from "./opening.js";

/** On which stream of a connection the opening handshake is, and what it asks for. */
export type Http2Asking = Pick<
  Http2Session,
  "request" | "problem" | "takesConnect" | "whenKnown" | "send"
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
  #body = "";
  #timer: { cancel(): void };

  constructor(context: OpenContext, http2: Http2Asking) {
    this.#context = context;
    this.#http2 = http2;
    const { clock, timeoutMs } = context;
    this.#timer = clock.deadline(timeoutMs, () => {
      if (this.#next !== null) return;
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
    const text = headOverHttp2(fields).slice(0, HEAD_KEPT);
    const head = parseResponse(text);
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
