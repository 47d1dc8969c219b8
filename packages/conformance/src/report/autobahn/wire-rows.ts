import type { FrameView, OctetsEntry, TimerEntry, WireEntry } from "../../record/wire-log.js";
import { octetsRule, payloadRule } from "./payload-rule.js";
import type { PythonValue } from "./python-json.js";

/** The wire log as the original keeps it: rows whose first element is their kind. It has no notes, violations or times. */
export function wireRows(entries: readonly WireEntry[]): PythonValue[] {
  return entries.flatMap((entry) => {
    const row = wireRow(entry);
    return row === null ? [] : [row];
  });
}

/** False if the log was switched off and not on again: what the original calls createWirelog at the end. */
export function isLogOnAtEnd(entries: readonly WireEntry[]): boolean {
  const last = entries.findLast((entry) => "log" in entry);
  return last === undefined || !("log" in last) || last.log;
}

function wireRow(entry: WireEntry): PythonValue[] | null {
  if ("frame" in entry) return entry.dir === ">" ? sentFrame(entry.frame) : receivedFrame(entry.frame);
  if ("octets" in entry) return octetsRow(entry);
  if ("timer" in entry) return timerRow(entry);
  if ("log" in entry) return ["WLM", entry.log];
  return null;
}

function octetsRow(entry: OctetsEntry): PythonValue[] {
  const octets = [entry.octets, octetsRule(entry.hex, entry.octets)];
  return entry.dir === ">" ? ["TO", octets, entry.queued === true] : ["RO", octets];
}

function receivedFrame(frame: FrameView): PythonValue[] {
  const payload = [frame.length, payloadRule(frame.payload, frame.length)];
  return ["RF", payload, frame.opcode, frame.fin, frame.rsv, frame.masked, frame.mask];
}

/** Of a repeated pattern the original logs the pattern, and the length of the payload apart. */
function sentFrame(frame: FrameView): PythonValue[] {
  const length = frame.pattern ?? frame.length;
  return [
    "TF",
    [length, payloadRule(frame.payload.slice(0, 2 * length), length)],
    frame.opcode,
    frame.fin,
    frame.rsv,
    frame.mask,
    frame.pattern === undefined ? null : frame.length,
    frame.chop ?? null,
    frame.sync === true,
  ];
}

function timerRow(entry: TimerEntry): PythonValue[] {
  const isSet = entry.phase === "set";
  if (entry.timer === "wait")
    return isSet ? ["CT", entry.seconds, entry.tag ?? null] : ["CTE", entry.tag ?? null];
  const kind = entry.timer === "kill" ? "KL" : "TI";
  return isSet ? [kind, entry.seconds] : [`${kind}E`];
}
