import type { Case } from "../case/case.js";
import { readRequest, type IncomingRequest } from "../tester/read-request.js";
import { acceptHttp2 } from "../tester/accept-http2.js";
import { answerWhole } from "../tester/answering.js";
import { asSentence, refuse } from "../tester/refusal.js";
import type { SocketConnection } from "../net/socket-transport.js";
import { IGNORE_EVENTS, type Transport, type TransportEvents } from "../net/transport.js";
import { openingRequest, type OpeningRequest } from "../wire/check-request.js";
import { headerValues, type RequestHead } from "../wire/http1.js";
import type { CaseRecord } from "../record/record.js";
import { unplayed } from "../record/unplayed.js";
import type { Admission } from "./admission.js";
import { Agents, type Agent } from "./agents.js";
import { isControlProblem, readControl, type Control } from "./control-url.js";
import { Conversation } from "./conversation.js";
import { Flights, type FlightsContext } from "./flights.js";
import type { ServeLimits } from "./limits.js";
import { Backlog, ObedientConversation } from "./obey.js";
import type { ServeObserver } from "./observer.js";
import { BROWSER_PATH, browserDocument } from "./browser-page.js";
import { headersFor } from "./web-server.js";
import { infoText, statusText } from "./replies.js";
import { openUrlPort, type UrlPort, type UrlPortContext } from "./url-port.js";
import { welcomePage } from "./welcome-page.js";

export interface SessionContext extends Omit<FlightsContext, "agents" | "settled"> {
  readonly cases: readonly Case[];
  readonly once: boolean;
  readonly isExcluded: (agent: string, caseId: string) => boolean;
  readonly skipped: (agent: string, caseId: string, from: string) => void;
  readonly reported: () => Promise<void>;
  readonly stop: () => void;
  readonly observer: ServeObserver;
  readonly admission: Admission;
  readonly limits: ServeLimits;
  readonly tls: UrlPortContext["tls"];
  /** Cases are played over HTTP/2 (RFC 8441), and only so. */
  readonly http2: boolean;
  /** Size of the events so far, in octets. */
  readonly recorded: () => number;
}

/** Not a requirement: no client has to speak HTTP/2. */
const FELL_BACK = "over HTTP/1.1";

const NO_URL =
  "this client asks for its cases by URL, so that the tester cannot give it another one; wireproof test-client --single does";

/** A client that did not open a URL, and how that was, in a clause. */
export interface Unopened {
  readonly url: string;
  readonly unopened: string;
}

/** A question on a connection that plays no case. `skip`: a case that is excluded for the agent. */
type Question = Exclude<Control, { do: "run" }> | { readonly do: "skip" };

/** Decides for each accepted connection: it plays a case, it is a question with an answer, or it is refused. */
export class Session {
  readonly agents: Agents;
  readonly flights: Flights;
  /** The address at which the server listens. */
  url = "";
  readonly #context: SessionContext;
  /** The cases that clients ask for by their URLs. */
  readonly #walked: readonly Case[];
  readonly #backlog = new Backlog();
  readonly #reports: Reports;
  /** Streams of HTTP/2 that are open. */
  #streams = 0;

  constructor(context: SessionContext) {
    const { emit, reported, limits } = context;
    this.#context = context;
    this.#reports = new Reports(emit, reported);
    this.#walked = context.cases.filter(({ url }) => url === undefined);
    this.agents = new Agents((agent, from) => {
      emit({ type: "peer-up", peer: agent.peer, agent: agent.name, url: from });
      if (context.observer.givesUrls?.() !== true) this.#leaveOutUrls(agent);
    }, limits.agents);
    this.flights = new Flights({
      ...context,
      agents: this.agents,
      settled: () => this.#reports.outdate(),
    });
  }

  /** Takes over an accepted connection. `from`: the address of the client. */
  accept(connection: SocketConnection, from: string): void {
    const { clock, timeouts, profile } = this.#context;
    readRequest({
      connection,
      clock,
      timeoutMs: timeouts.openMs,
      lenient: profile === "autobahn",
      ...(this.#context.http2 ? { onHttp2: () => this.#acceptHttp2(connection.transport, from) } : {}),
      onRequest: (incoming) => this.#answer(incoming, connection.transport, from),
    });
  }

  #acceptHttp2(transport: Transport, from: string): TransportEvents {
    const { limits } = this.#context;
    return acceptHttp2({
      ...this.#context,
      transport,
      idleMs: limits.resultMs,
      entered: () => {
        if (this.#streams >= limits.connections) return false;
        this.#streams++;
        return true;
      },
      left: () => this.#streams--,
      onRequest: (incoming, stream) => this.#answer(incoming, stream, from),
    });
  }

  /** Listens for the only request of a case that is about its URL. A string says why that cannot be. */
  openUrl(played: Case, agentName: string): Promise<UrlPort | string> {
    const { url } = played;
    if (url === undefined) throw new TypeError(`case ${played.id} has no URL of its own`);
    return openUrlPort({
      ...this.#context,
      case: { ...played, url },
      play: (incoming, transport, from, given) => {
        const agent = this.agents.enter(agentName, from);
        if (agent === null) return turnAway(transport, 503, "this run has too many agents already");
        return this.flights.play(played, agent, incoming, transport, given);
      },
    });
  }

  /** Reports a case for which a client that has come before opened no connection. */
  report(played: Case, agentName: string, seen: Pick<CaseRecord, "untried" | "notPlayed"> | Unopened): void {
    const agent = this.agents.find(agentName);
    const { profile, clock } = this.#context;
    const about = { profile, role: "server", startedAt: clock.date() } as const;
    if (agent === undefined) return;
    const record =
      "unopened" in seen
        ? unplayed({ ...about, handshake: { url: seen.url, problem: seen.unopened } })
        : unplayed({ ...about, why: seen });
    this.flights.report(played, agent, record);
  }

  #leaveOutUrls(agent: Agent): void {
    for (const one of this.#context.cases) {
      if (one.url !== undefined) this.report(one, agent.name, { untried: NO_URL });
    }
  }

  /** Ids of cases without a result. */
  missing(agent: string): readonly string[] {
    const { cases, isExcluded } = this.#context;
    const ids = cases.map(({ id }) => id);
    return ids.filter((id) => this.agents.outcome(agent, id) === undefined && !isExcluded(agent, id));
  }

  #answer(incoming: IncomingRequest, transport: Transport, from: string): TransportEvents {
    const { checked, head } = incoming;
    if (this.#context.signal.aborted) return turnAway(transport, 503, "the server is about to stop");
    const refusal = this.#context.admission.check(head);
    if (refusal !== null) return turnAway(transport, refusal.status, refusal.sentence);
    if (checked.kind === "plain") return this.#welcome(head, transport);
    const control = readControl(head.target, this.#walked);
    const opening = openingRequest(checked, this.#context.profile);
    if (!isControlProblem(control) && opening !== undefined) this.#context.observer.visited?.(control.do);
    if (!isControlProblem(control) && control.do === "run") {
      return this.#run(control, { ...incoming, opening }, transport, from);
    }
    if (opening === undefined) {
      if (checked.kind === "refused") refuse(transport, checked);
      return IGNORE_EVENTS;
    }
    if (isControlProblem(control)) return turnAway(transport, control.status, control.sentence);
    return this.#converse(control, opening, incoming.rest, transport);
  }

  /** A plain HTTP request: a browser, or a script that checks whether the server is up. */
  #welcome(head: RequestHead, transport: Transport): TransportEvents {
    const [host] = [...headerValues(head, ":authority"), ...headerValues(head, "host")];
    const run = { url: this.url, cases: this.#walked, http2: true };
    const document =
      this.#context.http2 && head.target === BROWSER_PATH ? browserDocument(run, host) : undefined;
    if (document !== undefined) {
      const headers = Object.entries(headersFor("text/html", document.connect))
        .filter(([name]) => name !== "Content-Type")
        .map((field) => field.join(": "));
      answerWhole(transport, { status: 200, headers, type: "text/html", body: document.body });
      return IGNORE_EVENTS;
    }
    const body = welcomePage(this.url, this.#walked.length);
    answerWhole(transport, { status: 200, type: "text/html", body });
    return IGNORE_EVENTS;
  }

  /** Also for a request that is refused: then the result of the case is that the connection does not open. */
  #run(
    { case: played, agent: name }: Extract<Control, { do: "run" }>,
    incoming: IncomingRequest & { readonly opening: OpeningRequest | undefined },
    transport: Transport,
    from: string,
  ): TransportEvents {
    const { opening } = incoming;
    if (this.#context.isExcluded(name, played.id) && opening !== undefined) {
      this.#context.skipped(name, played.id, from);
      return this.#converse({ do: "skip" }, opening, incoming.rest, transport);
    }
    const agent = this.agents.enter(name, from);
    if (agent === null) return turnAway(transport, 503, "this run has too many agents already");
    if (this.#context.http2 && incoming.http2 === undefined) return this.#fellBack(agent, transport);
    const { checked } = incoming;
    if (
      checked.kind === "refused" &&
      opening !== undefined &&
      this.agents.isNewFault(name, checked.requirement)
    ) {
      const text = `${asSentence(checked.sentence)} The cases are played nevertheless; ${this.#context.http2 ? "35.2.2 judges" : "those of 22.1 judge"} the request.`;
      this.#context.emit({ type: "note", peer: agent.peer, text });
    }
    const tooMuch = this.#excess(played, agent);
    if (tooMuch !== null) return turnAway(transport, 429, tooMuch);
    return this.flights.play(played, agent, incoming, transport);
  }

  /** What a client does over HTTP/1.1 is no result of a run over HTTP/2. */
  #fellBack({ name, peer }: Agent, transport: Transport): TransportEvents {
    const sentence = "this run tests clients over HTTP/2 (--http2), and the case was asked for over HTTP/1.1";
    if (this.agents.isNewFault(name, FELL_BACK))
      this.#context.emit({
        type: "note",
        peer,
        text: `${asSentence(sentence)} What comes so is not played.`,
      });
    return turnAway(transport, 505, sentence);
  }

  /** A client that plays a case again and again must not fill the disk. */
  #excess(played: Case, { name, peer }: Agent): string | null {
    const { limits, recorded, emit } = this.#context;
    if (recorded() >= limits.recordOctets) {
      return `the record of this run has reached ${limits.recordOctets} octets, so that no further case begins`;
    }
    if (this.agents.plays(name, played.id) < limits.plays) return null;
    const sentence = `case ${played.id} was played ${limits.plays} times for this agent, which is the limit of a run`;
    if (this.agents.isNewToExcess(name)) emit({ type: "note", peer, text: sentence });
    return sentence;
  }

  /** `rest`: the octets that came after the request. */
  #converse(
    question: Question,
    request: OpeningRequest,
    rest: Uint8Array,
    transport: Transport,
  ): TransportEvents {
    const { signal, observer } = this.#context;
    const afterwards: (() => void)[] = [];
    const onGone = (): void => {
      for (const callback of afterwards) callback();
    };
    const onCommand = (): void => observer.visited?.("command");
    const { commandMs } = this.#context.limits;
    const context = {
      ...this.#context,
      transport,
      request,
      onGone,
      onCommand,
      commandMs,
      backlog: this.#backlog,
    };
    const conversation =
      question.do === "obey" ? new ObedientConversation(context) : new Conversation(context);
    if (question.do === "obey") afterwards.push(() => observer.left?.());
    const abandon = (): void => conversation.connection.abandon();
    signal.addEventListener("abort", abandon);
    afterwards.push(() => signal.removeEventListener("abort", abandon), this.#reply(question, conversation));
    if (rest.length > 0) conversation.events.received(rest);
    return conversation.events;
  }

  /** Answers, and returns a function to call when the connection is gone. */
  #reply(question: Question, conversation: Conversation): () => void {
    switch (question.do) {
      case "count":
        conversation.answer(String(this.#walked.length));
        return nothing;
      case "info":
        conversation.answer(infoText(question.case));
        return nothing;
      case "status":
        this.#waitForResult(conversation);
        return this.agents.whenSettled(question.agent, question.case.id, (outcome) => {
          conversation.answer(statusText(outcome));
        });
      case "report":
        return this.#report(question, conversation);
      case "skip":
        conversation.close();
        return nothing;
      case "stop":
        conversation.close();
        return this.#context.stop;
      case "obey":
        return nothing;
    }
  }

  #waitForResult(conversation: Conversation): void {
    const { resultMs } = this.#context.limits;
    conversation.closeUnlessWithin(resultMs, `no result came within ${resultMs} ms`);
  }

  /** The connection is closed when the reports are written. Only then the server may stop. */
  #report({ agent, stops }: Extract<Control, { do: "report" }>, conversation: Conversation): () => void {
    const { once, fail, stop } = this.#context;
    const known = agent === null ? undefined : this.agents.find(agent);
    this.#reports.wanted(known?.peer).then(() => conversation.close(), fail);
    return () => {
      if (stops || (once && this.#isComplete(agent))) stop();
    };
  }

  /**
   * True if no case is in flight and the agent has a result for every case. Some clients ask for reports under another
   * name; then every agent must have all results.
   */
  #isComplete(name: string | null): boolean {
    if (this.flights.size > 0 || this.agents.size === 0) return false;
    const known = name !== null && this.agents.find(name) !== undefined;
    return (known ? [name] : this.agents.names).every((agent) => this.missing(agent).length === 0);
  }
}

/**
 * Reports on demand. If there is no new result since the last reports, they are up to date and are not written again.
 */
class Reports {
  readonly #emit: SessionContext["emit"];
  readonly #reported: SessionContext["reported"];
  #last: Promise<void> | undefined;

  constructor(emit: SessionContext["emit"], reported: SessionContext["reported"]) {
    this.#emit = emit;
    this.#reported = reported;
  }

  /** Call this when there is a result that the last reports do not have. */
  outdate(): void {
    this.#last = undefined;
  }

  /** Settles when the reports are written. */
  wanted(peer: string | undefined): Promise<void> {
    if (this.#last === undefined) {
      this.#emit({ type: "checkpoint", ...(peer === undefined ? {} : { peer }) });
      this.#last = this.#reported();
    }
    return this.#last;
  }
}

function turnAway(transport: Transport, status: number, sentence: string): TransportEvents {
  refuse(transport, { status, sentence });
  return IGNORE_EVENTS;
}

function nothing(): void {}
