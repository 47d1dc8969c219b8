import type { UpgradeRequest } from "@wireproof/websocket";

/** The opening handshake as a Request of fetch: with its whole URL, and over HTTP/2 as a GET without pseudo-header fields. */
export function fetchRequest({ isSecure, host, target, headers }: UpgradeRequest): Request {
  const fields = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((each): [string, string] => [name, each]),
  );
  return new Request(`${isSecure ? "https" : "http"}://${host}${target}`, { headers: fields });
}
