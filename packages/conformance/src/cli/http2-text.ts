import type { Http2Frame, Http2Script } from "../case/http2-script.js";
import { bytesOf } from "../case/payload.js";
import { cut, escapeText } from "../report/escape.js";
import { indent, wrap } from "../report/layout.js";
import { wireLine } from "../report/text.js";
import { count } from "../report/words.js";
import { frameView } from "../tester/http2-view.js";

/** A frame of a script as a wire line. */
export function http2FrameLine({ type, flags = 0, on, payload }: Http2Frame): string {
  const http2 = frameView({ type, flags, stream: on === "connection" ? 0 : 1, payload: bytesOf(payload) });
  const line = wireLine({ dir: ">", http2 });
  return on === "connection"
    ? line
    : line.replace("on stream 1", on === "idle" ? "on an idle stream" : "on the stream");
}

/** What a case does with HTTP/2; names in braces in a request stand for the usual values. */
export function http2Text(script: Http2Script, columns: number): readonly string[] {
  const { request = {}, settings = [], before = [], room, data, others = {} } = script;
  const { fields = [], endsStream, cut: size, padding, priority, early, behind = [] } = request;
  const frames = (sent: readonly Http2Frame[]): readonly string[] => indent(sent.map(http2FrameLine), 2);
  const shown = indent(
    fields.map((field) => cut(escapeText(field.join(": ")), Math.max(columns - 3, 20))),
    2,
  );
  const { answer = {} } = script;
  const answered = indent(
    [...(answer.interim ?? []), ...(answer.fields ?? [])].map((field) =>
      cut(escapeText(field.join(": ")), Math.max(columns - 3, 20)),
    ),
    2,
  );
  const { webSockets = 0, gets = 0, later = 0 } = others;
  const notes = [
    "It is played over HTTP/2 only.",
    ...settings.map(
      ([id, value]) => `The tester's SETTINGS have 0x${id.toString(16)} with the value ${value}.`,
    ),
    ...(room === undefined ? [] : [roomText(room)]),
    ...(data?.size === undefined ? [] : [`DATA frames have ${count(data.size, "octet")} each.`]),
    ...(data?.padding === undefined ? [] : [`DATA frames have ${count(data.padding, "octet")} of padding.`]),
    ...(data?.empty === undefined ? [] : ["An empty DATA frame comes before each other one."]),
    ...(webSockets + gets === 0
      ? []
      : [
          `Before it, ${count(webSockets, "WebSocket")} and ${count(gets, "GET request")} go out on the connection.`,
        ]),
    ...(later === 0 ? [] : [`Behind it, ${count(later, "WebSocket")} opens on the connection.`]),
    ...(early === true ? ["The request does not wait for the server's SETTINGS."] : []),
    ...(endsStream === true ? ["The request ends the stream."] : []),
    ...(size === undefined ? [] : [`Its head is cut into frames of ${count(size, "octet")}.`]),
    ...(padding === undefined ? [] : [`HEADERS has ${count(padding, "octet")} of padding.`]),
    ...(priority === undefined ? [] : ["HEADERS has a priority."]),
    ...(answer.cut === undefined
      ? []
      : [`The head of the answer is cut into frames of ${count(answer.cut, "octet")}.`]),
    ...(answer.padding === undefined
      ? []
      : [`HEADERS of the answer has ${count(answer.padding, "octet")} of padding.`]),
  ];
  return [
    ...notes.flatMap((note) => wrap(note, columns)),
    ...(before.length === 0
      ? []
      : [...wrap("In front of the request it sends:", columns), ...frames(before)]),
    ...(shown.length === 0 ? [] : [...wrap("Its request has these fields:", columns), ...shown]),
    ...(answered.length === 0 ? [] : [...wrap("Its answer has these fields:", columns), ...answered]),
    ...(behind.length === 0
      ? []
      : [...wrap("Right behind the request it sends:", columns), ...frames(behind)]),
  ];
}

function roomText(room: number): string {
  return room === 0
    ? "The server's window of the stream has no room at first."
    : `The server gets room for ${count(room, "octet")} at a time.`;
}
