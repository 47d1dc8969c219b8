import { Opcode } from "../case/opcode.js";
import type { Http2Others as OthersScript } from "../case/http2-script.js";
import type { Http2Stream } from "../http2/stream.js";
import type { Target } from "../net/target.js";
import type { EventView, Profile } from "../record/record.js";
import type { Http2OthersRecord } from "../record/http2-record.js";
import { Recorder } from "../record/recorder.js";
import { sameEvent, viewOf } from "../record/event-view.js";
import type { Clock } from "../time/clock.js";
import { message } from "../case/expect.js";
import { SUITE_VERSION } from "../version.js";
import { closeOctets } from "../wire/close-payload.js";
import { headOverHttp2, parseResponse } from "../wire/http1.js";
import { requestFields } from "../wire/http2-request.js";
import { TesterConnection } from "./connection.js";
import type { Http2Session } from "./http2-session.js";
import { openOverHttp2 } from "./open-http2.js";
import type { Timeouts } from "./timeouts.js";

export interface OthersContext {
  readonly target: Target;
  readonly profile: Profile;
  readonly clock: Clock;
  readonly timeouts: Timeouts;
}

/** What is on the connection of a case beside its own stream. */
export class Http2Others {
  readonly #session: Http2Session;
  readonly #script: OthersScript;
  readonly #context: OthersContext;
  readonly #open: OtherWebSocket[] = [];
  #webSockets = 0;
  #opened = 0;
  #refused = 0;
  #gets = 0;
  #answered = 0;
  #problem: string | undefined;
  #unopened: string | undefined;

  constructor(session: Http2Session, script: OthersScript, context: OthersContext) {
    this.#session = session;
    this.#script = script;
    this.#context = context;
    session.keep();
  }

  /** Opens the WebSockets that come before that of the case, and sends the GET requests. Resolves when all have an answer. */
  async begin(): Promise<void> {
    const { webSockets = 0, gets = 0 } = this.#script;
    await new Promise<void>((resolve) => {
      const timer = this.#context.clock.deadline(this.#context.timeouts.openMs, resolve);
      this.#session.whenKnown(() => {
        timer.cancel();
        resolve();
      });
    });
    if (!this.#session.takesConnect) return;
    // The stream of the case counts as well, and so does a GET until its answer has ended (RFC 9113 §5.1.2).
    const room = Math.max(0, this.#session.mostStreams - 1);
    const requests = Math.min(gets, room);
    await Promise.all(Array.from({ length: requests }, () => this.#get()));
    await this.#webSocketsOpen(Math.min(webSockets, room));
  }

  /** The stream of the case is over: the others have to go on, and later ones open. Then all of them close. */
  async finish(): Promise<Http2OthersRecord> {
    await Promise.all(this.#open.map((one) => this.#echo(one)));
    await this.#webSocketsOpen(this.#script.later ?? 0);
    await Promise.all(this.#open.map((one) => one.close()));
    const problem = this.#problem;
    const unopened = this.#unopened;
    return {
      webSockets: this.#webSockets,
      opened: this.#opened,
      refused: this.#refused,
      gets: this.#gets,
      answered: this.#answered,
      ...(unopened === undefined ? {} : { unopened }),
      ...(problem === undefined ? {} : { problem }),
    };
  }

  async #webSocketsOpen(count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => this.#webSocket()));
  }

  async #webSocket(): Promise<void> {
    const number = ++this.#webSockets;
    const one = await openOther(this.#session, number, this.#context);
    if (typeof one === "string") {
      this.#unopened ??= one;
    } else if (one === null) {
      this.#refused++;
    } else {
      this.#opened++;
      this.#open.push(one);
      await this.#echo(one);
    }
  }

  async #echo(one: OtherWebSocket): Promise<void> {
    const problem = await one.echo();
    if (problem !== null) this.#problem ??= problem;
  }

  async #get(): Promise<void> {
    this.#gets++;
    if (await isAnswered(this.#session.another(), this.#context)) this.#answered++;
  }
}

/** A WebSocket on a stream of its own; null if the peer refuses it, or what went wrong, in a clause. */
function openOther(
  session: Http2Session,
  number: number,
  context: OthersContext,
): Promise<OtherWebSocket | null | string> {
  const { target, profile, clock, timeouts } = context;
  const stream = session.another();
  const recorder = new Recorder(clock, () => undefined);
  return new Promise((resolve) => {
    openOverHttp2(
      {
        target,
        profile,
        recorder,
        clock,
        timeoutMs: timeouts.openMs,
        onAnswer: ({ handshake }) => {
          if (handshake.opened) {
            const other = new OtherWebSocket(stream, number, recorder, context);
            resolve(other);
            return other.events;
          }
          const wasRefused = handshake.status !== undefined || isRefusal(stream);
          stream.destroy();
          resolve(
            wasRefused ? null : `another WebSocket on the connection did not open: ${handshake.problem}`,
          );
          return { received: () => undefined, ended: () => undefined };
        },
      },
      {
        stream,
        request: {},
        problem: undefined,
        takesConnect: true,
        hasSettings: true,
        whenKnown: (callback) => session.whenKnown(callback),
        send: () => undefined,
      },
    );
  });
}

/** RFC 9113 §8.7: the request was not looked at. */
function isRefusal({ ending }: Http2Stream): boolean {
  return ending?.by === "rst-stream" && ending.code === "REFUSED_STREAM";
}

class OtherWebSocket {
  readonly events;
  readonly #number: number;
  readonly #connection: TesterConnection;
  readonly #timeouts: Timeouts;
  #echoes = 0;
  #onEvent: (event: EventView) => void = () => undefined;
  #onEnd: () => void = () => undefined;

  constructor(stream: Http2Stream, number: number, recorder: Recorder, context: OthersContext) {
    this.#number = number;
    this.#timeouts = context.timeouts;
    this.#connection = new TesterConnection({
      ...context,
      role: "client",
      transport: stream,
      recorder,
      onEvent: (event) => this.#onEvent(event),
      onState: () => {
        if (this.#connection.state === "closed") this.#onEnd();
      },
    });
    this.events = {
      received: (chunk: Uint8Array) => this.#connection.receive(chunk),
      ended: (reset: boolean) => this.#connection.end(reset),
    };
  }

  /** Sends a text that no other stream has. Resolves with null when it has come back, or with what went wrong, in a clause. */
  echo(): Promise<string | null> {
    const text = `stream ${this.#number}, message ${++this.#echoes}`;
    const expected = viewOf(message(text));
    const which = "another WebSocket on the connection";
    return new Promise((resolve) => {
      if (this.#connection.state !== "open") return resolve(`${which} was closed`);
      const timer = this.#connection.deadline(this.#timeouts.closeMs, () =>
        resolve(`${which} did not echo a text message within ${this.#timeouts.closeMs} ms`),
      );
      this.#onEvent = (event) => {
        timer.cancel();
        resolve(sameEvent(expected, event) ? null : `${which} echoed something else than was sent on it`);
      };
      this.#onEnd = () => {
        timer.cancel();
        resolve(`${which} was closed`);
      };
      const payload = Buffer.from(text);
      this.#connection.sendFrame({ opcode: Opcode.text, fin: true, rsv: 0, payload });
    });
  }

  /** Closes it, and resolves when it is over. How it closes does not matter. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#onEnd = resolve;
      if (this.#connection.state === "closed") return resolve();
      this.#connection.startClose(closeOctets(1000));
    });
  }
}

/** Sends a GET request. Resolves when its answer has ended, or in time: whether it was answered, with whatever status. */
function isAnswered(stream: Http2Stream, { target, clock, timeouts }: OthersContext): Promise<boolean> {
  return new Promise((resolve) => {
    let hasStatus = false;
    const timer = clock.deadline(timeouts.openMs, () => {
      stream.sendReset("CANCEL");
      resolve(hasStatus);
    });
    stream.attach({
      head: ({ fields }) => {
        hasStatus ||= parseResponse(headOverHttp2(fields)).status >= 200;
      },
      received: () => undefined,
      ended: () => {
        timer.cancel();
        resolve(hasStatus || isRefusal(stream));
      },
    });
    const userAgent = `wireproof/${SUITE_VERSION}`;
    stream.sendHead(requestFields(PLAIN_GET, { ...target, key: "", userAgent }), true);
  });
}

const PLAIN_GET = [
  [":method", "GET"],
  [":scheme", "{scheme}"],
  [":path", "{path}"],
  [":authority", "{authority}"],
  ["user-agent", "{agent}"],
  ["{headers}", ""],
] as const;
