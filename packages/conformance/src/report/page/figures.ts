import { Opcode } from "../../case/opcode.js";
import type { CaseRecord, TrafficCounts } from "../../record/record.js";
import type { PageFigures } from "./page-event.js";

/** Messages below this size are no load that is worth a plot. */
const LOAD_OCTETS = 65_536;

/** What plots need to know about a play; undefined for a case that carries no load. */
export function figuresOf(record: CaseRecord): PageFigures | undefined {
  if (record.loop !== undefined) return loopFigures(record, record.loop);
  const [event] = record.events;
  if (event?.type !== "message" || record.eventCount !== 1 || event.length < LOAD_OCTETS) return undefined;
  const frames = dataFrames(record);
  const chop = usualSize(record);
  return {
    messages: 1,
    size: event.length,
    ...(frames > 1 ? { fragment: Math.ceil(event.length / frames) } : {}),
    ...(frames === 1 && chop < event.length ? { chop } : {}),
  };
}

function loopFigures(record: CaseRecord, loop: NonNullable<CaseRecord["loop"]>): PageFigures {
  const { traffic } = record;
  const size = traffic === undefined ? payloadOf(usualSize(record)) : sizeOf(traffic.sent);
  return {
    messages: loop.matched,
    ...(size === undefined ? {} : { size }),
    ...fragmentOf(traffic?.sent),
    ...(loop.latency === undefined ? {} : { latency: loop.latency }),
    ...ratio("ratioReceived", traffic?.received),
    ...ratio("ratioSent", traffic?.sent),
  };
}

function sizeOf({ application, messages }: TrafficCounts): number | undefined {
  return messages === 0 ? undefined : Math.round(application / messages);
}

/** Where messages went out in several frames: the payload of one. */
function fragmentOf(sent: TrafficCounts | undefined): Pick<PageFigures, "fragment"> {
  if (sent === undefined || sent.frames <= sent.messages) return {};
  return { fragment: Math.round(sent.payload / sent.frames) };
}

function ratio(name: "ratioReceived" | "ratioSent", counts: TrafficCounts | undefined): Partial<PageFigures> {
  if (counts === undefined || counts.application === 0) return {};
  return { [name]: counts.payload / counts.application };
}

function dataFrames({ frames }: CaseRecord): number {
  const opcodes = [Opcode.continuation, Opcode.text, Opcode.binary];
  return opcodes.reduce<number>((total, opcode) => total + (frames.sent[String(opcode)] ?? 0), 0);
}

/** The size of the writes that carried most octets. */
function usualSize({ octets }: CaseRecord): number {
  let most = 0;
  let usual = 0;
  for (const [key, times] of Object.entries(octets.sent)) {
    const size = Number(key);
    if (size * times <= most) continue;
    most = size * times;
    usual = size;
  }
  return usual;
}

/** Payload of a masked frame of so many octets (RFC 6455 §5.2). */
function payloadOf(octets: number): number {
  const header = octets <= 6 + 125 ? 6 : octets <= 8 + 65_535 ? 8 : 14;
  return Math.max(0, octets - header);
}
