import { isAboutNegotiation, type Case } from "./case.js";
import { ANSWER_WORDS, type AnswerScript, type EarlierRequest } from "./handshake.js";
import { REQUIREMENTS } from "./requirements.js";

/** What is wrong with the opening handshake of a case; each is the end of a sentence that begins with the case. */
export function* checkHandshake(value: Case): Iterable<string> {
  const { peer, request, answer, inspects, expect, requirements } = value;
  const { opening } = expect;
  const hasWords = [request, answer, value.http2?.request, value.http2?.answer].some(
    (own) => own !== undefined,
  );
  const isNegotiation = isAboutNegotiation(value);
  if (opening !== undefined && opening.reply === undefined && !hasWords && !isNegotiation) {
    yield "says how the opening handshake ends, but not what it says";
  }
  if (hasWords && expect.informational === true && opening?.end !== "either") {
    yield "only observes what comes behind its opening handshake, but judges that";
  }
  if (inspects !== undefined && peer !== "client") {
    yield "inspects the request of a client, but does not say that it is for clients only";
  }
  if (value.url !== undefined && (peer !== "client" || inspects !== undefined)) {
    yield "gives the client a URL, but is not for clients only, or looks at something else as well";
  }
  if (answer !== undefined) yield* checkAnswer(value, answer);
  const mustEcho = isNegotiation
    ? expect.pass.length > 0
    : (request ?? value.http2) !== undefined && opening?.reply === undefined && expect.pass.length > 0;
  if (mustEcho && (opening?.end ?? "opened") === "opened" && !requirements.includes("6455-6.2-1")) {
    yield "opens a connection, but does not name what it demands of the echo";
  }
  if (request === undefined) return;
  if (peer !== "server") yield "says what the request is, but not that it is for servers only";
  const { chop, cuts = [] } = request;
  if (chop !== undefined && !(Number.isInteger(chop) && chop >= 1)) {
    yield `cuts its request into writes of ${chop} octets`;
  }
  if (cuts.some((at) => !Number.isInteger(at)) || (chop !== undefined && cuts.length > 0)) {
    yield "cuts its request in two ways, or inside an octet";
  }
  const { crowd = 1 } = request;
  if (!(Number.isInteger(crowd) && crowd >= 1 && crowd <= 200)) yield `opens ${crowd} connections`;
  if (request.crowd !== undefined && (value.alone !== true || opening?.end !== "either")) {
    yield "opens many connections, but is not alone, or demands that they open";
  }
  if (request.before !== undefined) yield* checkBefore(request.before, value);
  if ([...request.lines, ...(request.before?.lines ?? [])].some((line) => /[^\0-\xff]/.test(line)))
    yield "has a line with a character above U+00FF";
}

function* checkBefore(
  { lines, refusedBy }: EarlierRequest,
  { request, expect, requirements }: Case,
): Iterable<string> {
  if (lines.length === 0) yield "has no line in the request that comes before";
  if (!REQUIREMENTS.has(refusedBy)) yield `names the requirement ${refusedBy}, which does not exist`;
  if ((expect.opening?.end ?? "opened") === "opened")
    yield "demands that a server goes on behind an answer, which no server has to";
  if (expect.opening?.end === "either" && !requirements.includes("6455-6.2-1"))
    yield "may open a connection, but does not name what it demands of the echo";
  if (request?.behind !== undefined || request?.endless !== undefined)
    yield "has octets behind a request that comes behind another one";
}

function* checkAnswer({ peer, expect, requirements, script }: Case, answer: AnswerScript): Iterable<string> {
  if (peer !== "client") yield "says what the answer is, but not that it is for clients only";
  const { lines, chop, cutAt, endless, subprotocols, times } = answer;
  for (const [what, number] of Object.entries({ chop, cutAt, subprotocols, times })) {
    if (number !== undefined && !(Number.isInteger(number) && number >= 1)) {
      yield `has an answer whose ${what} is ${number}`;
    }
  }
  if (endless?.text === "") yield "has an endless answer of nothing";
  if (lines.some((line) => /[^\0-\xff]/.test(line))) yield "has a line with a character above U+00FF";
  const words = lines.flatMap((line) => [...line.matchAll(/\{([^}]*)\}/g)].map(([, word]) => word));
  const unknown = words.find((word) => !ANSWER_WORDS.some((known) => known === word));
  if (unknown !== undefined) yield `has the word {${unknown}} in its answer, which stands for nothing`;
  const opens =
    (expect.opening?.end ?? "opened") === "opened" && !script.some(({ do: what }) => what === "end-tcp");
  if (opens && !requirements.includes("6455-6.2-1")) {
    yield "opens a connection, but does not name what it demands of the echo";
  }
}
