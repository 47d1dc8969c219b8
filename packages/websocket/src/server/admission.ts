import { isIPv6 } from "node:net";

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
  if (address.startsWith(MAPPED)) return address.slice(MAPPED.length);
  if (!isIPv6(address)) return address;
  const [head = "", tail = ""] = address.split("::");
  const [front, back] = [groupsOf(head), groupsOf(tail)];
  const zeros = Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => "0");
  return [...front, ...zeros, ...back].slice(0, 4).join(":");
}

/** IPv4 as a listener for both families sees it (RFC 4291 §2.5.5.2). */
const MAPPED = "::ffff:";

function groupsOf(part: string): string[] {
  if (part === "") return [];
  return part.split(":").map((group) => Number.parseInt(group, 16).toString(16));
}
