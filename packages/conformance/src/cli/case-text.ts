import type { AnswerScript } from "../case/handshake.js";
import type { AcceptorName, Case, DeflateOffer, Illegality } from "../case/case.js";
import { DIFFERENCES } from "../case/difference.js";
import type { Ending, Expectation, Trace } from "../case/expect.js";
import { citation, requirement, rfcLink } from "../case/requirements.js";
import { sectionOf } from "../case/case-id.js";
import { FIRST_VERSION, SETS } from "../case/select.js";
import { FROZEN_SETS, UNSCORED_TEXTS, unscoredBy, type FrozenSet } from "../case/frozen-sets.js";
import { SECTIONS } from "../case/spec.js";
import { indent, labelled, wrap } from "../report/layout.js";
import { count } from "../report/words.js";
import { http2Text } from "./http2-text.js";
import { requestText } from "./request-text.js";
import { scriptLines, traceLines } from "./script-text.js";

const LABEL_COLUMNS = 14;

/** What a case does and what it demands, in words and wire lines, wrapped at `columns`. */
export function caseText(subject: Case, columns: number): string {
  const width = Math.max(columns, 60);
  const section = sectionOf(subject.id);
  const blocks = [
    [`${subject.id}  ${subject.title}`],
    [
      ...field("Section", `${section} ${SECTIONS.get(section) ?? ""}`, width),
      ...field("Since", sinceText(subject), width),
      ...FROZEN_SETS.flatMap((set) => field(`Set ${set.name}`, scoreText(set, subject), width)),
      ...subject.requirements.flatMap((id, i) =>
        field(i === 0 ? "Requires" : "", requirementText(id), width),
      ),
      ...field("Description", subject.description, width),
      ...field("Expectation", subject.expectation, width),
      ...field("Ending", endingText(subject), width),
    ],
    ["The tester", ...indent([...writingLines(subject, width - 2), ...scriptLines(subject)], 2)],
    ["The peer", ...indent(peerLines(subject.expect), 2)],
    differenceLines(subject, width),
  ];
  const filled = blocks.filter((block) => block.length > 0);
  return `${filled.map((block) => block.join("\n")).join("\n\n")}\n`;
}

function sinceText({ id, since = FIRST_VERSION }: Case): string {
  return SETS.get("autobahn")?.(id) === true ? `${since}; a case of Autobahn|Testsuite` : since;
}

function scoreText(set: FrozenSet, subject: Case): string {
  const reason = unscoredBy(set, subject);
  return reason === undefined ? "scored" : `not scored, ${reason}: ${UNSCORED_TEXTS[reason]}`;
}

/** How the connection has to end, in a sentence or two. */
export function endingText({ expect, differs = [] }: Pick<Case, "expect" | "differs">): string {
  if (expect.informational === true) return "Nothing is required; the result is only recorded.";
  if (expect.opening?.end === "refused") return "The connection does not open.";
  const { ending } = expect;
  const codes = `${ending.codes.length === 1 ? "" : "one of "}${ending.codes.join(", ")}`;
  const isOpen = differs.includes("close-code-not-used") || differs.includes("close-code-not-defined");
  const severity =
    ending.codeIsFatal !== true
      ? ""
      : isOpen
        ? " Under the modern profile, another valid code does not fail the case."
        : " Another code can fail the case.";
  return `${whoEnds(ending)}. If the peer sends a close code, ${codes} is expected.${severity}`;
}

/** What a script sends on purpose although the RFCs forbid it. */
export const ILLEGALITIES: Readonly<Record<Illegality, string>> = {
  "wrong-mask": "a frame that a client does not mask, or a server does",
  "length-form": "a length that is not written in its shortest form",
  "length-high-bit": "a length whose highest bit is set",
  rsv: "a reserved bit that is set",
  "reserved-opcode": "a reserved opcode",
  "fragmented-control": "a fragmented control frame",
  "long-control": "a control frame of more than 125 octets",
  "stray-continuation": "a continuation frame without a message",
  "interleaved-message": "a message inside another",
  "invalid-utf8": "text that is not UTF-8",
  "close-payload": "a malformed payload of a Close frame",
  "close-code": "a close code that is reserved or not defined",
  "frame-after-close": "a frame after the Close frame",
  "compressed-data": "compressed data that is not DEFLATE as RFC 7692 §7.2 demands",
};

/** Which offer of a client the tester accepts as a server, and what it adds to its answer. */
export const ACCEPTORS: Readonly<Record<AcceptorName, string>> = {
  plain: "takes the first offer as it is",
  "client-nct": "takes the first offer and adds client_no_context_takeover",
  "client-window-8": windowText(8),
  "client-window-9": windowText(9),
  "client-window-10": windowText(10),
  "client-window-11": windowText(11),
  "client-window-12": windowText(12),
  "client-window-13": windowText(13),
  "client-window-14": windowText(14),
  "client-window-15": windowText(15),
  "client-nct-window-9":
    "takes the first offer with client_max_window_bits, sets it to 9 and adds client_no_context_takeover",
  "client-nct-window-15":
    "takes the first offer with client_max_window_bits, sets it to 15 and adds client_no_context_takeover",
  "first-of-three":
    "takes the first offer with client_max_window_bits, sets it to 9 and adds client_no_context_takeover; failing that, takes the first offer and adds client_no_context_takeover",
};

function windowText(bits: number): string {
  return `takes the first offer with client_max_window_bits and sets it to ${bits}`;
}

function whoEnds(ending: Ending): string {
  if (ending.by === "peer") return "The peer fails the connection";
  return ending.clean
    ? "The tester starts the closing handshake and the peer completes it"
    : "The tester starts the closing handshake";
}

function requirementText(id: string): string {
  const { level, text } = requirement(id);
  return `${citation(id)} ${level}: ${text} (${rfcLink(id)})`;
}

function writingLines(
  {
    chop,
    chopFirst,
    sync,
    illegal = [],
    peer,
    joinsAnswer,
    request,
    answer,
    inspects,
    url,
    http2,
    alone,
    keepalive,
    quiet,
    deflate,
  }: Case,
  columns: number,
): readonly string[] {
  const lines: string[] = [];
  if (peer !== undefined) lines.push(`It is played with ${peer}s only.`);
  if (joinsAnswer === true)
    lines.push(
      ...wrap("The first frames are in one write with the answer to the opening handshake.", columns),
    );
  if (request !== undefined) lines.push(...requestText(request, columns));
  if (answer !== undefined) lines.push(...answerLines(answer, columns));
  if (http2 !== undefined) lines.push(...http2Text(http2, columns));
  if (inspects !== undefined) lines.push(`It is decided by a part of the request: ${inspects}.`);
  if (url !== undefined)
    lines.push(`The client gets the URL ${url.text}; the right target is ${url.target}.`);
  if (deflate !== undefined) lines.push(...wrap(deflateText(deflate, peer), columns));
  if (chop !== undefined) {
    const what =
      chopFirst === undefined ? "Every frame is" : `The first ${chopFirst} octets of every frame are`;
    lines.push(`${what} cut into writes of ${count(chop, "octet")}.`);
  }
  if (sync === true) lines.push("Each frame is a separate write.");
  if (keepalive === true) lines.push("It needs a peer that sends Pings by itself, and --keepalive.");
  if (alone === true) lines.push("No other case runs at the same time.");
  if (quiet === true) lines.push("The wire log is off while it runs.");
  if (illegal.length > 0)
    lines.push(`Illegal on purpose: ${illegal.map((one) => ILLEGALITIES[one]).join(", ")}.`);
  return lines;
}

/** Every line of the answer as it goes over the wire, its words in braces as they stand. */
function answerLines(answer: AnswerScript, columns: number): readonly string[] {
  const { lines, lineEnd, cutAt, chop, isHeldBack, endless, subprotocols, times } = answer;
  const how = [
    ...(isHeldBack === true ? ["after a pause"] : []),
    ...(lineEnd === undefined ? [] : [`with ${JSON.stringify(lineEnd)} for CRLF`]),
    ...(cutAt === undefined ? [] : [`only ${count(cutAt, "octet")} of it`]),
    ...(chop === undefined ? [] : [`in writes of ${count(chop, "octet")}`]),
    ...(endless === undefined ? [] : [`with a ${endless.of} that goes on and on`]),
    ...(times === undefined ? [] : [`${count(times, "time")} in a row`]),
    ...(subprotocols === undefined ? [] : [`if the client offers ${count(subprotocols, "subprotocol")}`]),
  ];
  if (lines.length === 0) return ["No answer is given."];
  return [
    ...wrap(
      `The answer to the opening handshake is${how.length === 0 ? "" : `, ${how.join(", ")}`}:`,
      columns,
    ),
    ...lines.map((line) => `  ${shortened(line, columns - 2)}`),
  ];
}

/** Control characters as escapes; a line that is too long ends with an ellipsis. */
function shortened(line: string, columns: number): string {
  const text = JSON.stringify(line.slice(0, columns)).slice(1, -1).replaceAll('\\"', '"');
  return text.length <= columns && line.length <= columns ? text : `${text.slice(0, columns - 1)}…`;
}

function deflateText({ offers, acceptor, needs = {} }: DeflateOffer, peer: Case["peer"]): string {
  const offered = offers.map((offer) => `"${offer}"`).join(", then ");
  const context = needs.context === true ? ["context takeover"] : [];
  const window = needs.windowBits === undefined ? [] : [`a window of ${needs.windowBits} bits`];
  const needed = [...context, ...window].join(" and ");
  return [
    ...(peer === "client" ? [] : [`As a client it offers ${offered}.`]),
    ...(peer === "server" ? [] : [`As a server it ${acceptorText(acceptor)}.`]),
    ...(needed === "" ? [] : [`For its own messages it needs ${needed}.`]),
  ].join(" ");
}

function acceptorText(acceptor: DeflateOffer["acceptor"]): string {
  if (typeof acceptor === "string") return ACCEPTORS[acceptor];
  const { needs, adds } = acceptor;
  if (adds === null) return "accepts no extension";
  return needs === "fit"
    ? `takes the first offer that fits and adds "${adds}"`
    : `answers "permessage-deflate${adds}"`;
}

function peerLines({ pass, nonStrict, informational, loopDecides, opening }: Expectation): readonly string[] {
  if (opening?.end === "refused")
    return ["does not count the connection as open; if it does, it sends", ...sentLines(pass)];
  return [
    ...(loopDecides === true ? ["echoes every message of the echo loop"] : sentLines(pass)),
    ...(nonStrict === undefined ? [] : ["or, non-strict,", ...sentLines(nonStrict)]),
    ...(informational === true ? ["or anything else: it is recorded, not judged"] : []),
  ];
}

function sentLines(trace: Trace): readonly string[] {
  return trace.length === 0 ? ["sends no message and no pong"] : traceLines(trace);
}

function differenceLines({ differs = [] }: Case, width: number): readonly string[] {
  if (differs.length === 0) return [];
  const reasons = differs.flatMap((id) => labelled("-", wrap(DIFFERENCES[id], width - 4), 2));
  return ["The modern profile can differ from autobahn", ...indent(reasons, 2)];
}

function field(label: string, value: string, width: number): readonly string[] {
  return labelled(label, wrap(value, width - LABEL_COLUMNS), LABEL_COLUMNS);
}
