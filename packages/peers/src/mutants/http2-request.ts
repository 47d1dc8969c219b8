import type { Field } from "../http2/fields.js";
import type { Http2FaultName } from "./http2-faults.js";

/** What a server makes of a request over HTTP/2. */
export type Http2Request =
  /** The head is not what HTTP/2 allows (RFC 9113 §8.1.1): the stream is reset. */
  | { readonly kind: "malformed" }
  | { readonly kind: "refused"; readonly status: number; readonly fields: readonly Field[] }
  /** It opens a WebSocket (RFC 8441 §5), with these fields in the answer. */
  | { readonly kind: "opens"; readonly fields: readonly Field[] };

const KNOWN: ReadonlySet<string> = new Set([":method", ":protocol", ":scheme", ":path", ":authority"]);

/** Reads a request as RFC 9113 §8.2, §8.3 and RFC 8441 §4, §5 demand it, except for one fault. */
export function readHttp2Request(fields: readonly Field[], fault: Http2FaultName | undefined): Http2Request {
  const has = (name: Http2FaultName): boolean => fault === name;
  const values = (name: string): readonly string[] =>
    fields.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
  const first = (name: string): string | undefined => values(name)[0];
  if (isMalformed(fields, values, has)) return { kind: "malformed" };
  const isConnect = first(":method") === "CONNECT";
  const protocol = first(":protocol");
  if (!isConnect) return { kind: "refused", status: 404, fields: [] };
  if (protocol === undefined) {
    return has("connect-opens")
      ? { kind: "opens", fields: [] }
      : { kind: "refused", status: 405, fields: [] };
  }
  if (protocol !== "websocket" && !has("protocol-ignored"))
    return { kind: "refused", status: has("protocol-400") ? 400 : 501, fields: [] };
  const version = first("sec-websocket-version");
  if (!(version === undefined ? has("version-not-needed") : version === "13" || has("version-unchecked"))) {
    const named: readonly Field[] = has("versions-not-named") ? [] : [["sec-websocket-version", "13"]];
    return { kind: "refused", status: 400, fields: named };
  }
  if (has("key-refused") && first("sec-websocket-key") !== undefined)
    return { kind: "refused", status: 400, fields: [] };
  const answer: Field[] = [];
  if (has("subprotocol-made-up") && first("sec-websocket-protocol") !== undefined)
    answer.push(["sec-websocket-protocol", "made-up"]);
  if (has("extension-not-kept") && first("sec-websocket-extensions") !== undefined)
    answer.push(["sec-websocket-extensions", "permessage-deflate"]);
  return { kind: "opens", fields: answer };
}

function isMalformed(
  fields: readonly Field[],
  values: (name: string) => readonly string[],
  has: (name: Http2FaultName) => boolean,
): boolean {
  const names = fields.map(([name]) => name);
  const pseudo = names.filter((name) => name.startsWith(":"));
  const isBehind = pseudo.some((_, at) => names[at]?.startsWith(":") !== true);
  const unknown = pseudo.filter((name) => !KNOWN.has(name));
  const isExtended = values(":protocol").length > 0;
  const needsTarget = values(":method")[0] !== "CONNECT" || isExtended;
  const te = values("te");
  const checks: readonly (readonly [isWrong: boolean, overlookedBy: Http2FaultName | null])[] = [
    [values(":path").length > 1, "path-twice"],
    [values(":protocol").length > 1, "protocol-twice"],
    [values(":method").length !== 1, null],
    [unknown.includes(":status"), "status-in-request"],
    [unknown.some((name) => name !== ":status"), "unknown-pseudo"],
    [isBehind, "pseudo-behind"],
    [names.some((name) => /[A-Z]/.test(name)), "capitals"],
    [values("connection").length > 0, "connection-accepted"],
    [values("upgrade").length > 0, "upgrade-accepted"],
    [values("transfer-encoding").length > 0, "transfer-encoding"],
    [te.some((value) => value !== "trailers"), "te-gzip"],
    // oxlint-disable-next-line no-control-regex -- those are what it is about
    [fields.some(([, value]) => /[\0\r\n]/.test(value)), "line-feed"],
    [needsTarget && values(":scheme").length === 0, "scheme-not-needed"],
    [needsTarget && values(":path").length === 0, "path-not-needed"],
    [values(":path").includes(""), "path-empty"],
  ];
  return checks.some(([isWrong, fault]) => isWrong && (fault === null || !has(fault)));
}
