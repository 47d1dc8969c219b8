import type { TesterOptions } from "../tester/tester-options.js";
import type { Timeouts } from "../tester/timeouts.js";
import { didYouMean } from "../cli/nearest.js";
import { quote } from "../report/escape.js";
import { SpecError } from "./spec-error.js";

/** Options of the original, translated for the tester. */
export interface ProtocolOptions {
  readonly testerOptions: TesterOptions;
  readonly timeouts: Partial<Timeouts>;
  /** Where the tester does not follow the options, one sentence each without a full stop. */
  readonly warnings: readonly string[];
}

/** A limit of 0 seconds means no limit, but the case of a peer that never answers has to end. */
const LONGEST_MS = 600_000;
/** The longest time limit that is accepted, in seconds. */
const LONGEST_S = 86_400;

type Reading = { testerOptions: TesterOptions; timeouts: Partial<Timeouts>; warnings: string[] };
type Side = "client" | "server";
interface Rule {
  /** Which role the tester must have; both roles if absent. */
  readonly side?: Side;
  readonly read: (value: unknown, name: string, into: Reading) => void;
}

/**
 * Reads the `options` of a spec file. `side`: the role of the tester. Throws a SpecError for an option that the
 * original does not know or a value that it does not accept; both end the process of the original, too.
 */
export function protocolOptions(options: Readonly<Record<string, unknown>>, side: Side): ProtocolOptions {
  const into: Reading = { testerOptions: {}, timeouts: {}, warnings: [] };
  for (const [name, value] of Object.entries(options)) {
    const rule = RULES.get(name);
    if (rule === undefined) {
      throw new SpecError(`there is no option ${quote(name)}${didYouMean(name, [...RULES.keys()])}`);
    }
    if (rule.side !== undefined && rule.side !== side) {
      into.warnings.push(`the option ${name} has no effect: the tester is the ${side}`);
    } else rule.read(value, name, into);
  }
  return into;
}

function flag(set: (on: boolean) => TesterOptions): Rule["read"] {
  return (value, name, into) => {
    if (typeof value !== "boolean") throw wrongType(name, "true or false", value);
    Object.assign(into.testerOptions, set(value));
  };
}

/** 0: no limit. */
function octets(set: (limit: number) => TesterOptions): Rule["read"] {
  return (value, name, into) => {
    if (!isWhole(value)) throw wrongType(name, "a whole number of octets", value);
    if (value > 0) Object.assign(into.testerOptions, set(value));
  };
}

function seconds(set: (ms: number) => Partial<Timeouts>): Rule["read"] {
  return (value, name, into) => {
    if (typeof value !== "number" || !(value >= 0 && value <= LONGEST_S)) {
      throw wrongType(name, `a number of seconds from 0 to ${LONGEST_S}`, value);
    }
    if (value === 0) {
      into.warnings.push(`the option ${name} is 0, which means ${LONGEST_MS / 1000} seconds`);
    }
    Object.assign(into.timeouts, set(value === 0 ? LONGEST_MS : value * 1000));
  };
}

/** An option that is ignored. `isSo`: the value asks for what happens anyway, so that no warning is needed. */
function ignored(isSo: (value: unknown) => boolean): Rule["read"] {
  return (value, name, into) => {
    if (!isSo(value)) into.warnings.push(`the option ${name} is ignored`);
  };
}

const isOff = (value: unknown): boolean => value === false || value === 0 || value === null;
const isOn = (value: unknown): boolean => value === true;

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ["failByDrop", { read: flag((on) => ({ failsByDrop: on })) }],
  ["echoCloseCodeReason", { read: flag((on) => ({ echoesCloseCode: on })) }],
  ["utf8validateIncoming", { read: flag((on) => ({ acceptsInvalidUtf8: !on })) }],
  ["acceptMaskedServerFrames", { side: "client", read: flag((on) => ({ acceptsAnyMasking: on })) }],
  ["requireMaskedClientFrames", { side: "server", read: flag((on) => ({ acceptsAnyMasking: !on })) }],
  ["maxFramePayloadSize", { read: octets((limit) => ({ maxFrameOctets: limit })) }],
  ["maxMessagePayloadSize", { read: octets((limit) => ({ maxMessageOctets: limit })) }],
  ["autoFragmentSize", { read: octets((limit) => ({ autoFragmentOctets: limit })) }],
  ["openHandshakeTimeout", { read: seconds((ms) => ({ openMs: ms })) }],
  ["closeHandshakeTimeout", { read: seconds((ms) => ({ closeMs: ms })) }],
  ["serverConnectionDropTimeout", { side: "client", read: seconds((ms) => ({ dropMs: ms })) }],
  // 18 is the last draft. Drafts 13 to 18 have the number of the RFC on the wire.
  ["version", { side: "client", read: ignored((value) => isWhole(value) && value >= 13 && value <= 18) }],
  ["versions", { side: "server", read: ignored((value) => Array.isArray(value) && value.includes(13)) }],
  ["allowHixie76", { read: ignored(isOff) }],
  ["maskClientFrames", { side: "client", read: ignored(isOn) }],
  ["maskServerFrames", { side: "server", read: ignored(isOff) }],
  ["applyMask", { read: ignored(isOn) }],
  ["tcpNoDelay", { read: ignored(isOn) }],
  ["autoPingInterval", { read: ignored(isOff) }],
  ["autoPingTimeout", { read: ignored(isOff) }],
  ["autoPingSize", { read: ignored(isWhole) }],
  ["webStatus", { side: "server", read: ignored(isOn) }],
  ["serveFlashSocketPolicy", { side: "server", read: ignored(isOff) }],
  ["flashSocketPolicy", { side: "server", read: ignored(() => true) }],
  ["allowedOrigins", { side: "server", read: ignored((value) => isEverything(value)) }],
  ["maxConnections", { side: "server", read: ignored(isOff) }],
  ["perMessageCompressionOffers", { side: "client", read: ignored(isOff) }],
  ["perMessageCompressionAccept", { read: ignored(isOff) }],
]);

function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isEverything(value: unknown): boolean {
  return value === "*" || (Array.isArray(value) && value.includes("*"));
}

function wrongType(name: string, wanted: string, value: unknown): SpecError {
  return new SpecError(
    `the option ${name} must be ${wanted}, not ${quote(JSON.stringify(value) ?? "nothing")}`,
  );
}
