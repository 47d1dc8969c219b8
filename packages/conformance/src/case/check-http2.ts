import type { Case } from "./case.js";
import type { Http2Frame } from "./http2-script.js";

/** What is wrong with what a case does over HTTP/2; each is the end of a sentence that begins with the case. */
export function* checkHttp2({ http2, expect, script, request, answer, peer }: Case): Iterable<string> {
  const steps = script.flatMap((step) => (step.do === "http2-frame" ? [step] : []));
  if (http2 === undefined) {
    if (expect.http2 !== undefined)
      yield "demands something of HTTP/2, and does not say that it is played over it";
    if (steps.length > 0) yield "sends frames of HTTP/2, and does not say that it is played over it";
    return;
  }
  if (request !== undefined || answer !== undefined) yield "is over HTTP/2, and has a head of HTTP/1.1";
  const { request: asked = {}, before = [], data = {}, room = 0, others, settings = [] } = http2;
  if ((others !== undefined || http2.request !== undefined) && peer !== "server")
    yield "asks a server for something, but is not for servers only";
  if (http2.answer !== undefined && peer !== "client")
    yield "answers a client otherwise, but is not for clients only";
  if (expect.http2 === "others-go-on" && others === undefined) yield "is about other streams, and has none";
  const { cut, padding, behind = [] } = asked;
  if (cut !== undefined && !isCount(cut, 1)) yield `cuts its head into frames of ${cut} octets`;
  if (padding !== undefined && !isCount(padding, 1, 255)) yield `pads its head with ${padding} octets`;
  if (data.size !== undefined && !isCount(data.size, 1)) yield `has DATA frames of ${data.size} octets`;
  if (data.padding !== undefined && !isCount(data.padding, 0, 255))
    yield `has DATA frames with ${data.padding} octets of padding`;
  if (!isCount(room, 0, LARGEST_ROOM)) yield `makes room for ${room} octets`;
  for (const [what, number] of Object.entries(others ?? {})) {
    if (!isCount(number, 1, MOST_STREAMS)) yield `has ${number} other streams (${what})`;
  }
  for (const [id, value] of settings) {
    if (!isCount(id, 0, 0xffff) || !isCount(value, 0, 0xffff_ffff)) yield `has the setting ${id} of ${value}`;
  }
  for (const frame of [...before, ...behind, ...steps]) yield* checkFrame(frame);
}

/** The largest window, and streams that a case may open beside its own. */
const LARGEST_ROOM = 0x7fff_ffff;
const MOST_STREAMS = 1000;

function* checkFrame({ type, flags = 0, payload }: Http2Frame): Iterable<string> {
  if (!isCount(type, 0, 255) || !isCount(flags, 0, 255))
    yield `sends a frame of type ${type} with flags ${flags}`;
  const size = FIXED_SIZES.get(type);
  if (size !== undefined && payload.length !== size)
    yield `sends a frame of type ${type} with ${payload.length} octets, which the tester could not count`;
}

/** RST_STREAM and WINDOW_UPDATE: the tester reads the number in them as the peer does. */
const FIXED_SIZES: ReadonlyMap<number, number> = new Map([
  [0x3, 4],
  [0x8, 4],
]);

function isCount(value: number, least: number, most = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
