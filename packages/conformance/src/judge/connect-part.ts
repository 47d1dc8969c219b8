import { isDemand } from "../case/requirements.js";
import { headerValues, parseRequest } from "../wire/http1.js";
import { offerProblem } from "../wire/subprotocol-offer.js";
import type { Finding } from "./finding.js";

/** Judges the extended CONNECT that a client has sent (RFC 8441 §4, §5), from its head with a line for each field. */
export function inspectConnect(request: string): Finding {
  for (const look of LOOKS) {
    const found = look(request);
    if (found === null) continue;
    const { wrong, requirement } = found;
    return { outcome: isDemand(requirement) ? "fail" : "non-strict", because: wrong, requirement };
  }
  return { outcome: "pass", because: "the extended CONNECT is as it has to be" };
}

interface Wrong {
  readonly wrong: string;
  readonly requirement: string;
}

const LOOKS: readonly ((request: string) => Wrong | null)[] = [
  names,
  protocol,
  scheme,
  path,
  connectionFields,
  version,
  subprotocols,
  authority,
];

/** A name is the client's own text: a sentence holds this many characters of it. */
const NAME_SHOWN = 60;

/** Field names as they were sent. */
function names(request: string): Wrong | null {
  const upper = request
    .split("\r\n")
    .map((line) => line.slice(0, Math.max(0, line.indexOf(":", 1))))
    .find((name) => /[A-Z]/.test(name));
  if (upper === undefined) return null;
  const shown = upper.slice(0, NAME_SHOWN).replace(/[^!-~]/g, "?");
  return wrong("9113-8.2-2", `the request has a field "${shown}", whose name is not in small letters`);
}

function protocol(request: string): Wrong | null {
  const found = values(request, ":protocol");
  return found.length === 1 && found[0] === "websocket"
    ? null
    : wrong("8441-5-1", "the :protocol of the request is not websocket");
}

/** Which of the two is right is not checked: TLS may end in front of the tester. */
function scheme(request: string): Wrong | null {
  const [found = "", ...more] = values(request, ":scheme");
  if (found === "" || more.length > 0) return wrong("8441-4-1", "the request has not one :scheme");
  return found === "https" || found === "http"
    ? null
    : wrong("8441-5-1", "the :scheme of the request is neither https nor http");
}

function path(request: string): Wrong | null {
  const [found = "", ...more] = values(request, ":path");
  if (found === "" || more.length > 0) return wrong("8441-4-1", "the request has not one :path");
  return /^\/[!-"$-~]*$/.test(found)
    ? null
    : wrong(
        "6455-4.1-11",
        "the :path of the request has a blank, a # or a character that is not ASCII, or no slash",
      );
}

function connectionFields(request: string): Wrong | null {
  const has = (name: string): boolean => values(request, name).length > 0;
  const named = ["connection", "upgrade"].find(has);
  if (named !== undefined) return wrong("8441-5-2", `the request has the field ${named}`);
  const other = ["keep-alive", "proxy-connection", "transfer-encoding"].find(has);
  return other === undefined ? null : wrong("9113-8.2.2-1", `the request has the field ${other}`);
}

function version(request: string): Wrong | null {
  const found = values(request, "sec-websocket-version");
  return found.length === 1 && found[0] === "13"
    ? null
    : wrong("6455-4.1-18", "the request has not one sec-websocket-version with 13");
}

function subprotocols(request: string): Wrong | null {
  const problem = offerProblem(parseRequest(request));
  return problem === null ? null : wrong("6455-4.1-19", problem);
}

function authority(request: string): Wrong | null {
  return values(request, ":authority").length === 1
    ? null
    : wrong("8441-5-6", "the request has not one :authority");
}

function values(request: string, name: string): readonly string[] {
  return headerValues(parseRequest(request), name);
}

function wrong(requirement: string, sentence: string): Wrong {
  return { requirement, wrong: sentence };
}
