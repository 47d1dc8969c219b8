import type { Case } from "../case/case.js";
import {
  answers,
  endsAnyhow,
  message,
  observesOpening,
  pongWith,
  refusesOpening,
  type Expectation,
} from "../case/expect.js";
import { requestLines, type OpeningExpectation, type RequestScript } from "../case/handshake.js";
import type { RequirementId } from "../case/requirements.js";
import { close, closeAfter, ping, text, until, type Step } from "../case/steps.js";

/** What a case about the opening handshake of a server says of itself. */
export interface Opening {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Instead of the usual sentences. */
  readonly expectation?: string;
  readonly requirements: readonly [RequirementId, ...RequirementId[]];
  /** Lines in place of those of the usual request (`requestLines`). */
  readonly lines?: Parameters<typeof requestLines>[0];
  readonly request?: Partial<RequestScript>;
  readonly refusal?: Omit<OpeningExpectation, "end">;
}

/** What shows that a connection is open: a text that comes back. */
const HELLO: readonly Step[] = [text("Hello"), closeAfter(2)];
/** The same after a 101 that should not have come; a Pong is proof, too. */
const IS_OPEN: readonly Step[] = [ping("open?"), text("open?"), closeAfter(1)];

/** The server has to open the connection. */
export function opens(opening: Opening): Case {
  return {
    expectation: "The server opens the connection and echoes a text message.",
    ...made(opening, HELLO, answers(message("Hello"))),
    requirements: [...opening.requirements, "6455-6.2-1"],
  };
}

/** The server must not open the connection. */
export function refuses(opening: Opening): Case {
  const { refusal = {}, requirements } = opening;
  return {
    expectation: "The server does not open the connection. It answers with an HTTP error, such as 400.",
    ...made(opening, IS_OPEN, refusesOpening(refusal, pongWith("open?"), message("open?"))),
    // Closing TCP without an answer is not strict, unless nothing says that there should be one.
    requirements: refusal.mayDrop === true ? requirements : [...requirements, "6455-10.7-3"],
  };
}

/** The RFCs leave it to the server, or do not say: what it does is recorded. */
export function watches(opening: Opening): Case {
  return {
    expectation: "The server opens the connection, or it does not: nothing is required.",
    ...made(opening, IS_OPEN, observesOpening(answers(pongWith("open?"), message("open?")))),
  };
}

/**
 * A request that comes behind another one, when that is answered: the server may close behind any answer, and refuse any
 * request. If it opens the connection, it is open.
 */
export function opensBehind(opening: Opening): Case {
  const script = [text("Hello"), until(message("Hello"), 2000), close(1000)];
  const found = made(opening, script, { ...endsAnyhow(message("Hello")), opening: { end: "either" } });
  return {
    expectation:
      "The server opens the connection and echoes a text message, or it refuses the second request as well, or closes TCP.",
    ...found,
    requirements: [...opening.requirements, "6455-6.2-1"],
  };
}

function made(
  { id, title, description, expectation, requirements, lines, request }: Opening,
  script: readonly Step[],
  expect: Expectation,
): Omit<Case, "expectation"> & Partial<Pick<Case, "expectation">> {
  return {
    id,
    title,
    description,
    ...(expectation === undefined ? {} : { expectation }),
    requirements,
    peer: "server",
    request: { lines: requestLines(lines), ...request },
    script,
    expect,
    since: "0.2.0",
  };
}
