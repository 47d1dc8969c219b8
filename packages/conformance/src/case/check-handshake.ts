import type { Case } from "./case.js";

/** What is wrong with the opening handshake of a case; each is the end of a sentence that begins with the case. */
export function* checkHandshake({ peer, request, expect, requirements }: Case): Iterable<string> {
  const { opening } = expect;
  if (opening !== undefined && opening.reply === undefined && request === undefined) {
    yield "says how the opening handshake ends, but not what it says";
  }
  if (request !== undefined && expect.informational === true && opening?.end !== "either") {
    yield "only observes what comes behind its opening handshake, but judges that";
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
  if (request.lines.some((line) => /[^\0-\xff]/.test(line))) yield "has a line with a character above U+00FF";
  if (
    opening?.reply === undefined &&
    (opening?.end ?? "opened") === "opened" &&
    !requirements.includes("6455-6.2-1")
  ) {
    yield "opens a connection, but does not name what it demands of the echo";
  }
}
