import { quote } from "../report/escape.js";
import { UsageError } from "./usage-error.js";

/**
 * Checks the address of a peer and returns it as typed. RFC 6455 §3: scheme `ws` or `wss`, and no fragment.
 * Throws a UsageError that says what is wrong, with the likely address where there is one.
 */
export function targetUrl(typed: string): string {
  const meant = suggestion(typed);
  if (meant !== undefined) {
    throw new UsageError(`${quote(typed)} is not a WebSocket URL; did you mean ${quote(meant)}?`);
  }
  const url = parse(typed);
  if (url === undefined || (url.protocol !== "ws:" && url.protocol !== "wss:")) {
    throw new UsageError(`${quote(typed)} is not a WebSocket URL such as ws://127.0.0.1:9001/`);
  }
  if (typed.includes("#")) {
    throw new UsageError(`${quote(typed)} has a fragment, which RFC 6455 §3 does not allow; write # as %23`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new UsageError(
      `a WebSocket URL has no user name and password (RFC 6455 §3); use --header "Authorization: …"`,
    );
  }
  if (url.port === "0") throw new UsageError(`${quote(typed)} has port 0, to which no client can connect`);
  return typed;
}

/** The likely address if the scheme is missing or is that of HTTP. */
function suggestion(typed: string): string | undefined {
  const http = /^http(s?):\/\/(?=.)/i.exec(typed);
  if (http !== null) return parsable(`ws${(http[1] ?? "").toLowerCase()}://${typed.slice(http[0].length)}`);
  const bare = /^(\/\/)?(?<rest>[\w.-]+(:\d+)?(\/.*)?|\[[\da-f:]+\](:\d+)?(\/.*)?)$/i.exec(typed);
  return bare?.groups?.["rest"] === undefined ? undefined : parsable(`ws://${bare.groups["rest"]}`);
}

function parsable(candidate: string): string | undefined {
  return parse(candidate) === undefined ? undefined : candidate;
}

function parse(typed: string): URL | undefined {
  // `new URL` silently removes tabs, line breaks and outer blanks, and the handshake would differ from what was typed.
  if (/[\s\p{Cc}]/u.test(typed) || !URL.canParse(typed)) return undefined;
  return new URL(typed);
}
