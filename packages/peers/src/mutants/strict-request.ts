import type { HandshakeFaultName } from "./handshake-faults.js";

/** A request that opens a connection. */
export interface Opening {
  readonly key: string;
  /** Subprotocols. */
  readonly offered: readonly string[];
}

export interface Refused {
  readonly status: number;
}

type Has = (fault: HandshakeFaultName) => boolean;
type Field = readonly [name: string, value: string];

const BAD: Refused = { status: 400 };

/** Reads the head of a request by the rules of RFC 6455 §4.2.1 and RFC 9112, except for one fault. */
export function readRequest(head: string, fault: HandshakeFaultName | undefined): Opening | Refused {
  const has: Has = (one) => one === fault;
  const [line = "", ...lines] = (has("empty-line-refused") ? head : head.replace(/^\r\n/, "")).split("\r\n");
  const wrong = checkLine(line, has);
  if (wrong !== null) return wrong;
  const fields = readFields(lines, has);
  if (fields === null || (has("unknown-refused") && fields.length > 16 && fields.length < 50)) return BAD;
  if (has("cookie-refused") && valuesOf(fields, "cookie", has).includes("a=b; c=d")) return BAD;
  return checkHost(fields, has) ?? checkUpgrade(fields, has) ?? checkKey(fields, has);
}

function checkLine(line: string, has: Has): Refused | null {
  const [, method = "", target = "", version = ""] = /^(\S+) (\S+)(?: HTTP\/(\d\.\d))?$/.exec(line) ?? [];
  if (method === "") return BAD;
  if (version === "" && !has("version-of-http-not-needed")) return BAD;
  const isGet = method === "GET" || (has("method-case-ignored") && method.toUpperCase() === "GET");
  if (!isGet && !has("method-ignored")) return { status: 405 };
  if (version === "1.0" && !has("http-1.0-accepted")) return { status: 505 };
  if (has("absolute-refused") && /^https?:/.test(target)) return BAD;
  return null;
}

/** Null for a line that is no field. */
function readFields(lines: readonly string[], has: Has): readonly Field[] | null {
  const fields: Field[] = [];
  for (const line of lines) {
    const said = has("controls-removed") ? line.replace(/[\r\0]/g, "") : line;
    const [, name, space = "", value = ""] = /^([!-9;-~]+)([ \t]*):(.*)$/s.exec(said) ?? [];
    const isSpaced = space !== "" && !has("space-before-colon");
    if (name === undefined || isSpaced || /[\r\n\0]/.test(value)) return null;
    fields.push([name, value]);
  }
  return fields;
}

/** Less the spaces and tabs around them. */
function valuesOf(fields: readonly Field[], name: string, has: Has): readonly string[] {
  const isIt = (other: string): boolean =>
    has("name-case-matters") ? canonical(name) === other : other.toLowerCase() === name;
  return fields.filter(([other]) => isIt(other)).map(([, value]) => value.replace(/^[ \t]+|[ \t]+$/g, ""));
}

function canonical(name: string): string {
  return name.replace(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase()).replace("Websocket", "WebSocket");
}

/** The elements of a list. */
function elementsOf(values: readonly string[]): readonly string[] {
  return values
    .flatMap((value) => value.split(","))
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

function checkHost(fields: readonly Field[], has: Has): Refused | null {
  const [host, second] = valuesOf(fields, "host", has);
  if (host === undefined) return has("host-not-needed") ? null : BAD;
  if (second !== undefined && !has("host-twice-accepted")) return BAD;
  if (!/^(\[[0-9a-f:.]+\]|[\w.-]+)(:\d*)?$/i.test(host) && !has("host-unchecked")) return BAD;
  const at = (name: string): number => fields.findIndex(([other]) => other.toLowerCase() === name);
  return has("order-matters") && at("host") > at("upgrade") ? BAD : null;
}

function checkUpgrade(fields: readonly Field[], has: Has): Refused | null {
  const upgrade = valuesOf(fields, "upgrade", has);
  const connection = valuesOf(fields, "connection", has);
  if (upgrade.length + connection.length === 0 && has("plain-get-opens")) return null;
  if (!isWebSocket(upgrade, has)) return { status: upgrade.length === 0 ? 426 : 400 };
  if (!isUpgrade(connection, has)) return BAD;
  return null;
}

function isWebSocket(values: readonly string[], has: Has): boolean {
  if (values.length === 0) return has("upgrade-not-needed");
  if (has("upgrade-anything")) return true;
  if (has("upgrade-list-refused")) return values.join().toLowerCase() === "websocket";
  if (has("upgrade-substring")) return values.join().toLowerCase().includes("websocket");
  const elements = elementsOf(values);
  return elements.some((each) => (has("upgrade-case-matters") ? each : each.toLowerCase()) === "websocket");
}

function isUpgrade(values: readonly string[], has: Has): boolean {
  if (values.length === 0) return has("connection-not-needed");
  if (has("connection-anything")) return true;
  if (has("connection-substring")) return values.join().toLowerCase().includes("upgrade");
  if (has("connection-whole-value")) return values.join().toLowerCase() === "upgrade";
  if (has("connection-empty-element-refused") && /^\s*,|,\s*$/.test(values.join())) return false;
  const elements = elementsOf(has("connection-first-line") ? values.slice(0, 1) : values);
  if (has("connection-case-matters")) return elements.includes("Upgrade");
  return elements.some((each) => each.toLowerCase() === "upgrade");
}

function checkKey(fields: readonly Field[], has: Has): Opening | Refused {
  const versions = valuesOf(fields, "sec-websocket-version", has);
  const keys = valuesOf(fields, "sec-websocket-key", has);
  const offered = elementsOf(valuesOf(fields, "sec-websocket-protocol", has));
  const [key] = keys;
  if (has("plain-get-opens") && key === undefined && versions.length === 0) return { key: "", offered };
  if (versions.length > 1 && !has("version-twice-accepted")) return BAD;
  if (versions.length === 0 && !has("version-not-needed")) return BAD;
  if (versions.length > 0 && !isThirteen(versions.at(-1) ?? "", has)) return { status: 426 };
  if (keys.length > 1 && !has("key-twice-accepted")) return BAD;
  if (key === undefined) return has("key-not-needed") ? { key: "", offered } : BAD;
  if (!isKey(key, has)) return BAD;
  const [, raw = ""] = fields.find(([name]) => name.toLowerCase() === "sec-websocket-key") ?? [];
  return { key: has("key-not-trimmed") ? raw.slice(1) : key, offered };
}

function isThirteen(version: string, has: Has): boolean {
  if (has("version-unchecked")) return true;
  if (has("version-prefix")) return Number.parseInt(version, 10) === 13;
  return has("version-number") ? Number(version) === 13 : version === "13";
}

function isKey(key: string, has: Has): boolean {
  if (has("key-unchecked")) return true;
  if (has("key-length-only")) return key.length === 24;
  if (has("key-decoded-leniently")) return Buffer.from(key, "base64").length === 16;
  return /^[A-Za-z0-9+/]{22}==$/.test(key);
}
