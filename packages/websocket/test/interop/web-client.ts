import { script } from "./child.js";
import type { ClientReport } from "./our-server.js";

/** What all clients with the interface of browsers have in common, as far as the part needs it. */
export interface WebLike {
  binaryType: string;
}

/** The part that clients with the interface of browsers play; it is a script that browsers run as well. */
export async function playWebClient(make: (url: string) => WebLike, url: string): Promise<ClientReport> {
  const { playClient } = (await import(script("web-client.mjs"))) as {
    playClient: (make: (url: string) => WebLike, url: string) => Promise<ClientReport>;
  };
  return playClient(make, url);
}
