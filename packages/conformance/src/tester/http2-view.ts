import { shown } from "../record/recorder.js";
import type { Http2FrameView } from "../record/wire-log.js";
import { errorName, Flag, FrameType, Setting, typeName, type Http2Frame } from "../wire/http2/frame.js";
import type { ReadHead } from "../http2/head-reader.js";

/** A frame as the wire log shows it. */
export function frameView(frame: Http2Frame, head?: ReadHead): Http2FrameView {
  const { type, stream, payload } = frame;
  const says = meaning(frame);
  return {
    type: typeName(type),
    flags: flagsOf(frame),
    stream,
    length: payload.length,
    ...(type === FrameType.data
      ? padding(frame)
      : { payload: isOfHead(type) ? shownHead(payload) : shown(payload) }),
    ...(head === undefined ? {} : { fields: firstFields(head.fields) }),
    ...(says === "" ? {} : { says }),
  };
}

/** So much of a head is shown, packed and unpacked: all of one that is not made to be large. */
const SHOWN_HEAD = 4096;
const SHOWN_FIELDS = 16_384;

function isOfHead(type: number): boolean {
  return type === FrameType.headers || type === FrameType.continuation;
}

function shownHead(payload: Uint8Array): string {
  return Buffer.from(payload.subarray(0, SHOWN_HEAD)).toString("hex");
}

function firstFields(fields: ReadHead["fields"]): ReadHead["fields"] {
  let octets = 0;
  return fields.filter(([name, value]) => {
    octets += name.length + value.length;
    return octets <= SHOWN_FIELDS;
  });
}

function padding({ flags, payload }: Http2Frame): Pick<Http2FrameView, "padding"> {
  return (flags & Flag.padded) === 0 ? {} : { padding: payload[0] ?? 0 };
}

const { data, headers, continuation, settings, ping, rstStream, goaway, windowUpdate } = FrameType;

function flagsOf({ type, flags }: Http2Frame): readonly string[] {
  const isSet = (flag: number, ...types: readonly number[]): boolean =>
    types.includes(type) && (flags & flag) !== 0;
  return [
    ...(isSet(Flag.ack, settings, ping) ? ["ACK"] : []),
    ...(isSet(Flag.endStream, data, headers) ? ["END_STREAM"] : []),
    ...(isSet(Flag.endHeaders, headers, continuation) ? ["END_HEADERS"] : []),
    ...(isSet(Flag.padded, data, headers) ? ["PADDED"] : []),
    ...(isSet(Flag.priority, headers) ? ["PRIORITY"] : []),
  ];
}

function meaning({ type, payload }: Http2Frame): string {
  const numbers = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const isAtLeast = (length: number): boolean => payload.length >= length;
  if (type === rstStream && isAtLeast(4)) return errorName(numbers.getUint32(0));
  if (type === windowUpdate && isAtLeast(4)) return String(numbers.getUint32(0) & 0x7fff_ffff);
  if (type === goaway && isAtLeast(8)) {
    return `${errorName(numbers.getUint32(4))}, the last stream is ${numbers.getUint32(0) & 0x7fff_ffff}`;
  }
  if (type !== settings) return "";
  const said: string[] = [];
  for (let at = 0; at + 6 <= payload.length && said.length < 20; at += 6) {
    const id = numbers.getUint16(at);
    said.push(`${SETTING_NAMES.get(id) ?? `0x${id.toString(16)}`} ${numbers.getUint32(at + 2)}`);
  }
  return said.join(", ");
}

const SETTING_NAMES: ReadonlyMap<number, string> = new Map([
  [Setting.headerTableSize, "HEADER_TABLE_SIZE"],
  [Setting.enablePush, "ENABLE_PUSH"],
  [Setting.maxConcurrentStreams, "MAX_CONCURRENT_STREAMS"],
  [Setting.initialWindowSize, "INITIAL_WINDOW_SIZE"],
  [Setting.maxFrameSize, "MAX_FRAME_SIZE"],
  [Setting.maxHeaderListSize, "MAX_HEADER_LIST_SIZE"],
  [Setting.enableConnectProtocol, "ENABLE_CONNECT_PROTOCOL"],
]);
