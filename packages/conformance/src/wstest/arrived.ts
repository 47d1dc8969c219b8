import { setTimeout as pause } from "node:timers/promises";
import { accepts, addressesOf, addressText, type Address } from "../child/accepting.js";
import { elsewhere } from "../cli/elsewhere.js";
import type { Io } from "../cli/io.js";
import type { Retries } from "../run/find-peer.js";

/**
 * The URL at which a server accepts connections: `url`, or the same with another host. It waits for the server as
 * `fuzzingclient` does. If no server comes, it returns `url`, and the attempt to open it will show the problem.
 */
export async function arrivedUrl(url: string, retries: Retries, io: Io): Promise<string> {
  const [address] = addressesOf([url]);
  if (address === undefined) return url;
  for (let attempts = 1; ; attempts++) {
    const host = await acceptingHost(address, elsewhere(url));
    if (host === address.host) return url;
    if (host !== undefined) {
      io.complain(`${address.host} cannot be reached from here: ${host} is used instead`);
      return withHost(url, host);
    }
    if (retries.left-- <= 0 || io.signal.aborted) return url;
    if (attempts === 1) {
      const seconds = Math.ceil(((retries.left + 1) * retries.everyMs) / 1000);
      io.complain(`${addressText(address)} accepts no connection; it is tried again for ${seconds} s`);
    }
    await pause(retries.everyMs, undefined, { signal: io.signal }).catch(() => undefined);
  }
}

async function acceptingHost(
  { host, port }: Address,
  others: readonly string[],
): Promise<string | undefined> {
  for (const one of [host, ...others]) if (await accepts({ host: one, port })) return one;
  return undefined;
}

function withHost(url: string, host: string): string {
  const there = new URL(url);
  there.hostname = host;
  return there.href;
}
