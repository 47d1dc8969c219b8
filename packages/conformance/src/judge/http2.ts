import type { Case } from "../case/case.js";
import { isDemand } from "../case/requirements.js";
import type { Http2OthersRecord, Http2Record } from "../record/http2-record.js";
import type { CaseRecord } from "../record/record.js";
import { NOT_APPLICABLE } from "./closing.js";
import type { Finding } from "./finding.js";
import type { Judgement } from "./verdict.js";

/**
 * What a case over HTTP/2 shows of HTTP/2 itself, in both profiles. Undefined if nothing was wrong with it, and the rest of
 * the record decides.
 */
export function judgeHttp2(judged: Case, record: CaseRecord): Judgement | undefined {
  const { http2 } = record;
  if (http2 === undefined) return undefined;
  const found =
    beside(judged, http2) ??
    broken(http2) ??
    besides(http2) ??
    (isRefused(record) ? undefined : byRule(judged, record, http2));
  return found === undefined ? undefined : { ...found, ...NOT_APPLICABLE };
}

/** A server that refuses the request of a case shows nothing of what comes behind it. */
function isRefused({ handshake: { opened, status, noAnswer } }: CaseRecord): boolean {
  return !opened && (status !== undefined || noAnswer !== undefined);
}

/** The connection ended, and that may be the answer to what another case provoked: nobody knows whom to blame. */
function beside({ expect }: Case, { endedBeside }: Http2Record): Finding | undefined {
  if (endedBeside !== true || expect.http2 === "error") return undefined;
  const because =
    "the connection ended on which another case had provoked an error: one case at a time shows more";
  return { outcome: "blocked", because };
}

/** The tester had to give up the connection. */
function broken({ problem }: Http2Record): Finding | undefined {
  if (problem === undefined) return undefined;
  const because = `the peer broke HTTP/2: ${problem.because}`;
  const { requirement } = problem;
  return requirement === undefined
    ? { outcome: "blocked", because }
    : { outcome: "fail", because, requirement };
}

/** The other streams on the connection. */
function besides({ others }: Http2Record): Finding | undefined {
  if (others === undefined) return undefined;
  const { problem, unopened, gets, answered } = others;
  if (problem !== undefined) return { outcome: "fail", because: problem, requirement: ECHOES };
  if (unopened !== undefined) return { outcome: "non-strict", because: unopened, requirement: INDEPENDENT };
  if (answered < gets) {
    const because = `${gets - answered} of ${gets} GET requests on the connection were not answered`;
    return { outcome: "non-strict", because, requirement: INDEPENDENT };
  }
  return undefined;
}

const ECHOES = "6455-6.2-1";
/** RFC 9113 §5: what happens on one stream does not concern the others. */
const INDEPENDENT = "9113-5-1";
/** RFC 6455 §5.5.1: behind both Close frames the server ends the connection, which over HTTP/2 is the stream. */
const ENDS = "6455-5.5.1-8";
const ORDERLY = "8441-5-5";

function byRule(judged: Case, record: CaseRecord, http2: Http2Record): Finding | undefined {
  switch (judged.expect.http2) {
    case undefined:
      return undefined;
    case "setting":
    case "setting-kept":
    case "answer-fields":
      return http2Faults(record).find(({ rule }) => rule === judged.expect.http2)?.finding;
    case "end-stream":
      return endStream(record, http2);
    case "stream-ends":
      return http2.ended === null
        ? fault(judged.requirements[0], "the peer did not end its stream")
        : pass(`the peer ${endText(http2)}`);
    case "silent-behind-reset":
      return silent(http2);
    case "error":
      return error(judged, http2);
    case "acknowledges":
      return acknowledges(http2);
    case "others-go-on":
      return pass(othersText(http2.others));
  }
}

/** Behind both Close frames. Without them the closing handshake decides. */
function endStream({ close, role }: CaseRecord, http2: Http2Record): Finding | undefined {
  const who = role === "client" ? "server" : "client";
  if (close.remotePayload === null || close.localPayload === null || http2.ended === "end-stream")
    return undefined;
  if (http2.ended === null) {
    const requirement = role === "client" ? ENDS : ORDERLY;
    return fault(requirement, `the ${who} did not end its stream after both Close frames`);
  }
  return fault(ORDERLY, `the ${who} ${endText(http2)} after both Close frames; an orderly end is END_STREAM`);
}

/** END_STREAM alone is no error. */
function error({ requirements }: Case, http2: Http2Record): Finding {
  if (http2.ended === null) {
    return fault(requirements[0], "the peer ended neither the stream nor the connection");
  }
  if (http2.ended === "end-stream" && (http2.goaway ?? "NO_ERROR") === "NO_ERROR") {
    return fault(requirements[0], "the peer ended the stream with END_STREAM, as if nothing were wrong");
  }
  return pass(`the peer ${endText(http2)}`);
}

/** Without the acknowledgement nobody knows whether what came was on its way already. */
function silent(http2: Http2Record): Finding {
  const { behindReset = 0 } = http2;
  const unsaid = http2.ended === "connection" ? undefined : acknowledges(http2);
  if (unsaid !== undefined) return unsaid;
  if (behindReset === 0) return pass("the client sent nothing more on the stream that was reset");
  const frames = behindReset === 1 ? "1 frame" : `${behindReset} frames`;
  return fault("9113-5.1-1", `the client sent ${frames} on the stream that was reset`);
}

function acknowledges({ asked, acknowledged }: Http2Record): Finding | undefined {
  if (acknowledged.pings < asked.pings) {
    return fault("9113-6.7-1", `the peer acknowledged ${acknowledged.pings} of ${asked.pings} PINGs`);
  }
  if (acknowledged.settings < asked.settings) {
    const because = `the peer acknowledged ${acknowledged.settings} of ${asked.settings} SETTINGS`;
    return fault("9113-6.5.3-1", because);
  }
  return undefined;
}

function endText({ ended, code, goaway }: Http2Record): string {
  switch (ended) {
    case "rst-stream":
      return `reset the stream (RST_STREAM, ${code})`;
    case "end-stream":
      return "ended the stream (END_STREAM)";
    default:
      return `ended the connection${goaway === undefined ? "" : ` (GOAWAY, ${goaway})`}`;
  }
}

function othersText(others: Http2OthersRecord | undefined): string {
  if (others === undefined) return "nothing else was on the connection";
  const { webSockets, opened, refused, gets, answered } = others;
  const texts = [
    `${opened} of ${webSockets} other WebSockets on the connection opened and echoed`,
    ...(refused === 0 ? [] : [`${refused} were refused`]),
    ...(gets === 0 ? [] : [`${answered} of ${gets} GET requests were answered`]),
  ];
  return texts.join("; ");
}

/** Something wrong with HTTP/2 that every connection can show, and which rule says so. */
export interface Http2Fault {
  readonly rule: "setting" | "setting-kept" | "answer-fields" | "framing";
  readonly finding: Finding & { readonly requirement: string };
}

/** What is wrong with the settings and the answer of a server, whatever the case was about. */
export function http2Faults(record: CaseRecord): readonly Http2Fault[] {
  const { http2, role, handshake } = record;
  if (http2 === undefined || role !== "client") return [];
  const found = broken(http2);
  return [
    ...settingFaults(http2),
    ...answerFaults(handshake.response ?? ""),
    ...(found?.requirement === undefined
      ? []
      : [{ rule: "framing" as const, finding: { ...found, requirement: found.requirement } }]),
  ];
}

const ENABLE_CONNECT_PROTOCOL = 0x8;

/** RFC 8441 §3: the setting is 0 or 1, and never 0 after it was 1. */
function settingFaults({ settings }: Http2Record): readonly Http2Fault[] {
  const faults: Http2Fault[] = [];
  let announced = 0;
  settings.forEach((frame, at) => {
    const rule = at === 0 ? "setting" : "setting-kept";
    for (const [id, value] of frame) {
      if (id !== ENABLE_CONNECT_PROTOCOL) continue;
      const name = "SETTINGS_ENABLE_CONNECT_PROTOCOL";
      const because =
        value > 1
          ? `the server sent ${name} with the value ${value}`
          : value === 0 && announced !== 0
            ? `the server sent ${name} with the value 0 after it had sent ${announced}`
            : null;
      if (because !== null) faults.push({ rule, finding: fault("8441-3-1", because) });
      announced = value;
    }
  });
  return faults;
}

/** Fields that are about one connection, which HTTP/2 does not have (RFC 9113 §8.2.2). */
const OF_CONNECTION: ReadonlySet<string> = new Set([
  "connection",
  "proxy-connection",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
]);

/** A name is the peer's own text: a sentence holds this many characters of it. */
const NAME_SHOWN = 60;

function answerFaults(response: string): readonly Http2Fault[] {
  const names = response
    .split("\r\n")
    .filter((line) => line !== "")
    .map((line) => line.slice(0, line.indexOf(":", 1)));
  const faults: Http2Fault[] = [];
  const add = (requirement: string, because: string): void => {
    faults.push({ rule: "answer-fields", finding: fault(requirement, `the answer ${because}`) });
  };
  const upper = names.find((name) => /[A-Z]/.test(name));
  if (upper !== undefined)
    add("9113-8.2-2", `has a field "${upper.slice(0, NAME_SHOWN)}", whose name is not in small letters`);
  const own = names.find((name) => OF_CONNECTION.has(name.toLowerCase()));
  if (own !== undefined) add("9113-8.2.2-1", `has a ${own.toLowerCase()} field, which HTTP/2 does not have`);
  const pseudo = names.filter((name) => name.startsWith(":"));
  const isFirst = names.slice(0, pseudo.length).every((name) => name.startsWith(":"));
  if (response !== "" && (pseudo.length !== 1 || pseudo[0] !== ":status" || !isFirst))
    add("9113-8.3.2-1", "does not begin with :status as its only pseudo-header field");
  return faults;
}

function fault(requirement: string, because: string): Finding & { readonly requirement: string } {
  return { outcome: isDemand(requirement) ? "fail" : "non-strict", because, requirement };
}

function pass(because: string): Finding {
  return { outcome: "pass", because };
}
