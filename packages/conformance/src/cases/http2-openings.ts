import type { Case } from "../case/case.js";
import { answers, message, pongWith, refusesOpening, type Expectation } from "../case/expect.js";
import type { OpeningExpectation } from "../case/handshake.js";
import { connectFields, type Http2Field, type Http2Script } from "../case/http2-script.js";
import type { RequirementId } from "../case/requirements.js";
import { closeAfter, ping, text, type Step } from "../case/steps.js";

/** What a case for servers over HTTP/2 says of itself. */
export interface OverHttp2 {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Instead of the usual sentences. */
  readonly expectation?: string;
  readonly requirements: readonly [RequirementId, ...RequirementId[]];
  readonly http2?: Http2Script;
  readonly script?: readonly Step[];
  readonly expect?: Expectation;
}

/** What shows that a connection is open: a text that comes back. */
export const HELLO: readonly Step[] = [text("Hello"), closeAfter(2)];

/** The server opens the connection and echoes. */
export function echoesOverHttp2(told: OverHttp2): Case {
  const { requirements, ...rest } = told;
  return {
    expectation: "The server opens the connection and echoes every message.",
    script: HELLO,
    expect: answers(message("Hello")),
    http2: {},
    peer: "server",
    since: "0.2.0",
    ...rest,
    requirements: requirements.includes("6455-6.2-1") ? requirements : [...requirements, "6455-6.2-1"],
  };
}

/** A request with other fields than the usual one. */
export interface Asking extends Omit<OverHttp2, "http2" | "script" | "expect"> {
  /** In place of usual fields (`connectFields`), and behind them. */
  readonly fields: Parameters<typeof connectFields>[0];
  readonly more?: readonly Http2Field[];
  readonly refusal?: Omit<OpeningExpectation, "end">;
}

/** The server must not open the connection. */
export function refusesOverHttp2({ fields, more = [], refusal = {}, ...told }: Asking): Case {
  return {
    expectation: "The server does not open the connection. It answers with an HTTP error, such as 400.",
    script: [ping("open?"), text("open?"), closeAfter(1)],
    expect: refusesOpening(refusal, pongWith("open?"), message("open?")),
    http2: { request: { fields: connectFields(fields, ...more) } },
    peer: "server",
    since: "0.2.0",
    ...told,
  };
}

/** A head that HTTP/2 does not allow: RFC 9113 §8.1.1 wants a reset, and lets an answer come before. */
export function malformed(asking: Omit<Asking, "requirements">): Case {
  return refusesOverHttp2({
    expectation:
      "The server does not open the connection: it resets the stream with PROTOCOL_ERROR, or answers with an HTTP error, such as 400.",
    refusal: { mayDrop: true },
    ...asking,
    requirements: ["9113-8.2-1"],
  });
}
