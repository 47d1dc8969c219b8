import type { Case } from "../case/case.js";
import type { UrlRule, UrlScript } from "../case/url-script.js";
import type { CaseRecord } from "../record/record.js";
import { isOverHttp2 } from "../record/http2-record.js";
import { headerValues, parseRequest, type RequestHead } from "../wire/http1.js";
import type { Finding } from "./finding.js";
import { inspectRequest, shown } from "./request-part.js";

interface Look {
  readonly judged: Case;
  readonly url: UrlScript;
  readonly record: CaseRecord;
  readonly head: RequestHead;
  /** Path and query that the request names, whatever its form. */
  readonly target: string;
}

/**
 * What a client made of a URL that it got from the tester. It may have got another one than the tester gave: a command
 * can change it on the way, and so can the character set of a system. So what differs without being illegal in itself is
 * only recorded, unless nothing but the client can have done it.
 */
export function judgeUrl(judged: Case, record: CaseRecord, url: UrlScript): Finding {
  const { request, problem } = record.handshake;
  if (request === null) return unopened(url, problem ?? "the client did not open the URL");
  const head = parseRequest(request);
  const look = { judged, url, record, head, target: withoutAuthority(head.target) };
  return RULES[url.asks](look) ?? { outcome: "pass", because: PASSED[url.asks] };
}

/** No request came. RFC 6455 §4.1 wants a client to refuse what is no valid URL, and demands of it to open no other. */
function unopened({ asks }: UrlScript, problem: string): Finding {
  return { outcome: MAY_REFUSE.has(asks) ? "pass" : "informational", because: problem };
}

/** What these URLs contain, the grammar of RFC 6455 §3 does not allow; or RFC 8441 §3 allows no request for them. */
const MAY_REFUSE: ReadonlySet<UrlRule> = new Set<UrlRule>(["no-fragment", "no-userinfo", "http2-setting"]);

const PASSED: Readonly<Record<UrlRule, string>> = {
  target: "the target of the request is the path and the query of the URL",
  host: "the Host header names the host and the port of the URL",
  "no-fragment": "the target of the request is without the fragment",
  escaping: "the target of the request is written as it has to be",
  "no-userinfo": "neither the target nor the Host header has the name or the password",
  "http2-setting": "the client asked for the URL over HTTP/1.1 instead",
  "no-downgrade": "the client did not follow the redirect to a URL without TLS",
};

const RULES: Readonly<Record<UrlRule, (look: Look) => Finding | null>> = {
  target: ({ url, target, head }) => {
    if (sameTarget(target, url.target)) return null;
    const requirement = head.target.includes("#") ? "6455-3-2" : "6455-4.1-11";
    return broken(requirement, `the target of the request is "${shown(target)}" instead of "${url.target}"`);
  },
  host,
  "no-fragment": ({ judged, url, target, head }) => {
    if (head.target.includes("#"))
      return broken(judged.requirements[0], "the target of the request has the fragment of the URL");
    return sameTarget(target, url.target) ? null : other(target);
  },
  escaping,
  "no-userinfo": (look) => {
    const { head } = look;
    const [host = ""] = headerValues(head, "host");
    if (host.includes("@"))
      return broken("6455-4.1-12", "the Host header has the name and the password of the URL");
    if (/^[^/?#]*:\/\/[^/?#]*@/.test(head.target) || head.target.includes(USER))
      return broken("6455-4.1-11", "the target of the request has the name and the password of the URL");
    return null;
  },
  "http2-setting": ({ judged, record }) =>
    isOverHttp2(record)
      ? broken(
          judged.requirements[0],
          "the client sent an extended CONNECT, which the server's SETTINGS do not allow",
        )
      : null,
  "no-downgrade": ({ record, judged }) => {
    const { opened, downgraded, problem = "the redirect was not sent" } = record.handshake;
    if (!opened) return { outcome: "informational", because: problem };
    if (downgraded !== true) return null;
    const because =
      "the client followed a redirect from a URL with TLS to one without, and sent its request in the clear";
    return { outcome: "non-strict", because, requirement: judged.requirements[0] };
  },
};

/** How the URL with a name and a password begins. */
const USER = "wireproof:secret";

/**
 * The host may be another one where the client is: in a container, or behind a proxy. But a client that names the host of
 * the URL has got that URL.
 */
function host({ judged, record, head }: Look): Finding | null {
  const form = inspectRequest(judged, record, "host");
  if (form.outcome !== "pass") return form;
  const wanted = authorityOf(record.handshake.url ?? "");
  const said = authorityOf(`ws://${headerValues(head, "host")[0] ?? ""}`);
  if (said.host !== wanted.host) {
    const because = `the Host header names "${shown(said.host)}", and the URL "${wanted.host}"`;
    return { outcome: "informational", because };
  }
  const isDefault = wanted.port === "";
  if (said.port === wanted.port || (isDefault && said.port === defaultPort(record.handshake.url ?? "")))
    return null;
  if (isDefault)
    return broken("6455-4.1-12", "the Host header has another port than the default one of the URL");
  if (said.port === "")
    return broken("6455-4.1-12", "the Host header leaves the port out, which is not the default one");
  return { outcome: "informational", because: `the Host header has the port ${shown(said.port)}` };
}

/** RFC 6455 §11.1: what is no ASCII is UTF-8, percent-encoded. */
function escaping({ judged, url, head, target }: Look): Finding | null {
  const [requirement] = judged.requirements;
  if (/[^!-~]/.test(head.target))
    return broken(
      requirement,
      "the target of the request has a blank or a character that is not ASCII, as it is",
    );
  if (sameTarget(target, url.target)) return null;
  if (!isEscapedUtf8(target))
    return broken(requirement, `the target of the request, "${shown(target)}", is not percent-encoded UTF-8`);
  return other(target);
}

function other(target: string): Finding {
  return { outcome: "informational", because: `the target of the request is "${shown(target)}"` };
}

function broken(requirement: string, because: string): Finding {
  return { outcome: "fail", because, requirement };
}

/** A target may be a whole URI (RFC 6455 §4.1). */
function withoutAuthority(target: string): string {
  const rest = target.replace(/^[a-z]+:\/\/[^/?#]*/i, "");
  return rest === target || rest.startsWith("/") ? rest : `/${rest}`;
}

/** Escapes in either case are the same, and so is an escaped character that need not be (RFC 3986 §6.2.2). */
function sameTarget(one: string, another: string): boolean {
  return normal(one) === normal(another);
}

function normal(target: string): string {
  return target.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : `%${digits.toUpperCase()}`;
  });
}

function isEscapedUtf8(target: string): boolean {
  try {
    decodeURIComponent(target);
    return true;
  } catch {
    return false;
  }
}

interface Authority {
  readonly host: string;
  /** Empty if there is none. */
  readonly port: string;
}

function authorityOf(url: string): Authority {
  const [, whole = ""] = /^[a-z]+:\/\/([^/?#]*)/i.exec(url) ?? [];
  const authority = whole.slice(whole.lastIndexOf("@") + 1);
  const [, host = "", port = ""] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(authority) ?? [];
  return { host: host.startsWith("[") ? wholeIpv6(host.toLowerCase()) : host.toLowerCase(), port };
}

/** An IPv6 address has many forms (RFC 4291 §2.2): all eight groups, without zeros in front. */
function wholeIpv6(literal: string): string {
  const [head = "", tail] = literal.slice(1, -1).split("::");
  const groups = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const before = groups(head);
  const behind = groups(tail ?? "");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - behind.length);
  const all = [...before, ...Array<string>(zeros).fill("0"), ...behind];
  return `[${all.map((group) => group.replace(/^0+(?=.)/, "")).join(":")}]`;
}

function defaultPort(url: string): string {
  return url.startsWith("wss:") ? "443" : "80";
}
