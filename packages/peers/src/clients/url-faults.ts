import type { Fault } from "../mutants/fault.js";

export type UrlFaultName =
  | "path-empty"
  | "query-lost"
  | "fragment-sent"
  | "blank-sent"
  | "utf8-sent"
  | "latin-1-escaped"
  | "escapes-undone"
  | "escapes-doubled"
  | "user-in-host"
  | "user-in-target"
  | "port-left-out"
  | "ipv6-without-brackets"
  | "default-port-8080"
  | "redirect-downgrades";

/** What a client can make of its URL, one thing at a time. */
export const URL_FAULTS: Readonly<Record<UrlFaultName, Fault>> = {
  "path-empty": { does: "an empty path stays empty in the request", caughtBy: "22.1.2.*" },
  "query-lost": { does: "a query without a path is lost", caughtBy: "22.1.2.2" },
  "fragment-sent": { does: "the fragment is a part of the target", caughtBy: "22.1.11" },
  "blank-sent": { does: "a blank in the path is sent as it is", caughtBy: "22.1.12.1" },
  "utf8-sent": {
    does: "characters that are not ASCII are sent as they are, in UTF-8",
    caughtBy: "22.1.12.2",
  },
  "latin-1-escaped": { does: "characters that are not ASCII are escaped as Latin-1", caughtBy: "22.1.12.2" },
  "escapes-undone": { does: "%23 in the path is sent as #", caughtBy: "22.1.12.3" },
  "escapes-doubled": { does: "%23 in the path is sent as %2523", caughtBy: "22.1.12.3" },
  "user-in-host": { does: "the name and the password of the URL are in Host", caughtBy: "22.1.16" },
  "user-in-target": {
    does: "the target is the whole URL, with its name and its password",
    caughtBy: "22.1.16",
  },
  "port-left-out": { does: "Host never has a port", caughtBy: "22.1.18.1, 22.1.18.2" },
  "ipv6-without-brackets": { does: "Host has an IPv6 address without brackets", caughtBy: "22.1.18.2" },
  "default-port-8080": { does: "a URL without a port gets port 8080 in Host", caughtBy: "22.1.18.3" },
  "redirect-downgrades": {
    does: "a redirect from TLS to a URL without it is followed",
    caughtBy: "22.3.4",
  },
};
