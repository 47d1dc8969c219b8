import type { Case } from "../case/case.js";
import { answers, closedByScript } from "../case/expect.js";
import type { RequirementId } from "../case/requirements.js";
import { close, endTcp } from "../case/steps.js";
import type { UrlScript } from "../case/url-script.js";

interface Given {
  readonly title: string;
  /** To follow "The client gets the URL …": in words, if the URL alone does not say it. */
  readonly why?: string;
  readonly expectation: string;
  readonly requirements: readonly [RequirementId, ...RequirementId[]];
  readonly url: UrlScript;
}

const OPENS = "The target of the request is";
const MAY_REFUSE = "The client opens no connection with such a URL, or";

/**
 * 22.1 and 22.3.4: what a client makes of the URL that it gets. Only a client that is started once for each case gets one that the
 * tester chooses. 22.1.14, two connections at once, is not here: a client would have to be told to open them.
 */
export const CLIENT_URLS: readonly Case[] = [
  given("22.1.2.1", {
    title: "A URL without a path",
    why: "An empty path stands for / (RFC 6455 §3).",
    expectation: `${OPENS} /.`,
    requirements: ["6455-4.1-11"],
    url: { text: "{base}", target: "/", asks: "target" },
  }),
  given("22.1.2.2", {
    title: "A URL with a query and without a path",
    why: "An empty path stands for / (RFC 6455 §3).",
    expectation: `${OPENS} /?x.`,
    requirements: ["6455-4.1-11"],
    url: { text: "{base}?x", target: "/?x", asks: "target" },
  }),
  given("22.1.11", {
    // The MUST NOT is about URLs. A client that leaves the fragment out has made a valid one of it.
    title: "A URL with a fragment",
    why: "A fragment means nothing in a WebSocket URL and is not allowed there.",
    expectation: `${MAY_REFUSE} the target of the request is without the fragment.`,
    requirements: ["6455-3-1", "6455-4.1-11"],
    url: { text: "{base}/fragment#part", target: "/fragment", asks: "no-fragment" },
  }),
  given("22.1.12.1", {
    title: "A URL with a blank in its path",
    why: "It is no valid URL before the blank is escaped, so a client may refuse it.",
    expectation:
      "The client opens no connection with such a URL, or the target of the request has %20 for the blank.",
    requirements: ["6455-11.1-1", "6455-4.1-11"],
    url: { text: "{base}/two words", target: "/two%20words", asks: "escaping" },
  }),
  given("22.1.12.2", {
    title: "A URL with a character that is not ASCII in its path",
    why: "The command gets it in UTF-8. What is valid, but stands for another character, is only recorded: the system of the client may have another character set.",
    expectation:
      "The client opens no connection with such a URL, or the target of the request has the character as percent-encoded UTF-8.",
    requirements: ["6455-11.1-1", "6455-4.1-11"],
    url: { text: "{base}/Z\u00fcrich", target: "/Z%C3%BCrich", asks: "escaping" },
  }),
  given("22.1.12.3", {
    title: "A URL with %23 in its path",
    why: "A # that begins no fragment is escaped, and what is escaped stays so.",
    expectation: `${OPENS} /number%23one.`,
    requirements: ["6455-3-2", "6455-4.1-11"],
    url: { text: "{base}/number%23one", target: "/number%23one", asks: "target" },
  }),
  given("22.1.16", {
    // Proposed as advice. But Host and target have a grammar, and user and password have no place in it.
    title: "A URL with a name and a password",
    why: "They are no part of a WebSocket URL. A client may refuse it, ignore them, or send them in Authorization.",
    expectation: `${MAY_REFUSE} the name and the password are neither in the target of the request nor in Host.`,
    requirements: ["6455-4.1-12", "6455-4.1-11"],
    url: { text: "{scheme}://wireproof:secret@{address}/user", target: "/user", asks: "no-userinfo" },
  }),
  given("22.1.18.1", {
    title: "Host for a URL with a port",
    expectation: "The Host header names the host and the port.",
    requirements: ["6455-4.1-12"],
    url: { text: "{base}/host", target: "/host", asks: "host" },
  }),
  given("22.1.18.2", {
    title: "Host for a URL with an IPv6 address",
    expectation: "The Host header names the address in brackets, in any of its forms, and the port.",
    requirements: ["6455-4.1-12"],
    url: { text: "{base}/host", at: "ipv6", target: "/host", asks: "host" },
  }),
  given("22.1.18.3", {
    title: "Host for a URL with the default port",
    why: "It can only be tried where the tester may listen at port 80, or with TLS at port 443.",
    expectation: "The Host header names the host. The port may be there.",
    requirements: ["6455-4.1-12"],
    url: { text: "{base}/host", at: "default-port", target: "/host", asks: "host" },
  }),
  {
    // No sentence of the RFCs forbids it, so it is non-strict at worst. To follow redirects at all is left open.
    ...given("22.3.4", {
      title: "Redirect from TLS to a URL without TLS",
      why: "The answer over TLS is 302 Found and leads to a ws URL with the same host and port. What the client then sends, anybody on the way can read and change.",
      expectation: "The client does not follow the redirect: no request without TLS comes to that port.",
      requirements: ["6455-4.1-22"],
      url: { text: "{base}/downgrade", target: "/downgrade", asks: "no-downgrade" },
    }),
    answer: {
      lines: [
        "HTTP/1.1 302 Found",
        "Location: ws://{host}/downgraded",
        "Content-Length: 0",
        "Connection: close",
      ],
    },
    script: [endTcp()],
  },
];

function given(id: string, { title, why, expectation, requirements, url }: Given): Case {
  return {
    id,
    title,
    description: `The client gets the URL ${inWords(url)}, for which it has to be started once for each case.${why === undefined ? "" : ` ${why}`}`,
    expectation,
    requirements,
    peer: "client",
    url,
    script: [close(1000)],
    expect: closedByScript(answers()),
    since: "0.2.0",
  };
}

function inWords({ text, at, asks }: UrlScript): string {
  const scheme = asks === "no-downgrade" ? "wss" : "ws";
  const host = at === "ipv6" ? "[::1]" : "127.0.0.1";
  const address = at === "default-port" ? host : `${host}:PORT`;
  return text
    .replace("{base}", `${scheme}://${address}`)
    .replace("{scheme}", scheme)
    .replace("{address}", address);
}
