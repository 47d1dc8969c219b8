import type { RequestPart } from "../case/handshake.js";
import type { Case } from "../case/case.js";
import type { CaseRecord } from "../record/record.js";
import { EXTENSION_NAME, readParameters } from "../wire/deflate-parameters.js";
import { parseExtensions } from "../wire/extension-header.js";
import { headerValues, parseRequest, type RequestHead } from "../wire/http1.js";
import { offerProblem } from "../wire/subprotocol-offer.js";
import { inspectConnect } from "./connect-part.js";
import type { Finding } from "./finding.js";

/** What a look at a part of the request finds: what is wrong with it, or what cannot be said of it. */
type Look = (head: RequestHead) => Finding | Wrong | null;

/** What is wrong, in a clause, and which requirement that breaks if not the one that the case is about. */
interface Wrong {
  readonly wrong: string;
  readonly requirement?: string;
}

/** Judges one part of the request that the client sent in this case, whether the connection opened or not. */
export function inspectRequest(judged: Case, { handshake }: CaseRecord, part: RequestPart): Finding {
  if (part === "connect") return inspectConnect(handshake.request ?? "");
  const found = LOOKS[part](parseRequest(handshake.request ?? ""));
  if (found === null) return { outcome: "pass", because: "this part of the request is as it has to be" };
  if ("outcome" in found) return found;
  const { wrong, requirement = judged.requirements[0] } = found;
  return { outcome: "fail", because: wrong, requirement };
}

const LOOKS: Readonly<Record<Exclude<RequestPart, "connect">, Look>> = {
  "request-line": requestLine,
  host,
  upgrade,
  key,
  version,
  subprotocols,
  extensions,
  body,
  origin,
};

/** RFC 6455 §4.1: a path with its query, or a whole URI. RFC 9112 §3.2 leaves no room for anything else in it. */
function requestLine({ method, target, version }: RequestHead): Wrong | null {
  if (method !== "GET") return { wrong: `the method of the request is "${shown(method)}" instead of GET` };
  if (/^HTTP\/(?:0\.|1\.0$)/.test(version))
    return { wrong: `the request has version ${version} instead of HTTP/1.1` };
  const isPath = target.startsWith("/");
  const isUri = /^(?:https?|wss?):\/\/[^/?#]+/i.test(target);
  if (isPath || isUri) {
    if (!/[^!-~]|#/.test(target)) return null;
    const wrong = "the target of the request has a blank, a # or a character that is not ASCII";
    return { wrong, requirement: "6455-4.1-11" };
  }
  return { wrong: "the target of the request is neither a path nor a URI", requirement: "6455-4.1-11" };
}

/** Which name and port are right is not checked: they may be others where the client is, behind a proxy or a container. */
function host(head: RequestHead): Wrong | null {
  const values = headerValues(head, "host");
  const [value = ""] = values;
  if (values.length !== 1) return { wrong: `the request has ${values.length} Host headers instead of one` };
  if (/^(?:[A-Za-z0-9._~!$&'()*+,;=%-]+|\[[0-9A-Fa-f:.]+(?:%25[^\]]+)?\])(?::\d*)?$/.test(value)) return null;
  return { wrong: "the Host header is not a host with or without a port" };
}

function upgrade(head: RequestHead): Wrong | null {
  if (!tokens(head, "upgrade").includes("websocket")) {
    return { wrong: "the Upgrade header of the request has no websocket" };
  }
  if (tokens(head, "connection").includes("upgrade")) return null;
  return { wrong: "the Connection header of the request has no Upgrade", requirement: "6455-4.1-14" };
}

/** 16 octets in base64 are 22 characters and two signs of padding. */
function key(head: RequestHead): Wrong | null {
  const values = headerValues(head, "sec-websocket-key");
  if (values.length !== 1) {
    return { wrong: `the request has ${values.length} Sec-WebSocket-Key headers instead of one` };
  }
  if (/^[A-Za-z0-9+/]{22}==$/.test(values[0] ?? "")) return null;
  return { wrong: "Sec-WebSocket-Key is not the base64 of 16 octets" };
}

function version(head: RequestHead): Wrong | null {
  const values = headerValues(head, "sec-websocket-version");
  if (values.length !== 1) {
    return { wrong: `the request has ${values.length} Sec-WebSocket-Version headers instead of one` };
  }
  return values[0] === "13" ? null : { wrong: "Sec-WebSocket-Version is not 13" };
}

function subprotocols(head: RequestHead): Finding | Wrong | null {
  if (headerValues(head, "sec-websocket-protocol").length === 0) return unused("subprotocol");
  const problem = offerProblem(head);
  return problem === null ? null : { wrong: problem };
}

/**
 * What is offered has to be registered (RFC 6455 §9.1). But the registry grows, so an unknown name is only reported, and
 * parameters are checked for the extension that is known here.
 */
function extensions(head: RequestHead): Finding | Wrong | null {
  const values = headerValues(head, "sec-websocket-extensions");
  if (values.length === 0) return unused("extension");
  const offered = parseExtensions(values);
  if (offered === null)
    return { wrong: "Sec-WebSocket-Extensions does not follow its grammar", requirement: "6455-9.1-1" };
  for (const extension of offered.filter(({ name }) => name === EXTENSION_NAME)) {
    const read = readParameters(extension, "offer");
    if ("problem" in read) return { wrong: read.problem };
  }
  const unknown = offered.find(({ name }) => name !== EXTENSION_NAME);
  if (unknown === undefined) return null;
  const because = `the client offers "${shown(unknown.name)}"; whether that is registered is not known here`;
  return { outcome: "informational", because };
}

/** RFC 9110 §9.3.1 advises a client to send no content with GET, and §8.6 no Content-Length without content. */
function body(head: RequestHead): Finding | null {
  const name = ["Content-Length", "Transfer-Encoding"].find(
    (each) => headerValues(head, each.toLowerCase()).length > 0,
  );
  if (name === undefined) return null;
  return {
    outcome: "non-strict",
    because: `the request has the header ${name}, although a GET request has no content`,
    requirement: "9110-9.3.1-1",
  };
}

/** Only a browser has to send an origin, and which client is one cannot be seen. */
function origin(head: RequestHead): Finding {
  const values = headerValues(head, "origin");
  const [value = ""] = values;
  const said =
    values.length === 0
      ? "the client sends no Origin, as only browsers have to"
      : `the client sends ${values.length === 1 ? `the Origin "${shown(value)}"` : `${values.length} Origin headers`}`;
  const isSerialized = value === "null" || /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9.[\]:-]+$/.test(value);
  const odd =
    values.length > 0 && !isSerialized ? ", which is not how an origin is written (RFC 6454 §6.2)" : "";
  return { outcome: "informational", because: `${said}${odd}` };
}

function unused(what: string): Finding {
  return {
    outcome: "unimplemented",
    because: `the client offers no ${what}, so there is nothing to inspect`,
  };
}

function tokens(head: RequestHead, name: string): readonly string[] {
  return headerValues(head, name).flatMap((value) =>
    value.split(",").map((token) => token.trim().toLowerCase()),
  );
}

/** What the client wrote is its own text: a sentence holds a piece of it, in ASCII. */
export function shown(text: string): string {
  return text.slice(0, 40).replace(/[^ !#-~]/g, "?");
}
