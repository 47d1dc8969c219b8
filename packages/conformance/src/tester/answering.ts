import type { Http2Answer } from "../case/http2-answer.js";
import { Http2Stream } from "../http2/stream.js";
import type { Transport } from "../net/transport.js";
import type { Recorder } from "../record/recorder.js";
import { SUITE_VERSION } from "../version.js";
import { encodeAnswer, encodeOpening, headOverHttp2 } from "../wire/http1.js";
import type { Field } from "../wire/http2/hpack.js";

/** The tester's `Server` header. */
export const SERVER_NAME: string = `wireproof/${SUITE_VERSION}`;

/** An answer that is not written yet. */
export interface Answer {
  /** Its head as it goes over the wire; over HTTP/2 a line for each field. */
  readonly text: string;
  /** Writes the head. */
  readonly write: (recorder?: Recorder) => void;
}

/** The answer that opens a connection: 101 (RFC 6455 §4.2.2), on a stream of HTTP/2 200 (RFC 8441 §5). */
export function openingAnswer(
  transport: Transport,
  opening: { readonly key: string; readonly extension: string | null; readonly original: boolean },
): Answer {
  if (transport instanceof Http2Stream) {
    const { extension } = opening;
    const extensions = extension === null ? [] : [["sec-websocket-extensions", extension] as const];
    return answerOverHttp2(transport, { fields: [...USUAL_FIELDS, ...extensions] });
  }
  const text = encodeOpening({ ...opening, server: SERVER_NAME });
  return {
    text,
    write: (recorder) => {
      const octets = Buffer.from(text, "latin1");
      recorder?.octets(">", octets);
      transport.write(octets);
    },
  };
}

const USUAL_FIELDS: readonly Field[] = [
  [":status", "200"],
  ["server", SERVER_NAME],
];

/** Any heads as an answer. Their frames are recorded by whoever follows the connection. */
export function answerOverHttp2(
  stream: Http2Stream,
  { fields = USUAL_FIELDS, interim, ...shape }: Http2Answer,
): Answer {
  const before = interim === undefined ? "" : headOverHttp2(interim);
  return {
    text: `${before}${headOverHttp2(fields)}`,
    write: () => {
      if (interim !== undefined) stream.sendHead(interim);
      stream.sendHead(fields, false, shape);
    },
  };
}

export interface WholeAnswer {
  readonly status: number;
  /** Further header lines, `Name: value`. */
  readonly headers?: readonly string[];
  /** The media type, without its charset. */
  readonly type: "text/plain" | "text/html";
  readonly body: string;
}

/** Writes an answer with its body, and ends the connection. Returns the head and the body as they went out. */
export function answerWhole(transport: Transport, answer: WholeAnswer, recorder?: Recorder): string {
  if (!(transport instanceof Http2Stream)) {
    const octets = encodeAnswer({ ...answer, server: SERVER_NAME });
    recorder?.octets(">", octets);
    transport.write(octets);
    transport.end();
    return Buffer.from(octets).toString("latin1");
  }
  const body = Buffer.from(answer.body, "utf8");
  const fields: Field[] = [
    [":status", String(answer.status)],
    ["server", SERVER_NAME],
    ...(answer.headers ?? []).map(fieldOf),
    ["content-type", `${answer.type}; charset=utf-8`],
    ["content-length", String(body.length)],
  ];
  transport.sendHead(fields);
  recorder?.octets(">", body);
  transport.write(body);
  transport.end();
  return `${headOverHttp2(fields)}${body.toString("latin1")}`;
}

function fieldOf(line: string): Field {
  const colon = line.indexOf(":");
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}
