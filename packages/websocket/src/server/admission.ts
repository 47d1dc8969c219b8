import { parseIpAddress } from "../handshake/ip-address.js";

/** Counts connections and opening handshakes, in total and for each address. */
export class Admission {
  readonly #limit: number;
  readonly #perAddress: number;
  readonly #byAddress = new Map<string, number>();
  #count = 0;

  constructor(limit: number, perAddress: number) {
    this.#limit = limit;
    this.#perAddress = perAddress;
  }

  get count(): number {
    return this.#count;
  }

  /** The reason for a refusal. Undefined: one more was counted, and `leave` has to be called for it. */
  enter(address: string): "too-many-connections" | "too-many-from-address" | undefined {
    if (this.#count >= this.#limit) return "too-many-connections";
    const key = addressKey(address);
    const present = this.#byAddress.get(key) ?? 0;
    // A Unix socket has no addresses: all clients come from "".
    if (present >= this.#perAddress && key !== "") return "too-many-from-address";
    this.#count++;
    this.#byAddress.set(key, present + 1);
    return undefined;
  }

  leave(address: string): void {
    const key = addressKey(address);
    const present = this.#byAddress.get(key);
    if (present === undefined) return;
    this.#count--;
    if (present === 1) this.#byAddress.delete(key);
    else this.#byAddress.set(key, present - 1);
  }
}

/** One subscriber usually has a whole /64 of IPv6 addresses, so a limit for each address would be pointless. */
function addressKey(address: string): string {
  if (!address.includes(":")) return address;
  // Without the zone of "fe80::1%eth0".
  const [text = ""] = address.split("%");
  const octets = parseIpAddress(text);
  if (octets === undefined) return address;
  return octets.length > 4 ? octets.slice(0, 8).join(":") : octets.join(".");
}
