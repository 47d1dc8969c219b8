import type { Http2Field } from "../case/http2-script.js";
import { hostOf, type HandshakeRequest } from "./http1.js";
import type { Field } from "./http2/hpack.js";

/** The fields of a request as a case has them, with what the words in braces stand for (`Http2Request`). */
export function requestFields(script: readonly Http2Field[], request: HandshakeRequest): readonly Field[] {
  const { url, userAgent } = request;
  const words: Readonly<Record<string, string>> = {
    scheme: url.protocol === "wss:" ? "https" : "http",
    path: `${url.pathname}${url.search}`,
    authority: hostOf(request),
    agent: userAgent,
  };
  const fill = (value: string): string =>
    value.replaceAll(/\{(\w+)\}/g, (whole, word: string) => words[word] ?? whole);
  return script.flatMap(([name, value]): readonly Field[] =>
    name.startsWith("{") ? added(name, request) : [[name, fill(value)]],
  );
}

/** Fields that the user and the case ask for. */
function added(
  name: string,
  { origin, subprotocols = [], extensions = [], headers = [] }: HandshakeRequest,
): readonly Field[] {
  switch (name) {
    case "{origin}":
      return origin === undefined ? [] : [["origin", origin]];
    case "{subprotocols}":
      return subprotocols.length === 0 ? [] : [["sec-websocket-protocol", subprotocols.join(", ")]];
    case "{extensions}":
      return extensions.length === 0 ? [] : [["sec-websocket-extensions", extensions.join(", ")]];
    default:
      // The host is in :authority.
      return headers.filter((line) => !/^host:/i.test(line)).map(lowerCase);
  }
}

/** A field of the user, `Name: value`, as HTTP/2 writes it (RFC 9113 §8.2.1). */
function lowerCase(line: string): Field {
  const colon = line.indexOf(":");
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}
